//! Counters and the bytes that can be set once.

use super::rig::{Rig, opcodes};
use atecc608::Slot;
use atecc608::irreversible::{ByteIsFixed, CountIsSpent};
use atecc608::{
    command::{CounterId, ExtraByte},
    wire::Opcode,
};
use testkit::{Locks, refused};

const COUNTERS: [CounterId; 2] = [CounterId::Counter0, CounterId::Counter1];

/// Presets the counters behind the chip's back.
fn preset(rig: &Rig, values: [u32; 2]) {
    let mut zone = rig.config();
    for (counter, value) in COUNTERS.into_iter().zip(values) {
        zone.set_counter(counter, value).unwrap();
    }
    rig.poke(|eeprom| eeprom.set_config(zone.as_bytes()));
}

#[test]
fn reading() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for values in [[0, 0], [1, 31], [33, 48], [1_048_575, 2_097_151]] {
            preset(&rig, values);
            assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(values[0]), "{locks:?}");
            assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(values[1]), "{locks:?}");
        }
    }
}

#[test]
fn counting() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        preset(&rig, [31, 7]);
        let result = op!(rig.increment_counter(CounterId::Counter0, CountIsSpent));
        assert_eq!(rig.executed(), opcodes(&[Opcode::Counter]));
        assert_eq!(result, Ok(32), "{locks:?}");
        assert_eq!(op!(rig.increment_counter(CounterId::Counter1, CountIsSpent)), Ok(8), "{locks:?}");
        assert_eq!(COUNTERS.map(|counter| rig.config().counter(counter)), [32, 8], "{locks:?}");
    }
}

#[test]
fn the_last_count() {
    let mut rig = Rig::workbench(Locks::Both);
    preset(&rig, [2_097_150, 5]);
    assert_eq!(op!(rig.increment_counter(CounterId::Counter0, CountIsSpent)), Ok(2_097_151));
    let result = op!(rig.increment_counter(CounterId::Counter0, CountIsSpent));
    assert_eq!(result, Err(refused(Opcode::Counter)));
    assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(2_097_151));
    assert_eq!(op!(rig.counter(CounterId::Counter1)), Ok(5));
}

#[test]
fn extra_bytes_are_set_once() {
    for locks in Locks::ALL {
        for (byte, offset) in [(ExtraByte::UserExtra, 84), (ExtraByte::UserExtraAdd, 85)] {
            let mut rig = Rig::workbench(locks);
            let mut expected = *rig.eeprom().config();
            assert_eq!(op!(rig.update_extra(byte, 0, ByteIsFixed)), Ok(()), "{locks:?}: zero over zero");
            assert_eq!(op!(rig.update_extra(byte, 0x6A, ByteIsFixed)), Ok(()), "{locks:?}");
            expected[offset] = 0x6A;
            assert_eq!(*rig.eeprom().config(), expected, "{locks:?}");
            let again = op!(rig.update_extra(byte, 0x6B, ByteIsFixed));
            assert_eq!(again, Err(refused(Opcode::UpdateExtra)), "{locks:?}");
            assert_eq!(*rig.eeprom().config(), expected, "{locks:?}");
        }
    }
}

/// Slot 0 has limited use, slot 2 not.
#[test]
fn giving_up_a_use() {
    let mut rig = Rig::workbench(Locks::Both);
    preset(&rig, [2_097_150, 0]);
    op!(rig.spend_use(Slot::S2, CountIsSpent)).unwrap();
    assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(2_097_150));
    op!(rig.spend_use(Slot::S0, CountIsSpent)).unwrap();
    assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(2_097_151));
    assert_eq!(op!(rig.spend_use(Slot::S0, CountIsSpent)), Err(refused(Opcode::UpdateExtra)));
}
