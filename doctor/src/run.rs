//! A run: from the first look at the chip to the report.

mod ask;
mod attend;
mod rehearsal;
pub mod spend;
mod warrant;

pub use ask::Questions;
pub use attend::{Attend, Halt, Loss, Order};
pub use rehearsal::{Rehearsal, Simulated};
pub use warrant::Warrant;

use crate::level::{Level, Stage};
use crate::line::Line;
use crate::patient::Patient;
use crate::plan::Plan;
use crate::record::Record;
use crate::report::{ChipFacts, Host, Report, Session, hex, mark, serial};

/// Asks the chip at a 7-bit address all that fits it, and adds what comes to the report: a new one, or that of a run
/// that was stopped. Also what was found before it ended otherwise is in there.
///
/// # Errors
///
/// [`Halt`].
pub fn examine(
    line: &mut dyn Line,
    address: u8,
    host: Host,
    order: Order<'_>,
    report: &mut Report,
    attend: &mut dyn Attend,
) -> Result<(), Halt> {
    let mut record = Record::default();
    report.sessions.push(Session::new(host.clone(), &record));
    let mut patient = Patient::new(line, &mut record, address);
    let result = examined(&mut patient, order, report, attend);
    // Whatever happened. If it does not hear it, its watchdog will put it to sleep.
    let _ = patient.sleep();
    if let Some(session) = report.sessions.last_mut() {
        *session = Session::new(host, &record);
    }
    // What is kept is whole also if the run is not.
    let kept = attend.keep(report);
    result?;
    kept.map_err(Halt::NotKept)
}

fn examined(
    patient: &mut Patient<'_>,
    order: Order<'_>,
    report: &mut Report,
    attend: &mut dyn Attend,
) -> Result<(), Halt> {
    patient.sleep()?;
    let revision = patient.raw(0x30, 0x00, 0x0000, &[])?.expect_data("the chip was asked what it is", 4)?;
    let config = patient.read_config()?;
    match &report.chip {
        Some(chip) if chip.mark != mark(&config) => return Err(Halt::AnotherChip),
        Some(_) => {}
        None => {
            report.chip = Some(ChipFacts::new(&revision, patient.address(), &config, order.with_serial));
        }
    }
    restore(patient, report, attend)?;
    match (order.level, order.plan) {
        (Level::Spend, Some(plan)) => spent(patient, plan, order, report, attend),
        (Level::Spend, None) => Err(Halt::NoPlan),
        (level, _) => {
            let questions = Questions { level, plan: None, only: order.only };
            asked(patient, questions, report, attend)
        }
    }
}

/// All questions of the state that the chip is in, unless a run before has asked them.
fn asked(
    patient: &mut Patient<'_>,
    questions: Questions<'_>,
    report: &mut Report,
    attend: &mut dyn Attend,
) -> Result<(), Halt> {
    let stage = patient.stage();
    if report.stages.contains(&stage) {
        return Ok(());
    }
    if questions.change_config(stage) {
        report.unrestored = Some(hex(&patient.config()[16..]));
        attend.keep(report).map_err(Halt::NotKept)?;
    }
    let asked = ask::ask(patient, questions, report, attend);
    restore(patient, report, attend)?;
    asked?;
    if questions.only.is_none() {
        report.stages.push(stage);
    }
    attend.keep(report).map_err(Halt::NotKept)
}

/// Has the configuration as it was before this run, or before one that died.
fn restore(patient: &mut Patient<'_>, report: &mut Report, attend: &mut dyn Attend) -> Result<(), Halt> {
    let Some(saved) = &report.unrestored else { return Ok(()) };
    let mut config = *patient.config();
    let bytes = (0..112).map(|byte| saved.get(2 * byte..2 * byte + 2));
    for (place, digits) in config[16..].iter_mut().zip(bytes) {
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        *place = byte.ok_or_else(|| Halt::Unusable("`unrestored` is no configuration".into()))?;
    }
    patient.restore(&config, &Warrant::restoring())?;
    report.unrestored = None;
    attend.keep(report).map_err(Halt::NotKept)
}

fn spent(
    patient: &mut Patient<'_>,
    plan: Plan,
    order: Order<'_>,
    report: &mut Report,
    attend: &mut dyn Attend,
) -> Result<(), Halt> {
    let questions = Questions { level: Level::Spend, plan: Some(plan), only: order.only };
    let design = plan.design();
    let serial = serial(patient.config());
    let first = spend::suits(patient.config(), plan)?;
    if first != Stage::DataLocked && order.rehearsal.is_none_or(|rehearsal| rehearsal.plan() != plan) {
        return Err(Halt::NotRehearsed);
    }
    // While somebody types, the chip falls asleep, or another one is put in.
    let agree = |loss, patient: &mut Patient<'_>, attend: &mut dyn Attend| {
        patient.sleep()?;
        match attend.agree(loss, &serial) {
            true => Ok(patient.is_still(&serial)?),
            false => Err(Halt::NotAgreed(loss)),
        }
    };
    if first == Stage::Unlocked {
        agree(Loss::Chip, patient, attend)?;
        asked(patient, questions, report, attend)?;
        agree(Loss::Config(plan), patient, attend)?;
        spend::lock_config(patient, plan, &serial)?;
    }
    if patient.stage() == Stage::ConfigLocked {
        if !report.stages.contains(&Stage::ConfigLocked) {
            patient.allow(&Warrant::new(Level::Spend, Some(plan)));
            patient.sleep()?;
            (design.load)(patient)?;
            asked(patient, questions, report, attend)?;
        }
        agree(Loss::Data(plan), patient, attend)?;
        patient.allow(&Warrant::new(Level::Spend, Some(plan)));
        (design.settle)(patient)?;
        spend::lock_data(patient, plan, &serial)?;
    }
    asked(patient, questions, report, attend)
}
