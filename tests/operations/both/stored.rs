//! Encrypted slots, stored public keys, secure boot.

use super::super::SharedKey;
use super::rig::Rig;
use atecc608::host::{self, InternalStatement, SecureBootKey};
use atecc608::irreversible::{NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::{Argument, DataContents, Error, ErrorKind, PublicKeySlot, Secret, Slot, Status};
use atecc608::{
    command::{
        MessageSource, NonceFixed, NonceRandom, RandomSource, SecureBoot, SecureBootCheck, SecureBootMac,
        Seed, ShaContext, ShaEnd, ShaReadContext, ShaStart, ShaTarget, ShaUpdate, ShaWriteContext, Validity,
        VerifyExternal, VerifyMac, VerifyStored,
    },
    wire::Opcode,
};
use testkit::{
    KEY, Locks, answered, bytes, known_public_key, refused, set_slot, sha256, sign_outside, verifies,
};

const NUM_IN: [u8; 20] = [0x71; 20];

fn shared() -> SharedKey {
    SharedKey { slot: Slot::S4, key: Secret::new([0x44; 32]) }
}

fn rig() -> Rig {
    let rig = Rig::workbench(Locks::Both);
    rig.poke(|eeprom| eeprom.set_slot(4, shared().key.expose()));
    rig
}

fn public_slot(slot: Slot) -> PublicKeySlot {
    PublicKeySlot::new(slot).unwrap()
}

#[test]
fn encrypted_slots() {
    let mut rig = rig();
    for (slot, block) in [(Slot::S3, 0), (Slot::S8, 12), (Slot::S9, 2)] {
        // Slot 9's last block has 8 bytes; the rest reads as zero.
        let len = if slot == Slot::S9 { 8 } else { 32 };
        let byte = |i: usize| if i < len { i as u8 ^ slot.number() } else { 0 };
        let plain = Secret::new(core::array::from_fn(byte));
        op!(rig.write_encrypted(slot, block, &plain, &shared(), &NUM_IN)).unwrap();
        let read = op!(rig.read_encrypted(slot, block, &shared(), &NUM_IN)).unwrap();
        assert_eq!(read.expose()[..len], plain.expose()[..len]);
        assert_eq!(
            rig.eeprom().slot(usize::from(slot.number()))[usize::from(block) * 32..][..len],
            plain.expose()[..len]
        );
        let wrong = SharedKey { key: Secret::new([0x45; 32]), ..shared() };
        let result = op!(rig.write_encrypted(slot, block, &Secret::new([0; 32]), &wrong, &NUM_IN));
        assert_eq!(result, Err(refused(Opcode::Write)), "the MAC is wrong");
        assert_ne!(op!(rig.read_encrypted(slot, block, &wrong, &NUM_IN)).unwrap(), plain);
    }
    // Another key than the slot's own.
    let other = SharedKey { slot: Slot::S6, ..shared() };
    assert_eq!(op!(rig.read_encrypted(Slot::S3, 0, &other, &NUM_IN)), Err(refused(Opcode::Read)));
}

/// What the slot would not keep is refused, byte by byte, before anything is sent.
#[test]
fn encrypted_behind_the_end_of_a_slot() {
    let mut rig = rig();
    rig.executed();
    for (slot, block, kept) in [(Slot::S3, 1, 4), (Slot::S9, 2, 8), (Slot::S15, 2, 8)] {
        for lost in kept..32 {
            let plain = Secret::new(core::array::from_fn(|i| u8::from(i == lost) << (lost % 8)));
            let result = op!(rig.write_encrypted(slot, block, &plain, &shared(), &NUM_IN));
            let kind = ErrorKind::Argument(Argument::BeyondEnd);
            assert_eq!(result, Err(Error::without_command(kind)), "{slot} {lost}");
        }
    }
    assert!(rig.executed().is_empty());
    let plain = Secret::new(core::array::from_fn(|i| u8::from(i < 4)));
    op!(rig.write_encrypted(Slot::S3, 1, &plain, &shared(), &NUM_IN)).unwrap();
    assert_eq!(rig.eeprom().slot(3)[32..], [1; 4]);
}

#[test]
fn private_keys_from_outside() {
    let mut rig = rig();
    let key = Secret::new(KEY);
    op!(rig.write_private_key_encrypted(Slot::S7, &key, &shared(), &NUM_IN, OldKeyIsLost)).unwrap();
    assert_eq!(op!(rig.public_key(Slot::S7)), Ok(known_public_key()));
    assert_eq!(op!(rig.write_private_key(Slot::S7, &key, OldKeyIsLost)), Err(refused(Opcode::PrivWrite)));
    // Slot 2 allows GenKey only.
    let result = op!(rig.write_private_key_encrypted(Slot::S2, &key, &shared(), &NUM_IN, OldKeyIsLost));
    assert_eq!(result, Err(refused(Opcode::PrivWrite)));
    let mut early = Rig::workbench(Locks::Config);
    op!(early.write_private_key(Slot::S7, &key, OldKeyIsLost)).unwrap();
    let signature = op!(early.sign_digest(Slot::S7, &[9; 32])).unwrap();
    assert!(verifies(&known_public_key(), &[9; 32], &signature));
}

/// What is behind the key stays blank in slot 8, and the chip's mark in a key that must be validated is known: both
/// zones lock with the bytes as they were given.
#[test]
fn public_keys_and_the_lock() {
    let mut rig = Rig::configured(Locks::Config, |zone| {
        set_slot(zone, 8, 0x0F0F, 0x0010);
        set_slot(zone, 13, 0x0F0F, 0x0010);
        set_slot(zone, 14, 0x1F0D, 0x0012);
    });
    let key = known_public_key();
    for slot in [Slot::S8, Slot::S13, Slot::S14] {
        op!(rig.write_public_key(public_slot(slot), &key)).unwrap();
    }
    let stored = [&[0; 4][..], key.x(), &[0; 4], key.y()].concat();
    assert_eq!(rig.eeprom().slot(8), [&stored[..], &[0xFF; 416 - 72]].concat());
    assert_eq!(rig.eeprom().slot(14)[0], 0xA0);
    let contents = DataContents::BLANK.with_slot(Slot::S8, &stored).unwrap();
    let contents = contents.with_slot(Slot::S13, &stored).unwrap().with_slot(Slot::S14, &stored).unwrap();
    let validated = [&[0x50][..], &stored[1..]].concat();
    let wrong = contents.with_slot(Slot::S14, &validated).unwrap();
    assert_eq!(op!(rig.lock_data(&wrong, NoMoreFreeDataWrites)), Err(refused(Opcode::Lock)));
    rig.poke(|eeprom| eeprom.set_slot(14, &[0x50]));
    assert_eq!(op!(rig.lock_data(&contents, NoMoreFreeDataWrites)), Err(refused(Opcode::Lock)));
    rig.poke(|eeprom| eeprom.set_slot(14, &[0xA0]));
    op!(rig.lock_data(&contents, NoMoreFreeDataWrites)).unwrap();
    // Once it is valid it must be invalidated before it is written.
    rig.poke(|eeprom| eeprom.set_slot(14, &[0x50]));
    let written = op!(rig.write_public_key(public_slot(Slot::S14), &key));
    assert_eq!(written, Err(refused(Opcode::Write)));
}

#[test]
fn public_keys() {
    let mut rig = rig();
    let slot = public_slot(Slot::S15);
    let key = atecc608::PublicKey::from_bytes(core::array::from_fn(|i| i as u8));
    op!(rig.write_public_key(slot, &key)).unwrap();
    assert_eq!(op!(rig.read_public_key(slot)), Ok(key));
    let stored = rig.eeprom().slot(15).to_vec();
    assert_eq!(stored, [&[0; 4][..], key.x(), &[0; 4], key.y()].concat(), "chip reference 4.16");
}

/// Slot 14 needs validation by slot 15, whose key [`KEY`] signs outside.
#[test]
fn validated_public_keys() {
    let mut rig = rig();
    let (slot, nonce) = (public_slot(Slot::S14), [0x23; 32]);
    let digest = sha256(b"message");
    let signature = sign_outside(&digest);
    assert_eq!(op!(rig.verify_stored(slot, &digest, &signature)), Err(refused(Opcode::Verify)));
    let serial = op!(rig.serial_number()).unwrap();
    let temp_key = host::gen_key_stored(&known_public_key(), &[0; 3], &serial, &Secret::new(nonce));
    for (validity, flag) in [(Validity::Validate, 0), (Validity::Invalidate, 1)] {
        let mut other_data = [0; 19];
        other_data[17] = flag;
        let statement = InternalStatement::digest_of(&other_data, &serial, &temp_key);
        let proof = sign_outside(&statement);
        let mut wrong = other_data;
        wrong[0] ^= 1;
        let result = op!(rig.set_validity(slot, validity, &nonce, &proof, &wrong));
        assert_eq!(result, Err(answered(Opcode::Verify, Status::Miscompare)));
        op!(rig.set_validity(slot, validity, &nonce, &proof, &other_data)).unwrap();
        let valid = validity == Validity::Validate;
        assert_eq!(op!(rig.is_key_valid(Slot::S14)), Ok(valid));
        assert_eq!(op!(rig.verify_stored(slot, &digest, &signature)).is_ok(), valid);
    }
}

#[test]
fn verification_with_proof() {
    let mut rig = rig();
    let digest = sha256(b"message");
    let (signature, key) = (sign_outside(&digest), known_public_key());
    let nonce = [0x66; 32];
    let source = MessageSource::MessageDigest;
    let both: [u8; 64] = core::array::from_fn(|i| if i < 32 { digest[i] } else { nonce[i - 32] });
    let slot = public_slot(Slot::S11);
    for command in [
        VerifyMac::External(VerifyExternal { signature: &signature, key: &key, source }),
        VerifyMac::Stored(VerifyStored { signature: &signature, slot, source }),
    ] {
        let proof = session!(rig, |chip| {
            wait!(chip.execute(&NonceFixed::MessageDigest64(&both)))?;
            wait!(chip.execute(&command))
        });
        assert_eq!(proof.unwrap(), host::verify_mac(&command, &digest, &nonce, &shared().key));
    }
}

/// The workbench stores the digest in slot 12 and checks with the key in slot 11.
#[test]
fn secure_boot() {
    let mut rig = rig();
    let digest = sha256(b"firmware 1");
    let signature = sign_outside(&digest);
    let (full, copy) = (SecureBootCheck::Full(&signature), SecureBootCheck::Copy(&signature));
    op!(rig.secure_boot(&digest, full)).unwrap();
    let tampered = sha256(b"firmware 1, tampered");
    assert_eq!(op!(rig.secure_boot(&tampered, full)), Err(answered(Opcode::SecureBoot, Status::Miscompare)));
    op!(rig.secure_boot(&digest, copy)).unwrap();
    op!(rig.secure_boot(&digest, SecureBootCheck::Stored)).unwrap();
    let result = op!(rig.secure_boot(&tampered, SecureBootCheck::Stored));
    assert_eq!(result, Err(answered(Opcode::SecureBoot, Status::Miscompare)));
    // Encrypted, with a proof; and only once.
    let proof = session!(rig, |chip| {
        let nonce = NonceRandom { num_in: &NUM_IN, seed: Seed::Update, source: RandomSource::Generator };
        let temp_key = host::nonce(&wait!(chip.execute(&nonce))?, &NUM_IN, Seed::Update);
        let key = SecureBootKey::new(&shared().key, &temp_key);
        let command = SecureBootMac(SecureBoot {
            digest: &key.encrypt(&digest),
            check: SecureBootCheck::Stored,
            once: true,
        });
        let mac = wait!(chip.execute(&command))?;
        Ok((mac, key.mac(&command, &digest, None)))
    })
    .unwrap();
    assert_eq!(proof.0, proof.1);
    assert_eq!(op!(rig.secure_boot(&digest, full)), Err(refused(Opcode::SecureBoot)), "once");
    rig.bus.power_cycle();
    op!(rig.secure_boot(&digest, full)).unwrap();
}

/// Chip reference 7.3, "SHA context after 70 bytes": given out, taken back after a sleep, finished.
#[test]
fn a_hash_survives_a_sleep() {
    let mut rig = rig();
    let message: Vec<u8> = (0..70).collect();
    let context = session!(rig, |chip| {
        wait!(chip.execute(&ShaStart))?;
        wait!(chip.execute(&ShaUpdate::new(&message[..64]).unwrap()))?;
        wait!(chip.execute(&ShaUpdate::new(&message[64..]).unwrap()))?;
        wait!(chip.execute(&ShaReadContext))
    })
    .unwrap();
    let expected =
        bytes("46000000DFA299FC7A2AF48880D1B97BA2C6CD335F755602509A5B9D31CCA944A784BE5A404142434445");
    assert_eq!(context.as_bytes(), expected);
    let context = ShaContext::from_bytes(context.as_bytes()).unwrap();
    let digest = session!(rig, |chip| {
        wait!(chip.execute(&ShaWriteContext(&context)))?;
        wait!(chip.execute(&ShaEnd::new(&[], ShaTarget::OutputOnly).unwrap()))
    });
    assert_eq!(digest.unwrap(), sha256(&message));
}
