//! Commands that are cut off, and how long commands take (chip reference 1.3, 1.7, 1.8, 3.1).

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::{AfterReset, Nanos, PowerState, Timing};

/// Starts a command that changes the EEPROM, cuts it off that long after its STOP and looks what became of
/// it: whether the change is there.
fn cut(prepared: impl Fn() -> Rig, group: &[u8], after: Nanos, by: impl Fn(&mut Rig)) -> bool {
    let mut rig = prepared();
    let before = rig.chip.eeprom().clone();
    rig.send(group);
    assert_eq!(rig.chip.eeprom(), &before, "nothing changes at the STOP");
    rig.pass(after);
    by(&mut rig);
    let changed = rig.chip.eeprom().to_bytes() != before.to_bytes();
    rig.pass(MS);
    changed
}

fn locked() -> Rig {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.configure(|config| config[18] = 0);
    rig.poke_key(0);
    rig
}

#[test]
fn a_command_changes_all_or_nothing() {
    let commands = [
        (WRITE, 0x82, 0x0050, vec![0x55; 32], 18 * MS),
        (GENKEY, 0x04, 0, Vec::new(), 46 * MS),
        (COUNTER, 0x01, 1, Vec::new(), 10 * MS),
        (LOCK, 0x02 | 12 << 2, 0, Vec::new(), 14 * MS),
        (UPDATE_EXTRA, 0x00, 7, Vec::new(), 4 * MS),
    ];
    for (opcode, p1, p2, data, time) in commands {
        let group = group(opcode, p1, p2, &data);
        for (after, changed) in
            [(0, false), (time / 2, false), (time - 1, false), (time, true), (time + MS, true)]
        {
            let power_off = |rig: &mut Rig| rig.chip.power_cycle(rig.now);
            assert_eq!(cut(locked, &group, after, power_off), changed, "{opcode:02X} off after {after}");
            let dip = |rig: &mut Rig| rig.chip.brown_out(rig.now, AfterReset::Asleep);
            assert_eq!(cut(locked, &group, after, dip), changed, "{opcode:02X} dip after {after}");
        }
    }
}

/// The end is seen whoever looks first.
#[test]
fn a_finished_command_is_finished() {
    let mut rig = locked();
    rig.send(&group(WRITE, 0x82, 0x0050, &[0x55; 32]));
    rig.chip.advance(rig.now + 18 * MS - 1);
    assert_eq!(rig.chip.eeprom().slot(10)[0], 0xFF);
    rig.chip.advance(rig.now + 18 * MS);
    assert_eq!(rig.chip.eeprom().slot(10)[..32], [0x55; 32]);
}

/// A watchdog that does not look ahead cuts commands off, and 1.3 s are over whatever happens.
#[test]
fn watchdog_in_the_middle() {
    let mut timing = Timing::default();
    timing.watchdog_margin = 0;
    for (left, changed) in [(17 * MS, false), (19 * MS, true)] {
        let prepared = || {
            let mut chip = Chip::blank(1).with_timing(timing.clone());
            chip.eeprom_mut().set_config(&captured_config());
            let mut rig = Rig::asleep(chip);
            rig.wake();
            // The group takes 1.2 ms on the bus.
            rig.pass(1_298_500 * US - left - 1_270 * US);
            rig
        };
        let group = group(WRITE, 0x00, 5, &[0; 4]);
        let wait = |rig: &mut Rig| {
            rig.pass(30 * MS);
            rig.chip.advance(rig.now);
            assert_eq!(rig.chip.state(rig.now), PowerState::Asleep);
        };
        assert_eq!(cut(prepared, &group, 0, wait), changed, "{left}");
    }
}

/// What is put into the EEPROM behind the chip's back meanwhile stays there.
#[test]
fn contents_changed_from_outside_meanwhile() {
    let mut rig = locked();
    rig.send(&group(WRITE, 0x82, 0x0050, &[0x55; 32]));
    rig.chip.eeprom_mut().set_slot(11, &[0x66; 72]);
    assert_eq!(rig.receive(), [OK]);
    assert_eq!(rig.chip.eeprom().slot(10)[..32], [0x55; 32]);
    assert_eq!(rig.chip.eeprom().slot(11), [0x66; 72]);
}

/// The latch outlives the watchdog, so an interrupted SecureBoot must not have set it.
#[test]
fn latch_of_an_interrupted_secure_boot() {
    let boot = |margin: Nanos| {
        let mut timing = Timing::default();
        timing.watchdog_margin = 0;
        let mut config = test_config();
        (config[70], config[86], config[87]) = (0x0B, 0, 0);
        let mut chip = Chip::blank(1).with_timing(timing);
        chip.eeprom_mut().set_config(&config);
        chip.eeprom_mut().set_slot(12, &[0x12; 32]);
        let mut rig = Rig::asleep(chip);
        rig.wake();
        rig.pass(1_298_500 * US - margin);
        rig.send(&group(SECURE_BOOT, 0x46, 0, &[0x12; 32]));
        rig.pass(100 * MS);
        rig.chip.advance(rig.now);
        rig.wake();
        let latch = rig.run(INFO, 0x04, 0, &[])[0];
        (latch, rig.status(SECURE_BOOT, 0x06, 0, &[0x12; 32]))
    };
    // It takes 32 ms, and 4 ms for the bytes.
    assert_eq!(boot(30 * MS), (0, OK));
    assert_eq!(boot(40 * MS), (1, REFUSED));
}

