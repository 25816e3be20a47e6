//! A device made ready (configuration planned and committed, key, certificate, data zone locked), disturbed at any byte,
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

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Made {
    Key,
    Certificate,
}

impl Made {
    fn preset(self) -> fn(&ConfigZone) -> ConfigZone {
        match self {
            Made::Key => preset::gcp_device,
            Made::Certificate => preset::x509_device,
        }
    }

    /// The planned configuration, and what it becomes by the locks.
    fn wanted(self, locked: bool) -> [u8; 128] {
        let blank = ConfigZone::from_bytes(*crate::chips::blank().config());
        let mut zone = *self.preset()(&blank).as_bytes();
        if locked {
            Locks::Both.apply(&mut zone);
        }
        zone
    }

    /// Once the data zone is locked, the certificate is there, and all of its chain.
    fn is_complete<D: Driver>(self, stage: &mut Stage<D>) -> bool {
        self == Made::Key
            || stage.eeprom().config()[86] != 0x00
            || matches!(stage.driver.run(Op::ReadChain), Ok(Answer::Bytes(ders)) if !ders.is_empty())
    }
}

/// The same in one call.
fn at_once<D: Driver>(driver: &mut D) -> Result<(), Fail> {
    driver.run(Op::Provision).map(drop)
}

/// The same with a certificate.
fn certified<D: Driver>(driver: &mut D) -> Result<(), Fail> {
    driver.run(Op::ProvisionWithCertificate).map(drop)
}

fn step_by_step<D: Driver>(driver: &mut D) -> Result<(), Fail> {
    let Answer::Bytes(zone) = driver.run(Op::ReadConfig)? else { unreachable!("bytes") };
    // Already locked: it must be the planned one, or the device goes to the reject bin.
    if zone[87] == 0x00 {
        let wanted = Made::Key.wanted(false);
        if zone[..86] != wanted[..86] || zone[88..] != wanted[88..] {
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

fn log<D>(stage: &Stage<D>) -> Vec<Executed> {
    stage.bus.with_chip(ChipId::FIRST, |chip| chip.executed().to_vec())
}

fn begin<D: Driver>(report: NackReport) -> Stage<D> {
    Stage::of(&crate::chips::blank(), false, report)
}

/// A locked configuration is the planned one; nobody makes a second key.
fn check(made: Made, now: &Eeprom, log: &[Executed]) -> Result<(), String> {
    let mut planned = made.wanted(false);
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

fn interrupted_at_every_byte<D: Driver>(provision: Provision<D>, made: Made) {
    // Few and long runs, the longer the fewer.
    let every = match made {
        Made::Key => stride().div_ceil(3),
        Made::Certificate => stride(),
    };
    let (mut points_of_all, mut runs, mut failed) = (0, 0, 0);
    for ways in NackReport::KINDS {
        let mut quiet = begin::<D>(ways[0]);
        provision(&mut quiet.driver).expect("undisturbed");
        let transfers = quiet.control.calm(&quiet.bus).transfers;
        assert_eq!(*quiet.eeprom().config(), made.wanted(true));
        assert!(made.is_complete(&mut quiet));
        let all = points(&transfers);
        points_of_all += all.len();
        for (index, point) in all.iter().enumerate().step_by(every) {
            failed += usize::from(interrupted_at(
                (provision, made),
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
    (provision, made): (Provision<D>, Made),
    point: (Place, Fault),
    report: NackReport,
    another: bool,
) -> bool {
    let mut stage = begin::<D>(report);
    stage.control.plan(vec![point]);
    let first = provision(&mut stage.driver);
    let script = stage.control.calm(&stage.bus);
    assert_eq!(script.fired.len(), 1, "{point:?}");
    check(made, &stage.eeprom(), &log(&stage)).unwrap_or_else(|what| panic!("{point:?}: {what}"));
    let key = stage.eeprom().slot(0).to_vec();
    let had_key = !key[4..36].iter().all(|byte| *byte == 0xFF);
    assert!(made.is_complete(&mut stage), "{point:?}: locked, and without a certificate");
    if another {
        stage.driver = D::on(&stage.bus, &stage.control);
    }
    let again = provision(&mut stage.driver);
    assert_eq!(again, Ok(()), "{point:?}, after {first:?}");
    let now = stage.eeprom();
    check(made, &now, &log(&stage)).unwrap_or_else(|what| panic!("{point:?}: {what}"));
    assert_eq!(*now.config(), made.wanted(true), "{point:?}");
    assert!(made.is_complete(&mut stage), "{point:?}");
    if had_key && first.is_err() {
        assert_eq!(now.slot(0), key, "{point:?}: the key was replaced");
    }
    first.is_err()
}

#[test]
fn asynch_step_by_step() {
    interrupted_at_every_byte::<crate::asynch::Device>(step_by_step, Made::Key);
}

#[test]
fn asynch_at_once() {
    interrupted_at_every_byte::<crate::asynch::Device>(at_once, Made::Key);
}

#[test]
fn blocking_step_by_step() {
    interrupted_at_every_byte::<crate::blocking::Device>(step_by_step, Made::Key);
}

#[test]
fn blocking_at_once() {
    interrupted_at_every_byte::<crate::blocking::Device>(at_once, Made::Key);
}

#[test]
fn asynch_with_a_certificate() {
    interrupted_at_every_byte::<crate::asynch::Device>(certified, Made::Certificate);
}

#[test]
fn blocking_with_a_certificate() {
    interrupted_at_every_byte::<crate::blocking::Device>(certified, Made::Certificate);
}
