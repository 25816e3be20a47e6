//! Secrets and answers under the I/O protection key, and what happens where the configuration asks for it.

use super::rig::{Rig, opcodes};
use atecc608::{Error, ErrorKind, PublicKey, PublicKeySlot, Secret, Slot, Status, host};
use atecc608::{
    command::{Derivation, EcdhKey, EcdhOutput, PrfKeyLen, SecureBootCheck},
    wire::Opcode,
};
use testkit::{Failure, KEY, Locks, answered, known_public_key, refused, sha256, sign_outside};

const NUM_IN: [u8; 20] = [0x71; 20];
const NONCE: [u8; 32] = [0x66; 32];
/// High byte of ChipOptions: slot 4 is the I/O protection key, EcdhProt and KdfProt are 1.
const ALL_ENCRYPTED: u8 = 0x45;

fn io_key() -> Secret<32> {
    Secret::new([0x44; 32])
}

fn wrong_key() -> Secret<32> {
    Secret::new([0x45; 32])
}

fn rig_with(edit: impl FnOnce(&mut [u8; 128])) -> Rig {
    let rig = Rig::workbench_but(Locks::Both, edit);
    rig.poke(|eeprom| eeprom.set_slot(4, io_key().expose()));
    rig
}

fn failed(command: Opcode, kind: ErrorKind<atecc608_sim::hal::I2cError>) -> Failure {
    Error::new(command, kind)
}

/// What [`KEY`] shares with a fixed key, by another implementation.
fn agreed() -> (PublicKey, Secret<32>) {
    let ours = p256::SecretKey::from_slice(&KEY).unwrap();
    let theirs = p256::SecretKey::from_slice(&[0x31; 32]).unwrap();
    let secret = p256::ecdh::diffie_hellman(ours.to_nonzero_scalar(), theirs.public_key().as_affine());
    let public = PublicKey::from_bytes(testkit::public_of(&[0x31; 32]));
    (public, Secret::new((*secret.raw_secret_bytes()).into()))
}

#[test]
fn secrets_that_may_come_out_in_clear_or_encrypted() {
    let mut rig = rig_with(|_| {});
    let (public, secret) = agreed();
    assert_eq!(op!(rig.shared_secret(Slot::S2, &public)).unwrap(), secret);
    assert_eq!(op!(rig.shared_secret_protected(Slot::S2, &public, &io_key())).unwrap(), secret);
    assert_ne!(op!(rig.shared_secret_protected(Slot::S2, &public, &wrong_key())).unwrap(), secret);
    let hkdf = Derivation::hkdf(b"purpose").unwrap();
    let derived = host::hkdf(&io_key(), b"purpose");
    assert_eq!(op!(rig.derive(Slot::S4, hkdf)).unwrap(), derived);
    assert_eq!(op!(rig.derive_protected(Slot::S4, hkdf, &io_key())).unwrap(), derived);
    let long = Derivation::prf64(PrfKeyLen::L32, b"purpose").unwrap();
    let result = rig.silently(|rig| op!(rig.derive_protected(Slot::S4, long, &io_key())));
    assert_eq!(result, Err(testkit::bad(atecc608::Argument::OutOfRange)));
}

/// EcdhProt 1: the chip encrypts what was asked for in clear (chip reference 5.5).
#[test]
fn a_configuration_that_encrypts_says_so() {
    let mut rig = rig_with(|zone| zone[91] = ALL_ENCRYPTED);
    let (public, secret) = agreed();
    let encrypted = failed(Opcode::Ecdh, ErrorKind::Encrypted);
    assert_eq!(op!(rig.shared_secret(Slot::S2, &public)), Err(encrypted));
    rig.executed();
    assert_eq!(op!(rig.ephemeral_secret(&public)).map(|_| ()), Err(encrypted));
    assert_eq!(rig.executed(), opcodes(&[Opcode::GenKey, Opcode::Ecdh]), "asked once, not repeated");
    let bare = EcdhOutput { key: EcdhKey::Slot(Slot::S2), public_key: &public };
    assert_eq!(op!(rig.execute(&bare)), Ok(None));
    let text = encrypted.to_string();
    assert!(text.contains("shared_secret_protected") && text.contains("ChipOptions"), "{text}");

    assert_eq!(op!(rig.shared_secret_protected(Slot::S2, &public, &io_key())).unwrap(), secret);
    let hkdf = Derivation::hkdf(b"purpose").unwrap();
    assert_eq!(op!(rig.derive(Slot::S4, hkdf)), Err(refused(Opcode::Kdf)));
    let derived = op!(rig.derive_protected(Slot::S4, hkdf, &io_key())).unwrap();
    assert_eq!(derived, host::hkdf(&io_key(), b"purpose"));
}

