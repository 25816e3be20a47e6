//! Verifying signatures, with keys from outside and stored ones.

use super::rig::{Rig, opcodes};
use atecc608::wire::Opcode;
use atecc608::{PublicKey, PublicKeySlot, Signature, Slot, Status};
use testkit::{Locks, answered, known_public_key, public_of, refused, set_slot, sign_outside};

const DIGEST: [u8; 32] = [0xD1; 32];

fn at(slot: Slot) -> PublicKeySlot {
    PublicKeySlot::new(slot).unwrap()
}

fn mismatch() -> testkit::Failure {
    answered(Opcode::Verify, Status::Miscompare)
}

#[test]
fn verify() {
    let (key, signature) = (known_public_key(), sign_outside(&DIGEST));
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        assert_eq!(op!(rig.verify(&key, &DIGEST, &signature)), Ok(()), "{locks:?}");
        assert_eq!(rig.executed(), opcodes(&[Opcode::Nonce, Opcode::Verify]));
        assert_eq!(op!(rig.verify(&key, &[0xD2; 32], &signature)), Err(mismatch()), "{locks:?}: digest");
        for byte in [0, 31, 32, 63] {
            let mut wrong = *signature.as_bytes();
            wrong[byte] ^= 1;
            let wrong = Signature::from_bytes(wrong);
            assert_eq!(op!(rig.verify(&key, &DIGEST, &wrong)), Err(mismatch()), "{locks:?}: byte {byte}");
        }
        let other = PublicKey::from_bytes(public_of(&[0x55; 32]));
        assert_eq!(op!(rig.verify(&other, &DIGEST, &signature)), Err(mismatch()), "{locks:?}: key");
        let mut off_curve = *key.as_bytes();
        off_curve[63] ^= 1;
        let off_curve = PublicKey::from_bytes(off_curve);
        assert_eq!(op!(rig.verify(&off_curve, &DIGEST, &signature)), Err(refused(Opcode::Verify)));
        let zero = Signature::from_bytes([0; 64]);
        assert_eq!(op!(rig.verify(&key, &DIGEST, &zero)), Err(mismatch()), "{locks:?}: out of range");
    }
}

#[test]
fn verify_what_the_chip_signed() {
    let mut rig = Rig::workbench(Locks::Both);
    let signature = op!(rig.sign_digest(Slot::S2, &DIGEST)).unwrap();
    assert_eq!(op!(rig.verify(&known_public_key(), &DIGEST, &signature)), Ok(()));
    assert_eq!(op!(rig.verify_stored(at(Slot::S15), &DIGEST, &signature)), Ok(()));
    assert_eq!(op!(rig.verify_stored(at(Slot::S15), &[0; 32], &signature)), Err(mismatch()));
}

#[test]
fn verify_stored() {
    let signature = sign_outside(&DIGEST);
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for slot in [Slot::S11, Slot::S15] {
            let result = op!(rig.verify_stored(at(slot), &DIGEST, &signature));
            assert_eq!(rig.executed(), opcodes(&[Opcode::Nonce, Opcode::Verify]));
            match locks {
                Locks::Nothing => assert_eq!(result, Err(refused(Opcode::Verify))),
                _ => assert_eq!(result, Ok(()), "{locks:?} {slot}"),
            }
        }
        let wrong = op!(rig.verify_stored(at(Slot::S11), &[0xD2; 32], &signature));
        match locks {
            Locks::Nothing => assert_eq!(wrong, Err(refused(Opcode::Verify))),
            _ => assert_eq!(wrong, Err(mismatch()), "{locks:?}"),
        }
        rig.log();
    }
}

/// Slot 14's key must be validated (PubInfo) once the data zone is locked.
#[test]
fn verify_stored_with_a_key_to_be_validated() {
    let signature = sign_outside(&DIGEST);
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench(locks);
        let result = op!(rig.verify_stored(at(Slot::S14), &DIGEST, &signature));
        match locks {
            Locks::Both => assert_eq!(result, Err(refused(Opcode::Verify))),
            _ => assert_eq!(result, Ok(())),
        }
        rig.poke(|eeprom| eeprom.set_slot(14, &[0x50]));
        assert_eq!(op!(rig.verify_stored(at(Slot::S14), &DIGEST, &signature)), Ok(()), "{locks:?}");
    }
}

/// A ReqRandom key takes no message from the digest buffer (chip reference 4.8).
#[test]
fn verify_stored_with_a_key_that_asks_for_a_random_nonce() {
    let signature = sign_outside(&DIGEST);
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::workbench_but(locks, |zone| set_slot(zone, 15, 0x0F0F, 0x0070));
        let result = op!(rig.verify_stored(at(Slot::S15), &DIGEST, &signature));
        match locks {
            Locks::Both => assert_eq!(result, Err(refused(Opcode::Verify))),
            _ => assert_eq!(result, Ok(())),
        }
    }
}

#[test]
fn verify_stored_without_a_public_key() {
    let signature = sign_outside(&DIGEST);
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        for slot in [Slot::S8, Slot::S9, Slot::S10, Slot::S12] {
            let result = op!(rig.verify_stored(at(slot), &DIGEST, &signature));
            assert_eq!(result, Err(refused(Opcode::Verify)), "{locks:?} {slot}");
        }
    }
}
