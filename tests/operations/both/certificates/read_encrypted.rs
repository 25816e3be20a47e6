//! Certificates in slots that are secret.

use super::super::super::SharedKey;
use super::super::rig::{Rig, opcodes};
use super::{bytes_at, certificate, fails, moved, says, serial};
use atecc608::config::ConfigZone;
use atecc608::config::build::{Builder, Purpose};
use atecc608::wire::Opcode;
use atecc608::x509::{Definition, Error, KeyPlace, P256, SlotPlace, Stored, Unfit};
use atecc608::{Argument, ErrorKind, Secret, Slot};
use testkit::{KEY, Locks, fleet, known_public_key, refused};

const SECRET: [u8; 32] = [0x44; 32];
const NONCES: [[u8; 20]; 3] = [[0x27; 20], [0x28; 20], [0x29; 20]];

/// As the builder makes it: the certificate in slot 13 is secret, its signer's key in slot 11 is not.
fn zone(chip: &ConfigZone) -> ConfigZone {
    Builder::new(chip)
        .slot(Slot::S0, Purpose::SigningKey)
        .slot(Slot::S9, Purpose::StorageKey)
        .slot(Slot::S11, Purpose::PublicKey)
        .slot(Slot::S13, Purpose::EncryptedStorage { key: Slot::S9 })
        .build()
        .unwrap()
}

fn rig(locks: Locks) -> Rig {
    let rig = Rig::configured(locks, |bytes| *bytes = *zone(&ConfigZone::from_bytes(*bytes)).as_bytes());
    rig.poke(|eeprom| {
        eeprom.set_private_key(0, &KEY);
        eeprom.set_slot(9, &SECRET);
        eeprom.set_slot(11, &Stored::Key(&fleet::SIGNER_KEY).to_bytes());
    });
    rig
}

fn secret_device() -> Definition<'static> {
    moved(&fleet::device(), SlotPlace::S13)
}

fn key() -> SharedKey {
    SharedKey { slot: Slot::S9, key: Secret::new(SECRET) }
}

#[test]
fn what_was_written_encrypted() {
    let mut rig = rig(Locks::Both).settled();
    let compressed = certificate(&rig);
    op!(rig.write_certificate_encrypted(SlotPlace::S13, &compressed, &key(), &NONCES)).unwrap();
    rig.executed();
    let mut buffer = [0; 512];
    let device = secret_device();
    let read = op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)).unwrap();
    assert_eq!(read.public_key(), Ok(known_public_key()));
    assert_eq!(read.common_name().unwrap()[2..].to_lowercase(), serial(&rig).to_string());
    read.verify(&fleet::SIGNER_KEY, &P256).unwrap();
    let log = rig.log();
    let blocks: Vec<_> =
        log.iter().filter(|c| c.opcode == 0x02 && c.p2 & 0xF8 == 0x68).map(|c| c.p2).collect();
    assert_eq!(blocks, [0x0068, 0x0168, 0x0268], "each block once");
    assert_eq!(log.last().unwrap().opcode, Opcode::Verify.to_byte());
}

/// Written in clear before the lock, as a station does it.
#[test]
fn what_was_written_before_the_data_lock() {
    let mut rig = rig(Locks::Config);
    let compressed = certificate(&rig);
    op!(rig.write_certificate(SlotPlace::S13, &compressed)).unwrap();
    let mut buffer = [0; 512];
    let device = secret_device();
    let error = fails(op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)));
    assert_eq!(error, refused(Opcode::Read), "before the data lock");
    rig.poke(|eeprom| {
        let mut zone = *eeprom.config();
        Locks::Both.apply(&mut zone);
        eeprom.set_config(&zone);
    });
    op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)).unwrap();
    // In clear it is refused at once.
    rig.executed();
    assert_eq!(fails(op!(rig.read_certificate(&device, &mut buffer))), refused(Opcode::Read));
    assert_eq!(rig.executed(), opcodes(&[Opcode::Read]));
}

#[test]
fn another_key_another_slot_and_slot_8() {
    let mut rig = rig(Locks::Both);
    let (compressed, device) = (certificate(&rig), secret_device());
    rig.poke(|eeprom| eeprom.set_slot(13, compressed.as_bytes()));
    let mut buffer = [0; 512];
    // What 72 wrong bytes say is chance: no certificate of this template, or one that does not verify.
    for wrong in 0..8 {
        let wrong = SharedKey { slot: Slot::S9, key: Secret::new([wrong; 32]) };
        let error = says(op!(rig.read_certificate_encrypted(&device, &wrong, &NONCES, &mut buffer)));
        let no_certificate = matches!(error, Error::Compressed(_) | Error::Template(_) | Error::NotVerified);
        assert!(no_certificate, "{error:?}");
    }
    let elsewhere = SharedKey { slot: Slot::S13, key: Secret::new(SECRET) };
    let error = fails(op!(rig.read_certificate_encrypted(&device, &elsewhere, &NONCES, &mut buffer)));
    assert_eq!(error.kind, refused(Opcode::Read).kind);
    let in_slot_8 = moved(&device, SlotPlace::S8[0]);
    let error = rig
        .silently(|rig| fails(op!(rig.read_certificate_encrypted(&in_slot_8, &key(), &NONCES, &mut buffer))));
    assert_eq!(error.kind, ErrorKind::Argument(Argument::SharedBlock));
    op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)).unwrap();
}

/// Every byte of the certificate, the signer's key, and nothing at all.
#[test]
fn a_bit_in_the_slot_and_nothing_is_handed_out() {
    let mut rig = rig(Locks::Both);
    let (compressed, device) = (certificate(&rig), secret_device());
    let mut buffer = [0; 512];
    for byte in 0..72 {
        let mut bytes = *compressed.as_bytes();
        bytes[byte] ^= 1 << (byte % 8);
        rig.poke(|eeprom| eeprom.set_slot(13, &bytes));
        let error = says(op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)));
        assert!(error == Error::NotVerified || byte >= 64, "{byte}: {error:?}");
    }
    rig.poke(|eeprom| eeprom.set_slot(13, &[0xFF; 72]));
    let error = says(op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)));
    assert_eq!(error, Error::Blank(SlotPlace::S13));
    assert_eq!(bytes_at(&rig, SlotPlace::S13), [0xFF; 72]);
    rig.poke(|eeprom| eeprom.set_slot(13, compressed.as_bytes()));
    let other = device.with_issuer_key(KeyPlace::Known(*fleet::OTHER_KEY));
    let error = says(op!(rig.read_certificate_encrypted(&other, &key(), &NONCES, &mut buffer)));
    assert_eq!(error, Error::NotVerified);
    op!(rig.read_certificate_encrypted(&device, &key(), &NONCES, &mut buffer)).unwrap();
}

#[test]
fn what_check_says_before() {
    let zone = rig(Locks::Both).config();
    let device = secret_device();
    let kind = |check: Result<(), atecc608::x509::Misfit>| check.map_err(|misfit| (misfit.kind, misfit.slot));
    assert_eq!(kind(device.check(&zone)), Err((Unfit::CertificateUnreadable, Slot::S13)));
    assert_eq!(kind(device.check_encrypted(&zone)), Ok(()));
    let all: Vec<_> = device.misfits_encrypted(&zone).map(|misfit| misfit.kind).collect();
    assert_eq!(all, [Unfit::SignerKeyFixed, Unfit::EncryptedTail]);
}
