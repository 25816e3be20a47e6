//! 200 chips, and what goes wrong.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};

use atecc608::SerialNumber;
use atecc608_cli::command::provision::bench::{Bench, How, Operator};
use atecc608_cli::command::provision::{Publisher, Told};
use atecc608_cli::{Failure, Kind as FailureKind};
use atecc608_fleet::report::Report;

use crate::checked;
use crate::tray::{Hands, Killed, Kind, Tray};
use crate::workshop::Workshop;

/// The operator's ears and eyes.
struct Worker<'a> {
    tray: &'a RefCell<Tray>,
    publisher: Publisher,
    /// The program ends at this saying or writing, from now.
    kill: Cell<Option<u32>>,
}

impl Worker<'_> {
    fn maybe_killed(&self) {
        match self.kill.get() {
            Some(0) => panic::resume_unwind(Box::new(Killed)),
            Some(left) => self.kill.set(Some(left - 1)),
            None => {}
        }
    }
}

impl Operator for Worker<'_> {
    fn agree(&mut self, serial: SerialNumber) -> Result<(), Failure> {
        panic!("nobody is to be asked for {serial}: any blank chip is agreed to");
    }

    fn put_in(&mut self) {}

    fn told(&mut self, told: Told) -> Result<(), Failure> {
        self.maybe_killed();
        self.tray.borrow_mut().told(told.is_done(), told.outcome == "refused");
        Ok(())
    }

    fn publish(&mut self, report: &Report, done: Option<SerialNumber>) -> Result<(), Failure> {
        self.maybe_killed();
        self.publisher.publish(report, done)?;
        self.maybe_killed();
        Ok(())
    }
}

/// What a run met with.
#[derive(Debug, Default, PartialEq, Eq)]
struct Met {
    killed: u32,
    torn: u32,
    unwritable: u32,
    seen: u64,
    not_done: u64,
}

/// All chips, with so many stops at most.
fn run(workshop: &Workshop, tray: &RefCell<Tray>, stops: u32) -> Met {
    let mut met = Met::default();
    let how = How { chips: None, tries: 3, any_blank_chip: true };
    for start in 0.. {
        let station = workshop.station();
        met.torn += u32::from(station.report().torn().is_some());
        let mut bench = Bench::new(Hands(tray), station, how);
        let mut worker = Worker { tray, publisher: workshop.publisher(), kill: Cell::new(None) };
        if start < stops {
            let mut tray = tray.borrow_mut();
            // In the middle of a chip, or between what is written and what is said.
            match tray.below(3) {
                0 => worker.kill.set(Some(tray.below(20))),
                _ => {
                    let transactions = tray.below(6000);
                    tray.kill_after(Some(transactions));
                }
            }
        }
        // The disk is full: here labels and manifest have no room.
        let blocked = start % 5 == 3 && start < stops;
        let labels = workshop.file("labels.txt.new");
        if blocked {
            fs::create_dir(&labels).unwrap();
        }
        let result = panic::catch_unwind(AssertUnwindSafe(|| bench.run(&mut worker)));
        if blocked {
            fs::remove_dir(&labels).unwrap();
        }
        match result {
            Ok(Ok(totals)) => {
                met.seen += totals.seen;
                met.not_done += totals.not_done;
                assert!(tray.borrow().is_empty(), "chips are left");
                return met;
            }
            Ok(Err(failure)) => {
                assert!(blocked, "{failure}");
                assert_eq!(failure.kind(), FailureKind::File, "{failure}");
                assert!(failure.to_string().contains("labels.txt"), "{failure}");
                met.unwritable += 1;
                // The program ends by itself; the chip is still in.
                tray.borrow_mut().killed();
            }
            Err(payload) => {
                assert!(payload.is::<Killed>(), "{:?}", payload.downcast_ref::<String>());
                met.killed += 1;
                drop((bench, worker));
                tray.borrow_mut().killed();
                if tray.borrow_mut().below(3) == 0 {
                    // The stop came in the middle of a line.
                    let line = br#"{"at":"2026-11-30T12:34:56Z","station":"bench 1","operator":"some"#;
                    let len = tray.borrow_mut().below(line.len() as u32 - 6) as usize + 6;
                    let mut report =
                        fs::OpenOptions::new().append(true).open(workshop.file("report.jsonl")).unwrap();
                    report.write_all(&line[..len]).unwrap();
                }
            }
        }
    }
    unreachable!()
}

#[test]
fn two_hundred_chips() {
    const CHIPS: u32 = 200;
    let folder = tempfile::tempdir().unwrap();
    let workshop = Workshop::new(folder.path());
    let tray = RefCell::new(Tray::new(folder.path(), 7, CHIPS));
    let met = run(&workshop, &tray, 60);
    let tray = tray.into_inner();
    let aside = |kind: Kind| tray.aside.iter().filter(|candidate| candidate.kind == kind).count();
    println!(
        "{CHIPS} chips in {} virtual seconds: {met:?}; contact lost, lost, brown-outs, noise: {:?}; put in again though \
         done: {}; put aside: {:?}",
        tray.now / 1000,
        tray.mishaps,
        tray.twice,
        [Kind::Good, Kind::Dead, Kind::Dying, Kind::Foreign, Kind::OtherModel, Kind::Begun].map(aside),
    );
    checked::all(&workshop, &tray, CHIPS);
    assert_eq!(aside(Kind::Good), 0);
    for kind in [Kind::Dead, Kind::Dying, Kind::Foreign, Kind::OtherModel, Kind::Begun] {
        assert_eq!(aside(kind), 5, "{kind:?}");
    }
    assert!(met.killed >= 40 && met.torn >= 10 && met.unwritable >= 5, "{met:?}");
    assert!(tray.mishaps.iter().all(|count| *count >= 10), "{:?}", tray.mishaps);
    assert!(tray.twice >= 5 && met.seen >= 5);
}

/// The same seed is the same run, byte for byte.
#[test]
fn the_same_seed() {
    let report = |seed| {
        let folder = tempfile::tempdir().unwrap();
        let workshop = Workshop::new(folder.path());
        let tray = RefCell::new(Tray::new(folder.path(), seed, 20));
        run(&workshop, &tray, 8);
        ["report.jsonl", "manifest.json", "labels.txt"].map(|name| fs::read(workshop.file(name)).unwrap())
    };
    let first = report(3);
    assert!(first == report(3), "the same seed is another run");
    assert!(first != report(4));
}
