//! The station is stopped at every point, and the chip comes again: nothing is lost, none is there twice.

use crate::workshop::{self, SoftwareStation, devices, put_in, station};
use atecc608_fleet::report::{Event, Line};
use atecc608_fleet::station::{Outcome, Way};
use atecc608_sim::chip::Eeprom;
use atecc608_sim::hal::{I2cError, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::rc::Rc;

/// The disk and the chip at one moment.
#[derive(Clone)]
struct Moment {
    report: Vec<u8>,
    /// Saved.
    chip: Vec<u8>,
}

/// A peripheral that keeps what is there before each transaction.
struct Watched {
    i2c: SimI2c,
    report: std::path::PathBuf,
    moments: Rc<RefCell<Vec<Moment>>>,
}

fn moment(report: &Path, bus: &Bus) -> Moment {
    let now = bus.now();
    let chip = bus.with_chip(ChipId::FIRST, |chip| {
        chip.advance(now);
        chip.eeprom().to_bytes()
    });
    Moment { report: fs::read(report).unwrap(), chip }
}

impl ErrorType for Watched {
    type Error = I2cError;
}

impl I2c for Watched {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        self.moments.borrow_mut().push(moment(&self.report, self.i2c.bus()));
        self.i2c.transaction(address, operations)
    }
}

fn bus_of(moment: &Moment) -> Bus {
    let bus = Bus::new();
    bus.add(Chip::with_eeprom(Eeprom::from_bytes(&moment.chip).unwrap()));
    bus
}

/// Every moment at which the process could end while a chip is done: before each transaction, and at the end.
fn moments(way: Way) -> Vec<Moment> {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.jsonl");
    let mut station = station(&report).with_way(way);
    let bus = Bus::with_blank_chip(1);
    let moments = Rc::default();
    let i2c = Watched { i2c: bus.i2c(), report: report.clone(), moments: Rc::clone(&moments) };
    assert!(matches!(put_in(&mut station, i2c, bus.delay()), Outcome::Done { .. }));
    moments.borrow_mut().push(moment(&report, &bus));
    Rc::try_unwrap(moments).ok().unwrap().into_inner()
}

fn lines(report: &[u8]) -> Vec<Line> {
    let lines = report.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    lines.map(|line| serde_json::from_slice(line).unwrap()).collect()
}

fn certificates_issued(report: &[u8]) -> Vec<Vec<u8>> {
    let issued = lines(report).into_iter().filter_map(|line| match line.event {
        Event::Issued(issued) => Some(issued.certificate),
        _ => None,
    });
    issued.collect()
}

/// The chip comes again after the stop: it is done, once, and by the certificate that was issued, if one was.
fn goes_on_after(moment: &Moment, what: &str) {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report.jsonl");
    fs::write(&report, &moment.report).unwrap();
    let bus = bus_of(moment);
    let before = certificates_issued(&moment.report);
    let mut station: SoftwareStation = workshop::station(&report);
    // What was begun with is known.
    let begun = lines(&moment.report).iter().any(|line| matches!(line.event, Event::Started(_)));
    let done = lines(&moment.report).iter().any(|line| matches!(line.event, Event::Done(_)));
    assert_eq!(station.report().open_chips().count(), usize::from(begun && !done), "{what}");
    let outcome = put_in(&mut station, bus.i2c(), bus.delay());
    let certificate = match outcome {
        Outcome::Done { certificate, found: false, .. } if !done => certificate,
        Outcome::Seen { certificate, .. } if done => certificate,
        other => panic!("{what}: {other:?}"),
    };
    if let Some(issued) = before.last() {
        assert_eq!(*issued, certificate, "{what}: it was issued again");
        assert_eq!(station.issuer().unwrap().signatures(), 0, "{what}");
    }
    assert_eq!(station.report().open_chips().count(), 0);
    let devices = devices(&station);
    assert_eq!(devices.len(), 1, "{what}");
    assert_eq!(devices[0].keys[0].certificates[0], certificate, "{what}");
    drop(station);
    let all = fs::read(&report).unwrap();
    let done = lines(&all).iter().filter(|line| matches!(line.event, Event::Done(_))).count();
    assert_eq!(done, 1, "{what}");
    // Another run recognises it.
    let mut station = workshop::station(&report);
    assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Seen { .. }), "{what}");
}

