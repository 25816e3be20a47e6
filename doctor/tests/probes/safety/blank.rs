//! Level `blank` restores everything, on every way out.

use std::panic::{self, AssertUnwindSafe};

use atecc608_doctor::guard::Command;
use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::patient::frame;
use atecc608_doctor::probe::Probe;
use atecc608_doctor::report::{Host, Report};
use atecc608_doctor::run::{Halt, Order, Questions, examine};
use atecc608_sim::Chip;
use atecc608_sim::chip::{Ack, Alternative, Eeprom, Readings, Timing};

use super::memory;
use crate::chip::{Agrees, blank, findings, line};
use crate::faulty::{Fault, Faulty};

#[test]
fn no_bit_is_another_afterwards_whatever_the_chip_answers() {
    for readings in
        [Readings::default()].into_iter().chain(Alternative::ALL.iter().map(|one| Readings::taking(*one)))
    {
        let bus = blank(readings);
        let before = memory(&bus);
        findings(&bus, Level::Blank);
        assert_eq!(memory(&bus), before, "{readings:?}");
    }
}

fn probes() -> impl Iterator<Item = &'static Probe> {
    let questions = Questions { level: Level::Blank, plan: None, only: None };
    questions.of(Stage::Unlocked).filter(|probe| probe.level == Level::Blank)
}

fn order(probe: &Probe) -> Order<'_> {
    Order { only: Some(probe.name), ..Order::new(Level::Blank) }
}

/// The transfers of a run at which something can go wrong.
fn places(probe: &Probe) -> Vec<usize> {
    let mut count = Faulty::counting(line(&blank(Readings::default())));
    let mut report = Report::new(Level::Blank, None);
    examine(&mut count, 0x60, Host::default(), order(probe), &mut report, &mut Agrees).unwrap();
    count.places()
}

/// Each question, with each fault at many of its writes and reads. It may fail; the chip must be as it was.
#[test]
fn no_bit_is_another_if_anything_goes_wrong() {
    for probe in probes() {
        let places = places(probe);
        for fault in [Fault::Lost, Fault::Unheard, Fault::Arbitration, Fault::Flipped, Fault::Panic] {
            for nth in places.iter().copied() {
                let bus = blank(Readings::default());
                let before = memory(&bus);
                let mut line = Faulty::new(line(&bus), fault, nth);
                let _ = panic::catch_unwind(AssertUnwindSafe(|| {
                    let mut report = Report::new(Level::Blank, None);
                    examine(&mut line, 0x60, Host::default(), order(probe), &mut report, &mut Agrees)
                }));
                assert_eq!(memory(&bus), before, "{}, {fault:?} at transfer {nth}", probe.name);
            }
        }
    }
}

/// A program that dies restores nothing. The report that it kept does, in the next run.
#[test]
fn a_run_that_dies_is_made_good_by_the_next_one() {
    struct Keeps(Option<Report>);
    impl atecc608_doctor::run::Attend for Keeps {
        fn keep(&mut self, report: &Report) -> Result<(), String> {
            self.0 = Some(report.clone());
            Ok(())
        }
        fn agree(&mut self, _: atecc608_doctor::run::Loss, _: &[u8; 9]) -> bool {
            false
        }
    }
    let mut changed = 0;
    for probe in probes() {
        let places = places(probe);
        for nth in places {
            let bus = blank(Readings::default());
            let before = memory(&bus);
            let mut kept = Keeps(None);
            let mut dies = Faulty::new(line(&bus), Fault::Dead, nth);
            let result = examine(
                &mut dies,
                0x60,
                Host::default(),
                order(probe),
                &mut Report::new(Level::Blank, None),
                &mut kept,
            );
            changed += usize::from(memory(&bus) != before);
            let mut report = kept.0.unwrap_or_else(|| Report::new(Level::Blank, None));
            if memory(&bus) != before {
                assert!(
                    matches!(result, Err(Halt::Chip(_))),
                    "{}: changed, and not said: {result:?}",
                    probe.name
                );
                assert!(report.unrestored.is_some());
            }
            // It may be somewhere else.
            let address = memory(&bus).config[16] >> 1;
            bus.power_cycle();
            bus.advance(1_000_000);
            examine(&mut line(&bus), address, Host::default(), order(probe), &mut report, &mut Agrees)
                .unwrap();
            assert_eq!(memory(&bus), before, "{}, dead at transfer {nth}", probe.name);
            assert_eq!(report.unrestored, None);
        }
    }
    assert!(probes().next().is_none() || changed > 0, "no run died in the middle of a change");
}

/// What the level allows, on a chip that does all it is told: slots, OTP zone, serial number, one-time bytes and locks
/// stay.
#[test]
fn no_command_of_the_level_changes_what_can_t_be_restored() {
    let mut chip = Chip::blank(5).with_timing(Timing::instant());
    let mut now = 10_000_000;
    let before = chip.eeprom().clone();
    let mut sent = 0;
    for (opcode, p1) in (0..=0xFF).flat_map(|opcode| (0..=0xFF).map(move |p1| (opcode, p1))) {
        let p2s =
            if opcode == 0x12 { (0..0x28).collect() } else { vec![0, 1, 2, 9, 0x50, 0x100, 0x8000, 0xFFFF] };
        for (p2, len) in p2s.into_iter().flat_map(|p2| lengths(opcode).iter().map(move |len| (p2, *len))) {
            // As a Write it leaves the address as it is, mostly, and locks no slot.
            for fill in [0x10, 0xFF] {
                let data = vec![fill; len];
                let command = Command { opcode, p1, p2, data: &data };
                if command.check(Level::Blank, Stage::Unlocked).is_err() {
                    continue;
                }
                sent += 1;
                run(&mut chip, &mut now, &frame(opcode, p1, p2, &data));
                let after = chip.eeprom();
                let fixed = |eeprom: &Eeprom| [&eeprom.config()[..16], &eeprom.config()[84..90]].concat();
                assert_eq!(fixed(after), fixed(&before), "{command:?}");
                assert_eq!(after.otp(), before.otp(), "{command:?}");
                assert!((0..16).all(|slot| after.slot(slot) == before.slot(slot)), "{command:?}");
                if after.config() != before.config() {
                    *chip.eeprom_mut() = before.clone();
                }
            }
        }
    }
    assert!(sent > 10_000, "{sent} commands were tried");
}

/// The lengths that a command is known with.
fn lengths(opcode: u8) -> &'static [usize] {
    match opcode {
        0x12 => &[4, 32],
        0x15 => &[0, 4],
        0x16 => &[20, 32, 64],
        0x1C => &[0, 32],
        0x28 => &[77],
        0x43 => &[64],
        0x45 => &[64, 128],
        0x46 => &[36, 68],
        0x47 => &[0, 64],
        0x51 => &[16],
        0x56 => &[20, 36],
        0x80 => &[32, 96],
        _ => &[0, 3],
    }
}

fn run(chip: &mut Chip, now: &mut u64, written: &[u8]) {
    *now += 100_000;
    chip.sda_low(*now, *now + 80_000);
    *now += 100_000;
    let address = chip.eeprom().config()[16];
    assert_eq!(chip.start(*now, address & 0xFE), Ack::Ack);
    for byte in written {
        chip.write(*now, *byte);
    }
    chip.stop(*now);
    // Asleep, so that the next one finds its address.
    chip.start(*now, address & 0xFE);
    chip.write(*now, 0x01);
    chip.stop(*now);
}
