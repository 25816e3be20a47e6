//! Authorisation of keys by a proof, and passwords.

use super::super::SharedKey;
use super::rig::{Rig, opcodes};
use atecc608::{Secret, Slot, Status};
use atecc608::{
    command::{InfoLatch, LatchAction, MessageSource, NonceFixed, SignExternal},
    wire::Opcode,
};
use testkit::{Locks, answered, known_public_key, refused, verifies};

const NUM_IN: [u8; 20] = [0x17; 20];
const DIGEST: [u8; 32] = [0x5D; 32];

fn shared() -> SharedKey {
    SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) }
}

fn wrong() -> SharedKey {
    SharedKey { key: Secret::new([0x45; 32]), ..shared() }
}

/// The private key in slot 2 asks for an authorisation with slot 4.
fn rig() -> Rig {
    let rig = Rig::workbench_but(Locks::Both, |zone| zone[100..102].copy_from_slice(&[0x93, 0x04]));
    rig.poke(|eeprom| eeprom.set_slot(4, shared().key.expose()));
    rig
}

#[test]
fn a_key_signs_once_for_each_authorisation() {
    let mut rig = rig();
    assert_eq!(op!(rig.sign_digest(Slot::S2, &DIGEST)), Err(refused(Opcode::Sign)));
    rig.executed();
    let (signature, again) = session!(rig, |chip| {
        wait!(chip.authorise(&shared(), &NUM_IN))?;
        wait!(chip.execute(&NonceFixed::MessageDigest(&DIGEST)))?;
        let sign = SignExternal { slot: Slot::S2, source: MessageSource::MessageDigest };
        Ok((wait!(chip.execute(&sign))?, wait!(chip.execute(&sign))))
    })
    .unwrap();
    assert!(verifies(&known_public_key(), &DIGEST, &signature));
    assert_eq!(again, Err(refused(Opcode::Sign)), "used up");
    let sequence = [Opcode::Read, Opcode::Nonce, Opcode::CheckMac, Opcode::Nonce, Opcode::Sign, Opcode::Sign];
    assert_eq!(rig.executed(), opcodes(&sequence));
    // It ends with the session.
    session!(rig, |chip| { wait!(chip.authorise(&shared(), &NUM_IN)) }).unwrap();
    assert_eq!(op!(rig.sign_digest(Slot::S2, &DIGEST)), Err(refused(Opcode::Sign)));
}

#[test]
fn the_latch_is_set_after_it() {
    let mut rig = rig();
    let set = session!(rig, |chip| {
        let refusal = wait!(chip.authorise(&wrong(), &NUM_IN));
        assert_eq!(refusal, Err(answered(Opcode::CheckMac, Status::Miscompare)));
        let early = wait!(chip.execute(&InfoLatch(LatchAction::Set)));
        assert_eq!(early, Err(refused(Opcode::Info)));
        wait!(chip.authorise(&shared(), &NUM_IN))?;
        wait!(chip.execute(&InfoLatch(LatchAction::Set)))?;
        wait!(chip.execute(&InfoLatch(LatchAction::Read)))
    });
    assert_eq!(set, Ok(true));
}

#[test]
fn passwords() {
    let mut rig = rig();
    op!(rig.check_password(&shared(), &NUM_IN)).unwrap();
    let result = op!(rig.check_password(&wrong(), &NUM_IN));
    assert_eq!(result, Err(answered(Opcode::CheckMac, Status::Miscompare)));
    // A private key is no password.
    let private = SharedKey { slot: Slot::S2, ..shared() };
    assert_eq!(op!(rig.check_password(&private, &NUM_IN)), Err(refused(Opcode::CheckMac)));
}

/// A slot with LimitedUse counts the tries, good and bad.
#[test]
fn tries_are_counted() {
    let mut rig = Rig::workbench_but(Locks::Both, |zone| zone[28] |= 0x20);
    rig.poke(|eeprom| eeprom.set_slot(4, shared().key.expose()));
    let count = |rig: &mut Rig| op!(rig.counter(atecc608::command::CounterId::Counter0)).unwrap();
    let before = count(&mut rig);
    op!(rig.check_password(&shared(), &NUM_IN)).unwrap();
    assert!(op!(rig.check_password(&wrong(), &NUM_IN)).is_err());
    assert_eq!(count(&mut rig), before + 2);
}