/// Before each transaction; and where a line was written since the last one, with that torn, too.
fn stopped_everywhere(way: Way) {
    let moments = moments(way);
    eprintln!("XX {}", moments.len());
    let mut torn = 0;
    for (number, moment) in moments.iter().enumerate() {
        // Many moments are the same but for what the chip forgets without its supply.
        let last = number.checked_sub(1).map(|last| &moments[last]);
        if last.is_some_and(|last| last.chip == moment.chip && last.report == moment.report) {
            continue;
        }
        goes_on_after(moment, &format!("stop before transaction {number}"));
        let before = last.map_or(0, |last| last.report.len());
        let len = moment.report.len() - before;
        if len > 0 && number > 0 {
            for cut in [1, len / 3, len - 1] {
                torn += 1;
                let report = moment.report[..before + cut].to_vec();
                let moment = Moment { report, chip: moment.chip.clone() };
                goes_on_after(&moment, &format!("stop before transaction {number}, line torn at byte {cut}"));
            }
            // Not a byte of it was written.
            let moment = Moment { report: moment.report[..before].to_vec(), chip: moment.chip.clone() };
            goes_on_after(&moment, &format!("stop before transaction {number}, line not written"));
        }
    }
    // started, issued, done.
    assert_eq!(torn, 9);
}

#[test]
fn stopped_everywhere_direct() {
    stopped_everywhere(Way::Direct);
}

#[test]
fn stopped_everywhere_by_request() {
    stopped_everywhere(Way::Request);
}

/// What befalls the chip in the middle, while the station goes on.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Mishap {
    /// It is taken out.
    Out,
    /// Its supply breaks down for a moment.
    BrownOut,
}

struct Unlucky {
    i2c: SimI2c,
    at: u32,
    count: u32,
    mishap: Mishap,
}

impl ErrorType for Unlucky {
    type Error = I2cError;
}

impl I2c for Unlucky {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let this = self.count;
        self.count += 1;
        match self.mishap {
            Mishap::Out if this >= self.at => {
                return Err(I2cError::new(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address)));
            }
            Mishap::BrownOut if this == self.at => self.i2c.bus().power_cycle(),
            _ => {}
        }
        self.i2c.transaction(address, operations)
    }
}

/// A chip that fails half-way and comes again, to the same station. One station does them all.
#[test]
fn a_mishap_at_every_transaction() {
    let count = moments(Way::Direct).len() as u32;
    let folder = tempfile::tempdir().unwrap();
    let mut station = station(&folder.path().join("report.jsonl"));
    let mut seed = 0;
    let mut failed = 0;
    for mishap in [Mishap::Out, Mishap::BrownOut] {
        for at in (0..count).step_by(3) {
            seed += 1;
            let bus = Bus::with_blank_chip(seed);
            let i2c = Unlucky { i2c: bus.i2c(), at, count: 0, mishap };
            match put_in(&mut station, i2c, bus.delay()) {
                Outcome::Failed { .. } => {
                    failed += 1;
                    bus.power_cycle();
                    let again = put_in(&mut station, bus.i2c(), bus.delay());
                    assert!(
                        matches!(again, Outcome::Done { found: false, .. }),
                        "{mishap:?} {at}: {again:?}"
                    );
                }
                Outcome::Done { found: false, .. } => {}
                other => panic!("{mishap:?} {at}: {other:?}"),
            }
        }
    }
    assert!(failed > count / 3 / 2, "{failed}");
    assert_eq!(devices(&station).len() as u64, seed);
    assert_eq!(station.report().open_chips().count(), 0);
    // No certificate was signed twice.
    assert_eq!(station.issuer().unwrap().signatures(), seed);
}