#[test]
fn silent_reset() {
    let mut rig = locked();
    rig.load_temp_key(&[1; 32]);
    rig.send(&group(GENKEY, 0x04, 2, &[]));
    rig.pass(20 * MS);
    rig.chip.brown_out(rig.now, AfterReset::Awake);
    assert_eq!(rig.chip.state(rig.now), PowerState::Waking);
    rig.pass(1_500 * US);
    // Instead of the answer.
    assert_eq!(rig.read(4), Some(hex("04113343")));
    assert_eq!(rig.chip.eeprom().slot(2), [0xFF; 36]);
    assert!(!rig.temp_key_valid());

    let mut rig = locked();
    rig.load_temp_key(&[1; 32]);
    rig.chip.brown_out(rig.now, AfterReset::Asleep);
    assert_eq!(rig.read(1), None);
    rig.wake();
    assert_eq!(rig.read(4), Some(hex("04113343")));
    assert!(!rig.temp_key_valid());
}

#[test]
fn brown_out_clears_the_latch() {
    for then in [AfterReset::Asleep, AfterReset::Awake] {
        let mut rig = locked();
        rig.configure(|config| config[70] = 0);
        rig.set_latch();
        assert_eq!(rig.run(INFO, 0x04, 0, &[])[0], 1);
        rig.chip.brown_out(rig.now, then);
        rig.pass(2 * MS);
        if then == AfterReset::Asleep {
            rig.wake();
        }
        assert_eq!(rig.run(INFO, 0x04, 0, &[])[0], 0);
    }
}

fn times(rig: &Rig) -> Vec<Nanos> {
    rig.chip.executed().iter().map(|executed| executed.duration).collect()
}

fn with_timing(timing: Timing) -> Rig {
    let mut chip = Chip::blank(1).with_timing(timing);
    let mut config = test_config();
    (config[18], config[86], config[87]) = (0, 0, 0);
    chip.eeprom_mut().set_config(&config);
    let mut rig = Rig::asleep(chip);
    rig.wake();
    rig.poke_key(0);
    rig.poke_key(2);
    rig
}

/// Slot 0 is limited in use, slot 2 is not. A refusal is quick; the limit is not touched then.
#[test]
fn presets() {
    for (timing, expected) in [
        (Timing::typical(), [8 * MS, 46 * MS, 66 * MS, MS / 2]),
        (Timing::slowest(), [20 * MS, 115 * MS, 165 * MS, MS / 2]),
        (Timing::instant(), [0; 4]),
    ] {
        let mut rig = with_timing(timing);
        rig.load_digest(&[1; 32]);
        assert_eq!(rig.run(SIGN, 0xA0, 2, &[]).len(), 64);
        assert_eq!(rig.run(SIGN, 0xA0, 0, &[]).len(), 64);
        assert_eq!(rig.status(SIGN, 0x80, 0, &[]), REFUSED);
        assert_eq!(times(&rig), expected);
        assert_eq!(rig.counter0(), 1);
    }
}

/// Answer and change are there at once, and so is the chip after a wake.
#[test]
fn no_time_at_all() {
    let mut rig = Rig::asleep(Chip::blank(1).with_timing(Timing::instant()));
    rig.pulse(60 * US);
    assert_eq!(rig.chip.state(rig.now), PowerState::Awake);
    rig.send(&group(WRITE, 0x00, 5, &[0x55; 4]));
    assert_eq!(rig.chip.state(rig.now), PowerState::Awake);
    assert_eq!(rig.chip.eeprom().config()[20..24], [0x55; 4]);
    assert_eq!(rig.read(4), Some(hex("04000340")));
}

/// A table of one's own, a row for each command and a column for each clock divider.
#[test]
fn own_table() {
    let mut timing = Timing::typical();
    timing.set_execution(SIGN, [1, 2, 3].map(|ms| ms * MS));
    timing.internal_write = 7 * MS;
    assert_eq!(
        [0x00, 0x05, 0x0D].map(|divider| timing.execution(SIGN, divider)),
        [1, 2, 3].map(|ms| ms * MS)
    );
    assert_eq!(timing.maximum(SIGN, 0), 115 * MS);
    assert_eq!(timing.execution(GENKEY, 0), 46 * MS);
    let mut rig = with_timing(timing);
    rig.load_digest(&[1; 32]);
    rig.run(SIGN, 0xA0, 2, &[]);
    rig.run(SIGN, 0xA0, 0, &[]);
    assert_eq!(times(&rig)[1..], [MS, 8 * MS]);
}
