//! Locking the configuration zone and single slots.

use super::rig::{Rig, opcodes};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges};
use atecc608::wire::Opcode;
use atecc608::{DataContents, Error, ErrorKind, Slot, config::ConfigError};
use atecc608_sim::{Chip, ChipId, Fault};
use testkit::{Locks, refused};

const LOCK: u8 = 0x17;

#[test]
fn lock_config() {
    let mut rig = Rig::gcp(Locks::Nothing);
    let zone = rig.config();
    assert_eq!(op!(rig.lock_config(&zone, NoMoreConfigWrites)), Ok(()));
    let mut locked = *zone.as_bytes();
    locked[87] = 0x00;
    assert_eq!(*rig.config().as_bytes(), locked, "byte 87 and no other");
    let log = rig.log();
    assert_eq!(log.len(), 5, "four reads and Lock");
    assert_eq!((log[4].opcode, log[4].p1), (LOCK, 0x00), "with the CRC, not without");
    assert_eq!(log[4].p2.to_le_bytes(), atecc608::wire::frame::crc16([&zone.as_bytes()[..]]));

    let state = op!(rig.lock_state()).unwrap();
    assert!(state.config && !state.data);
    assert_eq!(op!(rig.lock_config(&zone, NoMoreConfigWrites)), Err(ConfigError::AlreadyLocked));
    let locked = rig.config();
    assert_eq!(op!(rig.lock_config(&locked, NoMoreConfigWrites)), Err(ConfigError::AlreadyLocked));
}

#[test]
fn lock_config_in_the_other_lock_states() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::gcp(locks);
        let zone = rig.config();
        assert_eq!(op!(rig.lock_config(&zone, NoMoreConfigWrites)), Err(ConfigError::AlreadyLocked));
        assert!(!rig.executed().contains(&LOCK), "{locks:?}");
    }
}

/// One byte differs, whichever: nothing is locked, and the error names the byte.
#[test]
fn a_mismatch_locks_nothing() {
    let mut rig = Rig::gcp(Locks::Nothing);
    let zone = rig.config();
    for offset in (0..128).filter(|offset| *offset != 87) {
        let mut expected = zone;
        expected.set_byte(offset, zone.byte(offset) ^ 0x01);
        match op!(rig.lock_config(&expected, NoMoreConfigWrites)) {
            Err(ConfigError::Mismatch(mismatch)) => {
                let [one] = mismatch.differences() else { panic!("{mismatch:?}") };
                let left = zone.byte(offset) ^ 0x01;
                assert_eq!((one.offset, one.left, one.right), (offset, left, zone.byte(offset)));
                assert_eq!(mismatch.total(), 1);
            }
            other => panic!("{offset}: {other:?}"),
        }
        assert_eq!(rig.config(), zone);
    }
    assert!(!rig.executed().contains(&LOCK));
}

