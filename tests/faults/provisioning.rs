//! A device made ready (configuration planned and committed, key, data zone locked), disturbed at any byte,
//! then made ready again.

use crate::answer::{Answer, Fail};
use crate::fault::{Fault, Place, Transfer};
use crate::nack_report::NackReport;
use crate::op::Op;
use crate::oracle::Stage;
use crate::sweep::{Driver, stride};
use atecc608::config::{ConfigZone, preset};
use atecc608_sim::ChipId;
use atecc608_sim::chip::{Eeprom, Executed};
use testkit::Locks;

/// What a factory does, whatever was done before.
type Provision<D> = fn(&mut D) -> Result<(), Fail>;

/// The same in one call.
fn at_once<D: Driver>(driver: &mut D) -> Result<(), Fail> {
    driver.run(Op::Provision).map(drop)
}

fn step_by_step<D: Driver>(driver: &mut D) -> Result<(), Fail> {
    let Answer::Bytes(zone) = driver.run(Op::ReadConfig)? else { unreachable!("bytes") };
    // Already locked: it must be the planned one, or the device goes to the reject bin.
    if zone[87] == 0x00 {
        if zone[..86] != wanted(false)[..86] || zone[88..] != wanted(false)[88..] {
            return Err(Fail::Config("another configuration"));
        }
    } else {
        driver.run(Op::Commit)?;
    }
    driver.run(Op::EnsureKey)?;
    if zone[86] != 0x00 {
        driver.run(Op::LockData)?;
    }
    Ok(())
}

/// The planned configuration, and what it becomes by the locks.
fn wanted(locked: bool) -> [u8; 128] {
    let mut zone = *preset::gcp_device(&ConfigZone::from_bytes(*crate::chips::blank().config())).as_bytes();
    if locked {
        Locks::Both.apply(&mut zone);
    }
    zone
}

fn log<D>(stage: &Stage<D>) -> Vec<Executed> {
    stage.bus.with_chip(ChipId::FIRST, |chip| chip.executed().to_vec())
}

fn begin<D: Driver>(report: NackReport) -> Stage<D> {
    Stage::of(&crate::chips::blank(), false, report)
}

/// A locked configuration is the planned one; nobody makes a second key.
fn check(now: &Eeprom, log: &[Executed]) -> Result<(), String> {
    let mut planned = wanted(false);
    planned[86] = now.config()[86];
    planned[87] = 0x00;
    if now.config()[87] == 0x00 && *now.config() != planned {
        return Err(format!("locked, but not as planned: {:02X?}", now.config()));
    }
    let ran = |opcode, p1| log.iter().filter(|command| (command.opcode, command.p1) == (opcode, p1)).count();
    let keys = log.iter().filter(|command| {
        let done = matches!(command.outcome, atecc608_sim::chip::Outcome::Data(64));
        (command.opcode, command.p1) == (0x40, 0x04) && done
    });
    // A command that the supply cut short did nothing, and runs again: then there are two, and one key.
    if keys.count() > 2 || ran(0x17, 0x00) > 2 || ran(0x17, 0x01) > 2 {
        return Err(format!("again and again: {log:?}"));
    }
    Ok(())
}

/// The faults that end a factory's step: the line, the program, the supply.
const FAULTS: [Fault; 8] = [
    Fault::ArbitrationLoss,
    Fault::TimedOut,
    Fault::Watchdog,
    Fault::BrownOutAsleep,
    Fault::BrownOutAwake,
    Fault::PowerLoss,
    Fault::Outage,
    Fault::DataNack,
];

fn points(transfers: &[Transfer]) -> Vec<(Place, Fault)> {
    Fault::all(transfers).into_iter().filter(|(_, fault)| FAULTS.contains(fault)).collect()
}

fn interrupted_at_every_byte<D: Driver>(provision: Provision<D>) {
    // Few and long runs.
    let every = stride().div_ceil(3);
    let (mut points_of_all, mut runs, mut failed) = (0, 0, 0);
    for ways in NackReport::KINDS {
        let mut quiet = begin::<D>(ways[0]);
        provision(&mut quiet.driver).expect("undisturbed");
        let transfers = quiet.control.calm(&quiet.bus).transfers;
        assert_eq!(*quiet.eeprom().config(), wanted(true));
        let all = points(&transfers);
        points_of_all += all.len();
        for (index, point) in all.iter().enumerate().step_by(every) {
            failed += usize::from(interrupted_at(
                provision,
                *point,
                ways[index / every % ways.len()],
                index % 2 == 0,
            ));
            runs += 1;
        }
    }
    println!(
        "{points_of_all} points, one in {every}: {runs} runs, {failed} of them failed at first, all complete at last"
    );
    assert!(runs > 300 && failed > runs / 3, "{runs} {failed}");
}

/// Whether it failed at first. The same program goes on, or another is started.
fn interrupted_at<D: Driver>(
    provision: Provision<D>,
    point: (Place, Fault),
    report: NackReport,
    another: bool,
) -> bool {
    let mut stage = begin::<D>(report);
    stage.control.plan(vec![point]);
    let first = provision(&mut stage.driver);
    let script = stage.control.calm(&stage.bus);
    assert_eq!(script.fired.len(), 1, "{point:?}");
    check(&stage.eeprom(), &log(&stage)).unwrap_or_else(|what| panic!("{point:?}: {what}"));
    let key = stage.eeprom().slot(0).to_vec();
    let had_key = !key[4..36].iter().all(|byte| *byte == 0xFF);
    if another {
        stage.driver = D::on(&stage.bus, &stage.control);
    }
    let again = provision(&mut stage.driver);
    assert_eq!(again, Ok(()), "{point:?}, after {first:?}");
    let now = stage.eeprom();
    check(&now, &log(&stage)).unwrap_or_else(|what| panic!("{point:?}: {what}"));
    assert_eq!(*now.config(), wanted(true), "{point:?}");
    if had_key && first.is_err() {
        assert_eq!(now.slot(0), key, "{point:?}: the key was replaced");
    }
    first.is_err()
}

#[test]
fn asynch_step_by_step() {
    interrupted_at_every_byte::<crate::asynch::Device>(step_by_step);
}

#[test]
fn asynch_at_once() {
    interrupted_at_every_byte::<crate::asynch::Device>(at_once);
}

#[test]
fn blocking_step_by_step() {
    interrupted_at_every_byte::<crate::blocking::Device>(step_by_step);
}

#[test]
fn blocking_at_once() {
    interrupted_at_every_byte::<crate::blocking::Device>(at_once);
}
