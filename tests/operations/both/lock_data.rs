//! Locking the data and OTP zones.

use super::rig::Rig;
use atecc608::irreversible::{NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::wire::Opcode;
use atecc608::{DataContents, Slot};
use testkit::{Locks, message, refused};

const GONE: NoMoreFreeDataWrites = NoMoreFreeDataWrites;

/// A device as a factory leaves it: key made, slot 8 and OTP written, nothing locked but the
/// configuration.
fn filled() -> Rig {
    let mut rig = Rig::gcp(Locks::Config);
    op!(rig.generate_key(Slot::S0, OldKeyIsLost)).unwrap();
    op!(rig.write_slot(Slot::S8, 0, &message(416))).unwrap();
    op!(rig.write_slot(Slot::S15, 32, &[0x15; 32])).unwrap();
    op!(rig.write_otp(&[0x0F; 64])).unwrap();
    rig.log();
    rig
}

#[test]
fn blank_contents() {
    for locks in Locks::ALL {
        let mut rig = Rig::gcp(locks);
        let before = rig.config();
        let result = op!(rig.lock_data(&DataContents::BLANK, GONE));
        if locks == Locks::Config {
            assert_eq!(result, Ok(()));
            let mut locked = *before.as_bytes();
            locked[86] = 0x00;
            assert_eq!(*rig.config().as_bytes(), locked, "byte 86 and no other");
            let lock = *rig.log().last().unwrap();
            assert_eq!((lock.opcode, lock.p1), (0x17, 0x01), "with the CRC, not without");
            let state = op!(rig.lock_state()).unwrap();
            assert!(state.config && state.data);
            assert_eq!(op!(rig.lock_data(&DataContents::BLANK, GONE)), Err(refused(Opcode::Lock)));
        } else {
            assert_eq!(result, Err(refused(Opcode::Lock)), "{locks:?}");
            assert_eq!(rig.config(), before, "{locks:?}");
        }
    }
}

#[test]
fn written_contents() {
    let data = message(416);
    let mut fifteen = [0xFF; 64];
    fifteen[32..].fill(0x15);
    let right = DataContents::BLANK.with_slot(Slot::S8, &data).unwrap();
    let right = right.with_slot(Slot::S15, &fifteen).unwrap().with_otp(&[0x0F; 64]).unwrap();

    let wrong = [
        ("blank", DataContents::BLANK),
        ("OTP", right.with_otp(&[0x0E; 64]).unwrap()),
        ("OTP, half", right.with_otp(&[0x0F; 32]).unwrap()),
        ("slot 8", right.with_slot(Slot::S8, &data[1..]).unwrap()),
        ("slot 8, short", right.with_slot(Slot::S8, &data[..415]).unwrap()),
        ("slot 14 for 15", right.with_slot(Slot::S15, &[]).unwrap().with_slot(Slot::S14, &fifteen).unwrap()),
        ("another slot", right.with_slot(Slot::S2, &[0x00]).unwrap()),
    ];
    let mut rig = filled();
    for (name, contents) in wrong {
        assert_eq!(op!(rig.lock_data(&contents, GONE)), Err(refused(Opcode::Lock)), "{name}");
        assert!(!rig.config().is_data_locked(), "{name}");
    }
    assert_eq!(op!(rig.lock_data(&right, GONE)), Ok(()), "the private key does not count");
    assert!(rig.config().is_data_locked());
}

/// What an expected private key slot holds is never compared.
#[test]
fn private_slots_do_not_count() {
    let mut rig = filled();
    let data = message(416);
    let mut fifteen = [0xFF; 64];
    fifteen[32..].fill(0x15);
    let contents = DataContents::BLANK.with_slot(Slot::S8, &data).unwrap().with_otp(&[0x0F; 64]).unwrap();
    let contents = contents.with_slot(Slot::S15, &fifteen).unwrap().with_slot(Slot::S0, &[1; 36]).unwrap();
    assert_eq!(op!(rig.lock_data(&contents, GONE)), Ok(()));
}

/// All slots and OTP with contents of their own, none of them private.
#[test]
fn every_byte_counts() {
    let mut rig = Rig::open(Locks::Config);
    rig.poke(|eeprom| eeprom.set_otp(&core::array::from_fn(|i| i as u8)));
    let slots: Vec<Vec<u8>> = (0..16).map(super::rig::pattern).collect();
    let otp: [u8; 64] = core::array::from_fn(|i| i as u8);
    let mut contents = DataContents::BLANK.with_otp(&otp).unwrap();
    for slot in Slot::all() {
        contents = contents.with_slot(slot, &slots[slot.index()]).unwrap();
    }
    for slot in Slot::all() {
        let mut last = slots[slot.index()].clone();
        *last.last_mut().unwrap() ^= 0x80;
        let wrong = contents.with_slot(slot, &last).unwrap();
        assert_eq!(op!(rig.lock_data(&wrong, GONE)), Err(refused(Opcode::Lock)), "{slot}");
    }
    assert_eq!(op!(rig.lock_data(&contents, GONE)), Ok(()));
}

#[test]
fn unchecked() {
    for locks in Locks::ALL {
        let mut rig = Rig::gcp(locks);
        rig.poke(|eeprom| eeprom.set_slot(8, b"whatever"));
        let result = op!(rig.lock_data_unchecked(GONE));
        if locks == Locks::Config {
            assert_eq!(result, Ok(()));
            assert!(rig.config().is_data_locked());
        } else {
            assert_eq!(result, Err(refused(Opcode::Lock)), "{locks:?}");
            assert_eq!(rig.config().is_data_locked(), locks == Locks::Both);
        }
    }
}
