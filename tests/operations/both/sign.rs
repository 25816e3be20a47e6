//! Signing digests and messages.

use super::rig::{Rig, opcodes};
use atecc608::Slot;
use atecc608::{command::CounterId, wire::Opcode};
use testkit::{Locks, known_public_key, message, refused, set_slot, sha256, verifies};

/// No SHA-256 of anything that is likely to be hashed by mistake.
const DIGEST: [u8; 32] = [0xD1; 32];

#[test]
fn sign_digest() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let result = op!(rig.sign_digest(Slot::S2, &DIGEST));
        assert_eq!(rig.executed(), opcodes(&[Opcode::Nonce, Opcode::Sign]));
        if locks == Locks::Nothing {
            assert_eq!(result, Err(refused(Opcode::Sign)));
            continue;
        }
        let signature = result.unwrap();
        assert!(verifies(&known_public_key(), &DIGEST, &signature), "{locks:?}");
        assert!(!verifies(&known_public_key(), &sha256(&DIGEST), &signature), "{locks:?}: hashed again");
        let second = op!(rig.sign_digest(Slot::S2, &[0x2D; 32])).unwrap();
        assert!(verifies(&known_public_key(), &[0x2D; 32], &second), "{locks:?}");
    }
}

#[test]
fn sign_message_of_every_length() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench(locks);
        for len in [0, 1, 31, 32, 55, 56, 63, 64, 65, 127, 128, 129, 300] {
            let message = message(len);
            let signature = op!(rig.sign_message(Slot::S2, &message)).unwrap();
            assert!(verifies(&known_public_key(), &sha256(&message), &signature), "{locks:?} {len}");
            let mut expected = vec![Opcode::Sha; 2 + len / 64];
            expected.push(Opcode::Sign);
            assert_eq!(rig.executed(), opcodes(&expected), "{len}: hashed once, in the chip");
        }
    }
    let mut rig = Rig::workbench(Locks::Nothing);
    assert_eq!(op!(rig.sign_message(Slot::S2, b"abc")), Err(refused(Opcode::Sign)));
}

#[test]
fn slots_that_do_not_sign() {
    for locks in Locks::ALL {
        let no_external = |zone: &mut [u8; 128]| set_slot(zone, 2, 0x2086, 0x0013);
        let mut rig = Rig::workbench_but(locks, no_external);
        for slot in [Slot::S2, Slot::S1, Slot::S4, Slot::S7, Slot::S11, Slot::S15] {
            assert_eq!(op!(rig.sign_digest(slot, &DIGEST)), Err(refused(Opcode::Sign)), "{locks:?} {slot}");
            assert_eq!(op!(rig.sign_message(slot, b"m")), Err(refused(Opcode::Sign)), "{locks:?} {slot}");
        }
    }
}

/// LimitedUse (chip reference 5.0.4): slot 0 of the workbench, counted once the data zone is locked.
#[test]
fn limited_use_counts_signatures() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench(locks);
        for uses in 1..=3 {
            op!(rig.sign_digest(Slot::S0, &DIGEST)).unwrap();
            let counted = if locks == Locks::Both { uses } else { 0 };
            assert_eq!(rig.config().counter(CounterId::Counter0), counted, "{locks:?}");
        }
    }
}

#[test]
fn the_last_use() {
    let mut rig = Rig::workbench(Locks::Both);
    // CountMatch (chip reference 4.11): slot 10 has the limit, twice.
    rig.poke(|eeprom| eeprom.set_slot(10, &[32, 0, 0, 0, 32, 0, 0, 0]));
    let mut zone = rig.config();
    zone.set_counter(CounterId::Counter0, 31).unwrap();
    rig.poke(|eeprom| eeprom.set_config(zone.as_bytes()));
    op!(rig.sign_digest(Slot::S0, &DIGEST)).unwrap();
    assert_eq!(op!(rig.sign_digest(Slot::S0, &DIGEST)), Err(refused(Opcode::Sign)));
    assert_eq!(op!(rig.sign_message(Slot::S0, b"m")), Err(refused(Opcode::Sign)));
    assert_eq!(op!(rig.counter(CounterId::Counter0)), Ok(32));
    op!(rig.sign_digest(Slot::S2, &DIGEST)).expect("this key has no limit");
}

#[test]
fn permissions_that_count_with_the_data_zone_locked() {
    // ReqAuth, PersistentDisable (chip reference 4.7); ReqRandom does not stop Sign(External) (4.8).
    for (key_config, signs) in [(0x0493, false), (0x1013, false), (0x0053, true)] {
        for locks in [Locks::Config, Locks::Both] {
            let mut rig = Rig::workbench_but(locks, |zone| set_slot(zone, 2, 0x2087, key_config));
            let result = op!(rig.sign_digest(Slot::S2, &DIGEST));
            if signs || locks == Locks::Config {
                assert!(verifies(&known_public_key(), &DIGEST, &result.unwrap()), "{key_config:04X}");
            } else {
                assert_eq!(result, Err(refused(Opcode::Sign)), "{key_config:04X}");
            }
        }
    }
}
