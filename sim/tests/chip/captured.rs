//! The transactions captured from a real blank ATECC608A, byte for byte (chip reference 7.1).

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::Ack;

const BLOCK: &str = "1FE654C18088E7FEF084F98A1A12DB846954342506F51769189E3A90792FD328";
const BLOCK_2: &str = "CF515D1E44BBA49D34DE3B99CA4C5E7EF43AF6DA413C91C79870D48768AC745B";

/// Writes the bytes after the address byte, waits, and expects the response bytes.
fn transact(rig: &mut Rig, write: &str, read: &str) {
    let write = hex(write);
    assert_eq!(rig.write(&write), Some(write.len()));
    rig.pass(40 * MS);
    let expected = hex(read);
    assert_eq!(rig.read(expected.len()).as_deref(), Some(&expected[..]));
    assert_eq!(rig.write(&[0x00]), Some(1));
    rig.pass(1_500 * US);
}

#[test]
fn wake_by_a_byte_that_starts_with_six_zeros() {
    let mut rig = Rig::asleep(Chip::blank(1));
    assert_eq!(rig.start(0xC0), Ack::Nack);
    rig.stop();
    rig.pulse(60 * US);
    rig.pass(1_500 * US);
    assert_eq!(rig.write(&[0x00]), Some(1));
    assert_eq!(rig.read(4), Some(hex("04113343")));
}

#[test]
fn info_read_in_two_transactions() {
    let mut rig = Rig::blank();
    assert_eq!(rig.write(&hex("03 07 30 00 00 00 03 5D")), Some(8));
    rig.pass(5 * MS);
    assert_eq!(rig.read(1), Some(hex("07")));
    assert_eq!(rig.read(6), Some(hex("000060028038")));
}

#[test]
fn hash_of_five_bytes() {
    let mut rig = Rig::blank();
    transact(&mut rig, "03 07 47 00 00 00 2E 85", "04 00 03 40");
    transact(
        &mut rig,
        "03 0C 47 02 05 00 01 02 03 04 05 75 B0",
        "23 74F81FE167D99B4CB41D6D0CCDA82278CAEE9F3E2F25D5E5A3936FF3DCEC60D0 90 22",
    );
}

#[test]
fn hash_of_two_pieces() {
    let mut rig = Rig::blank();
    transact(&mut rig, "03 07 47 00 00 00 2E 85", "04 00 03 40");
    transact(&mut rig, &format!("03 47 47 01 40 00 {BLOCK} {BLOCK_2} AB 41"), "04 00 03 40");
    transact(
        &mut rig,
        &format!("03 27 47 02 20 00 {BLOCK} BC 9C"),
        "23 6E688897D470E7742744CF2BCDE93C9BE694F33634544648270419E7CEE340DD 39 96",
    );
}

#[test]
fn config_zone_block_by_block() {
    let mut rig = Rig::blank();
    transact(
        &mut rig,
        "03 07 02 80 00 00 09 AD",
        "23 01 23 45 E1 00 00 60 02 23 B1 BD 5B EE 01 55 00
         C0 00 00 00 83 20 87 20 8F 20 C4 8F 8F 8F 8F 8F 9D D4",
    );
    transact(
        &mut rig,
        "03 07 02 80 08 00 0A 4D",
        &format!("23 9F 8F AF 8F {} AF 8F FF FF FF FF 00 00 00 00 FF FF FF FF B2 03", "00".repeat(14)),
    );
    transact(
        &mut rig,
        "03 07 02 80 10 00 0A 1D",
        &format!("23 {} 55 55 FF FF 00 00 00 00 00 00 23 A5", "00".repeat(22)),
    );
    transact(
        &mut rig,
        "03 07 02 80 18 00 09 FD",
        "23 33 00 33 00 33 00 1C 00 1C 00 1C 00 1C 00 1C 00
         3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 1C 00 3A 57",
    );
}

/// Chip reference 4.14, and the pastebin dump quoted at the end of 7.1.
#[test]
fn blank_chip_is_the_factory_default() {
    let chip = Chip::blank(77);
    let mut config = *chip.eeprom().config();
    let captured = captured_config();
    assert_ne!(config[2..4], captured[2..4]);
    assert_ne!(config[8..12], captured[8..12]);
    config[2..4].copy_from_slice(&captured[2..4]);
    config[8..12].copy_from_slice(&captured[8..12]);
    assert_eq!(config, captured);
    assert_eq!(chip.eeprom().otp(), &[0xFF; 64]);
    assert!((0..16).all(|slot| chip.eeprom().slot(slot).iter().all(|byte| *byte == 0xFF)));

    let mut rig = Rig::asleep(chip);
    rig.wake();
    assert_eq!(rig.run(RANDOM, 0, 0, &[]), [0xFF, 0xFF, 0, 0].repeat(8));
    assert_eq!(rig.run(INFO, 0, 0, &[]), [0, 0, 0x60, 2]);
    assert_eq!(rig.run(SELFTEST, 0x3D, 0, &[]), [0]);
}

/// The 508A transactions at the end of 7.1.
#[test]
fn word_writes_of_the_family() {
    let mut rig = Rig::blank();
    assert_eq!(rig.run(READ, 0, 5, &[]), hex("83208720"));
    assert_eq!(rig.status(WRITE, 0, 5, &hex("83008720")), OK);
    assert_eq!(rig.run(READ, 0, 5, &[]), hex("83008720"));
    assert_eq!(rig.run(READ, 0, 21, &[]), hex("00005555"));
    assert_eq!(rig.status(LOCK, 0x80, 0, &[]), OK);
    assert_eq!(rig.run(READ, 0, 21, &[]), hex("00005500"));
    assert_eq!(rig.run(GENKEY, 4, 0, &[]).len(), 64);
    assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
    let digest = rig.run(SHA, 2, 3, b"abc");
    assert_eq!(digest, hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"));
    let public = rig.run(GENKEY, 0, 0, &[]);
    let signature = rig.run(SIGN, 0x80, 0, &[]);
    assert!(verifies(&public, &digest, &signature));
}