#[test]
fn the_zone_of_another_chip_is_a_mismatch() {
    let mut rig = Rig::blank();
    let factory = rig.config();
    let other = Rig::of(Chip::blank(609)).config();
    match op!(rig.lock_config(&other, NoMoreConfigWrites)) {
        Err(ConfigError::Mismatch(mismatch)) => {
            assert!(mismatch.total() > 0);
            let serial = |offset| matches!(offset, 2..=3 | 8..=11);
            assert!(mismatch.differences().iter().all(|d| serial(d.offset)), "{mismatch}");
        }
        other => panic!("{other:?}"),
    }
    // And a configuration that was never written: all that differs is told.
    let wanted = preset::gcp_device(&factory);
    match op!(rig.lock_config(&wanted, NoMoreConfigWrites)) {
        Err(ConfigError::Mismatch(mismatch)) => {
            let all: Vec<_> = wanted.difference(&factory).collect();
            assert_eq!(usize::from(mismatch.total()), all.len());
            assert_eq!(mismatch.differences(), &all[..mismatch.differences().len()]);
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(rig.config(), factory);
    assert!(!rig.executed().contains(&LOCK));
}

/// The chip locks just what the driver has read: a zone that changes in between is not locked.
#[test]
fn the_chip_compares_too() {
    let mut rig = Rig::gcp(Locks::Nothing);
    let zone = rig.config();
    rig.hook.before_each_pause(|bus| {
        bus.with_chip(ChipId::FIRST, |chip| {
            if chip.executed().len() == 4 {
                let mut zone = *chip.eeprom().config();
                zone[90] = 0x0E;
                chip.eeprom_mut().set_config(&zone);
            }
        });
    });
    let result = op!(rig.lock_config(&zone, NoMoreConfigWrites));
    assert_eq!(result, Err(ConfigError::Chip(refused(Opcode::Lock))));
    assert!(!rig.config().is_config_locked());
}

/// All three readings of the next answer of Lock arrive damaged.
fn damage_the_answer_of_lock(rig: &Rig) {
    let mut done = false;
    rig.hook.before_each_pause(move |bus| {
        let running = bus.with_chip(ChipId::FIRST, |chip| {
            chip.executed().last().is_some_and(|command| command.opcode == LOCK)
        });
        if running && !done {
            done = true;
            for reading in 0..3 {
                bus.inject(Fault::ReadByte { nth: 4 * reading + 1, xor: 0x40 });
            }
        }
    });
}

/// What no answer told: the driver looks whether it is done, and locks once.
#[test]
fn a_damaged_answer_is_looked_up() {
    for lock in 0..4 {
        let locks = if lock == 0 { Locks::Nothing } else { Locks::Config };
        let mut rig = Rig::gcp(locks);
        let zone = rig.config();
        damage_the_answer_of_lock(&rig);
        let result = match lock {
            0 => op!(rig.lock_config(&zone, NoMoreConfigWrites)).map_err(|error| error.to_string()),
            1 => op!(rig.lock_data_unchecked(NoMoreFreeDataWrites)).map_err(|error| error.to_string()),
            2 => op!(rig.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites))
                .map_err(|error| error.to_string()),
            _ => op!(rig.lock_slot(Slot::S8, NoMoreSlotChanges)).map_err(|error| error.to_string()),
        };
        assert_eq!(result, Ok(()), "{lock}");
        let locked = [rig.config().is_config_locked(), rig.config().is_data_locked()];
        assert_eq!(locked, [true, matches!(lock, 1 | 2)], "{lock}");
        assert_eq!(rig.config().is_slot_locked(Slot::S8), lock == 3, "{lock}");
        assert_eq!(rig.executed().iter().filter(|opcode| **opcode == LOCK).count(), 1, "{lock}");
    }
}

/// The same when the chip refused: it is not done, and the caller is told so.
#[test]
fn a_damaged_refusal_is_no_success() {
    for lock in 0..3 {
        let mut rig = Rig::gcp(if lock == 0 { Locks::Nothing } else { Locks::Config });
        let before = rig.config();
        damage_the_answer_of_lock(&rig);
        let wrong = DataContents::BLANK.with_slot(Slot::S8, &[1]).unwrap();
        let result = match lock {
            0 => op!(rig.lock_data_unchecked(NoMoreFreeDataWrites)),
            1 => op!(rig.lock_data(&wrong, NoMoreFreeDataWrites)),
            _ => op!(rig.lock_slot(Slot::S0, NoMoreSlotChanges)),
        };
        assert_eq!(result, Err(Error::new(Opcode::Lock, ErrorKind::Crc)), "{lock}");
        assert_eq!(rig.config(), before, "{lock}");
    }
}

#[test]
fn lock_slot() {
    for locks in Locks::ALL {
        for slot in Slot::all() {
            let mut rig = Rig::open(locks);
            let before = rig.config();
            let result = op!(rig.lock_slot(slot, NoMoreSlotChanges));
            assert_eq!(rig.executed(), opcodes(&[Opcode::Read, Opcode::Lock]));
            if locks == Locks::Nothing {
                assert_eq!(result, Err(refused(Opcode::Lock)));
                assert_eq!(rig.config(), before);
                continue;
            }
            assert_eq!(result, Ok(()), "{locks:?} {slot}");
            for other in Slot::all() {
                assert_eq!(rig.config().is_slot_locked(other), other == slot, "{locks:?} {slot}");
            }
            assert!(op!(rig.lock_state()).unwrap().slot(slot));
            let again = op!(rig.lock_slot(slot, NoMoreSlotChanges));
            assert_eq!(again, Err(refused(Opcode::Lock)), "{locks:?} {slot}");
            assert_eq!(
                op!(rig.write_slot(slot, 0, &[0; 32])),
                Err(refused(Opcode::Write)),
                "{locks:?} {slot}"
            );
        }
    }
}

#[test]
fn slots_that_are_not_lockable() {
    for locks in Locks::ALL {
        let mut rig = Rig::uniform(locks, 0x0F0F, 0x001C);
        for slot in Slot::all() {
            assert_eq!(op!(rig.lock_slot(slot, NoMoreSlotChanges)), Err(refused(Opcode::Lock)), "{locks:?}");
            assert!(!rig.config().is_slot_locked(slot), "{locks:?} {slot}");
        }
    }
}
