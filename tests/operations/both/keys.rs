//! Making keys and asking for public keys.

use super::rig::{Rig, opcodes};
use atecc608::irreversible::OldKeyIsLost;
use atecc608::wire::Opcode;
use atecc608::{KeyOrigin, PublicKey, Slot};
use testkit::{KEY, Locks, known_public_key, public_of, refused, set_slot};

/// The public key of what a slot's memory holds.
fn stored(rig: &Rig, slot: usize) -> PublicKey {
    let key: [u8; 32] = rig.eeprom().slot(slot)[4..].try_into().unwrap();
    PublicKey::from_bytes(public_of(&key))
}

#[test]
fn generate_key() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let before = rig.eeprom();
        let result = op!(rig.generate_key(Slot::S0, OldKeyIsLost));
        assert_eq!(rig.executed(), opcodes(&[Opcode::GenKey]));
        if locks == Locks::Nothing {
            assert_eq!(result, Err(refused(Opcode::GenKey)));
            assert_eq!(rig.eeprom().slot(0), before.slot(0));
            continue;
        }
        let key = result.unwrap();
        assert_eq!(key, stored(&rig, 0), "{locks:?}");
        assert_ne!(key, known_public_key(), "{locks:?}: the old key is lost");
        assert_eq!(op!(rig.public_key(Slot::S0)), Ok(key), "{locks:?}");
        assert_eq!(rig.eeprom().slot(2), before.slot(2), "the other key stays");
        assert_eq!(rig.config().as_bytes(), before.config(), "limited use does not count GenKey");
    }
}

/// Once the data zone is locked, WriteConfig must allow it: the preset's slot 0 does not, slot 1 does.
#[test]
fn generate_key_and_write_config() {
    for locks in Locks::ALL {
        let mut rig = Rig::gcp(locks);
        let fixed = op!(rig.generate_key(Slot::S0, OldKeyIsLost));
        let renewable = op!(rig.generate_key(Slot::S1, OldKeyIsLost));
        assert_eq!(fixed.is_ok(), locks == Locks::Config, "{locks:?}");
        assert_eq!(renewable.is_ok(), locks != Locks::Nothing, "{locks:?}");
        for failure in [fixed.err(), renewable.err()].into_iter().flatten() {
            assert_eq!(failure, refused(Opcode::GenKey));
        }
    }
}

#[test]
fn no_key_where_none_belongs() {
    for locks in Locks::ALL {
        for slot in [Slot::S1, Slot::S4, Slot::S8, Slot::S11, Slot::S15] {
            let mut rig = Rig::workbench(locks);
            let before = rig.eeprom();
            let result = op!(rig.generate_key(slot, OldKeyIsLost));
            assert_eq!(result, Err(refused(Opcode::GenKey)), "{locks:?} {slot}");
            assert_eq!(rig.eeprom().slot(slot.index()), before.slot(slot.index()));
            assert_eq!(op!(rig.public_key(slot)), Err(refused(Opcode::GenKey)), "{locks:?} {slot}");
        }
    }
}

#[test]
fn no_new_key_in_a_locked_slot() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench_but(locks, |zone| zone[88] &= !1);
        assert_eq!(op!(rig.generate_key(Slot::S0, OldKeyIsLost)), Err(refused(Opcode::GenKey)), "{locks:?}");
        assert_eq!(op!(rig.public_key(Slot::S0)), Ok(known_public_key()), "{locks:?}");
        assert_eq!(op!(rig.ensure_key(Slot::S0)), Ok((known_public_key(), KeyOrigin::Found)), "{locks:?}");
    }
}

#[test]
fn public_key() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let result = op!(rig.public_key(Slot::S2));
        assert_eq!(rig.executed(), opcodes(&[Opcode::GenKey]));
        match locks {
            Locks::Nothing => assert_eq!(result, Err(refused(Opcode::GenKey))),
            _ => assert_eq!(result, Ok(known_public_key()), "{locks:?}"),
        }
        assert_eq!(op!(rig.public_key(Slot::S7)), Err(refused(Opcode::GenKey)), "{locks:?}: no key there");
    }
}

/// PubInfo (chip reference 4.7) counts once the data zone is locked.
#[test]
fn public_key_without_pub_info() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench_but(locks, |zone| set_slot(zone, 2, 0x2087, 0x0011));
        let result = op!(rig.public_key(Slot::S2));
        assert_eq!(result.is_ok(), locks == Locks::Config, "{locks:?}");
        if locks == Locks::Both {
            op!(rig.generate_key(Slot::S2, OldKeyIsLost)).expect("the maker gets it all the same");
        }
    }
}

/// ReqAuth (chip reference 4.7) counts once the data zone is locked.
#[test]
fn keys_that_need_authorisation() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench_but(locks, |zone| set_slot(zone, 2, 0x2087, 0x0493));
        let expected = if locks == Locks::Both { Err(refused(Opcode::GenKey)) } else { Ok(()) };
        assert_eq!(op!(rig.public_key(Slot::S2)).map(drop), expected, "{locks:?}");
        assert_eq!(op!(rig.generate_key(Slot::S2, OldKeyIsLost)).map(drop), expected, "{locks:?}");
    }
}

#[test]
fn ensure_key_never_replaces() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let before = rig.eeprom();
        let result = op!(rig.ensure_key(Slot::S0));
        assert_eq!(rig.executed(), opcodes(&[Opcode::Info, Opcode::GenKey]));
        match locks {
            Locks::Nothing => assert_eq!(result, Err(refused(Opcode::GenKey))),
            _ => assert_eq!(result, Ok((known_public_key(), KeyOrigin::Found)), "{locks:?}"),
        }
        assert_eq!(rig.eeprom().slot(0), before.slot(0), "{locks:?}");
    }
}

#[test]
fn ensure_key_makes_what_is_missing() {
    for locks in Locks::ALL {
        let mut rig = Rig::gcp(locks);
        for (slot, possible) in [(Slot::S0, locks == Locks::Config), (Slot::S1, locks != Locks::Nothing)] {
            let first = op!(rig.ensure_key(slot));
            if !possible {
                assert_eq!(first, Err(refused(Opcode::GenKey)), "{locks:?} {slot}");
                continue;
            }
            let (key, origin) = first.unwrap();
            assert_eq!((key, origin), (stored(&rig, slot.index()), KeyOrigin::Made), "{locks:?} {slot}");
            assert_eq!(op!(rig.ensure_key(slot)), Ok((key, KeyOrigin::Found)), "{locks:?} {slot}");
        }
    }
}

#[test]
fn the_known_key_is_the_references() {
    // Chip reference 7.3: a pair read back from a real chip.
    let mut rig = Rig::workbench(Locks::Both);
    let key = op!(rig.public_key(Slot::S0)).unwrap();
    assert_eq!(key.x()[..4], [0x8F, 0x8D, 0x18, 0x2B]);
    assert_eq!(key.y()[28..], [0x73, 0xAE, 0xAC, 0x86]);
    assert_eq!(rig.eeprom().slot(0)[4..], KEY);
}