/// ChipOptions without the I/O protection key.
#[test]
fn a_chip_without_the_key_refuses() {
    let mut rig = rig_with(|zone| zone[90] &= !0x02);
    let (public, digest) = (agreed().0, sha256(b"message"));
    let signature = sign_outside(&digest);
    let result = op!(rig.shared_secret_protected(Slot::S2, &public, &io_key()));
    assert_eq!(result, Err(refused(Opcode::Ecdh)));
    let result = op!(rig.verify_protected(&known_public_key(), &digest, &signature, &io_key(), &NONCE));
    assert_eq!(result, Err(refused(Opcode::Verify)));
    let check = SecureBootCheck::Full(&signature);
    let result = op!(rig.secure_boot_protected(&digest, check, None, &io_key(), &NUM_IN));
    assert_eq!(result, Err(refused(Opcode::SecureBoot)));
}

#[test]
fn verification() {
    let mut rig = rig_with(|_| {});
    let (key, digest) = (known_public_key(), sha256(b"message"));
    let slot = PublicKeySlot::new(Slot::S11).unwrap();
    let signature = sign_outside(&digest);
    op!(rig.verify_protected(&key, &digest, &signature, &io_key(), &NONCE)).unwrap();
    op!(rig.verify_stored_protected(slot, &digest, &signature, &io_key(), &NONCE)).unwrap();
    // What is not so, the chip says itself; what it says falsely, the proof shows.
    let other = sha256(b"another");
    let miscompare = Err(answered(Opcode::Verify, Status::Miscompare));
    assert_eq!(op!(rig.verify_protected(&key, &other, &signature, &io_key(), &NONCE)), miscompare);
    assert_eq!(op!(rig.verify_stored_protected(slot, &other, &signature, &io_key(), &NONCE)), miscompare);
    let forged = Err(failed(Opcode::Verify, ErrorKind::Forged));
    assert_eq!(op!(rig.verify_protected(&key, &digest, &signature, &wrong_key(), &NONCE)), forged);
    assert_eq!(op!(rig.verify_stored_protected(slot, &digest, &signature, &wrong_key(), &NONCE)), forged);
}

#[test]
fn secure_boot_with_a_stored_digest() {
    let mut rig = rig_with(|_| {});
    let (digest, tampered) = (sha256(b"firmware"), sha256(b"firmware, tampered"));
    let signature = sign_outside(&digest);
    let (full, copy) = (SecureBootCheck::Full(&signature), SecureBootCheck::Copy(&signature));
    let miscompare = Err(answered(Opcode::SecureBoot, Status::Miscompare));
    for check in [full, copy, SecureBootCheck::Stored] {
        op!(rig.secure_boot_protected(&digest, check, None, &io_key(), &NUM_IN)).unwrap();
        let result = op!(rig.secure_boot_protected(&tampered, check, None, &io_key(), &NUM_IN));
        assert_eq!(result, miscompare);
        // The chip decrypts another digest.
        let result = op!(rig.secure_boot_protected(&digest, check, None, &wrong_key(), &NUM_IN));
        assert_eq!(result, miscompare);
    }
}

/// FullSig: the proof covers the signature that the chip keeps.
#[test]
fn secure_boot_with_a_stored_signature() {
    let mut rig = rig_with(|zone| zone[70] = 0x02);
    let digest = sha256(b"firmware");
    let signature = sign_outside(&digest);
    op!(rig.secure_boot_protected(&digest, SecureBootCheck::Copy(&signature), None, &io_key(), &NUM_IN))
        .unwrap();
    let stored = SecureBootCheck::Stored;
    op!(rig.secure_boot_protected(&digest, stored, Some(&signature), &io_key(), &NUM_IN)).unwrap();
    let result = op!(rig.secure_boot_protected(&digest, stored, None, &io_key(), &NUM_IN));
    assert_eq!(result, Err(failed(Opcode::SecureBoot, ErrorKind::Forged)));
}
