//! Verify (chip reference 5.22).

use crate::rig::*;
use sha2::{Digest, Sha256};

const PUBLIC: u16 = 0x0010;
const PUB_INFO: u16 = 0x0002;
const MESSAGE: [u8; 32] = [0x42; 32];

/// Slot 9 holds the known public key under this configuration.
fn slot_9(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 9, slot_config);
    set_key_config(&mut config, 9, key_config);
    set_key_config(&mut config, 15, PUBLIC);
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_public_key(9, &known_public());
    rig.chip.eeprom_mut().set_public_key(15, &known_public());
    rig
}

fn stored(rig: &mut Rig) -> u8 {
    rig.load_digest(&MESSAGE);
    rig.status(VERIFY, 0x20, 9, &sign(&MESSAGE))
}

fn external_data(message: &[u8]) -> Vec<u8> {
    let mut data = sign(message);
    data.extend(known_public());
    data
}

#[test]
fn stored_key_from_either_source() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.authorised(), Some(9));
    rig.sleep();
    rig.wake();
    rig.load_temp_key(&MESSAGE);
    assert_eq!(rig.status(VERIFY, 0x00, 9, &sign(&MESSAGE)), OK);
    assert_eq!(rig.authorised(), Some(9));
    assert!(!rig.temp_key_valid());
}

#[test]
fn wrong_signature_is_a_miscompare() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    rig.load_temp_key(&MESSAGE);
    assert_eq!(rig.status(VERIFY, 0x00, 9, &sign(&[0x43; 32])), MISCOMPARE);
    assert_eq!(rig.authorised(), None);
    assert!(!rig.temp_key_valid());
    // R = 0 and S = n (chip reference U49).
    rig.load_digest(&MESSAGE);
    let mut zero = sign(&MESSAGE);
    zero[..32].fill(0);
    assert_eq!(rig.status(VERIFY, 0x20, 9, &zero), MISCOMPARE);
    let mut large = sign(&MESSAGE);
    large[32..].copy_from_slice(&hex("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"));
    assert_eq!(rig.status(VERIFY, 0x20, 9, &large), MISCOMPARE);
}

#[test]
fn failed_verify_keeps_an_authorisation() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.status(VERIFY, 0x20, 9, &sign(&[0x43; 32])), MISCOMPARE);
    assert_eq!(rig.authorised(), Some(9));
}

#[test]
fn key_off_the_curve() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    rig.load_digest(&MESSAGE);
    let mut data = external_data(&MESSAGE);
    data[127] ^= 1;
    assert_eq!(rig.status(VERIFY, 0x22, 4, &data), REFUSED);
    rig.chip.eeprom_mut().set_slot(9, &[0x11; 72]);
    assert_eq!(stored(&mut rig), REFUSED);
}

#[test]
fn kind_of_slot() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for key_config in [0x0011, 0x001C, 0x0018] {
            let mut rig = slot_9(locks, 0, key_config);
            assert_eq!(stored(&mut rig), REFUSED, "{key_config:04X}");
        }
        let mut rig = slot_9(locks, 0, PUBLIC);
        rig.configure(|config| set_key_config(config, 7, PUBLIC));
        rig.load_digest(&MESSAGE);
        assert_eq!(rig.status(VERIFY, 0x20, 7, &sign(&MESSAGE)), REFUSED);
    }
}

#[test]
fn validity_of_the_key() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC | PUB_INFO);
    assert_eq!(stored(&mut rig), REFUSED);
    assert_eq!(rig.run(INFO, 0x01, 9, &[])[0], 0);
    rig.chip.eeprom_mut().set_slot(9, &[0x50]);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.run(INFO, 0x01, 9, &[])[0], 1);
    rig.chip.eeprom_mut().set_slot(9, &[0xA0]);
    assert_eq!(stored(&mut rig), REFUSED);
    // Before data lock PubInfo is not looked at.
    let mut rig = slot_9(Locks::C1D0, 0, PUBLIC | PUB_INFO);
    assert_eq!(stored(&mut rig), OK);
}

#[test]
fn req_random_takes_a_random_temp_key_only() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC | 0x0040);
    assert_eq!(stored(&mut rig), REFUSED);
    // A random TempKey beside it does not help.
    rig.random_temp_key();
    assert_eq!(stored(&mut rig), REFUSED);
    rig.load_temp_key(&MESSAGE);
    assert_eq!(rig.status(VERIFY, 0x00, 9, &sign(&MESSAGE)), REFUSED);
    let random = rig.run(NONCE, 0, 0, &[1; 20]);
    let message = Sha256::digest([&random[..], &[1; 20], &[NONCE, 0, 0]].concat());
    assert_eq!(rig.status(VERIFY, 0x00, 9, &sign(&message)), OK);
    let mut rig = slot_9(Locks::C1D0, 0, PUBLIC | 0x0040);
    assert_eq!(stored(&mut rig), OK);
}

#[test]
fn req_auth_limited_use_and_latch_of_the_key() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC | 0x0F80);
    assert_eq!(stored(&mut rig), REFUSED);
    rig.authorise(15);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.authorised(), Some(9));
    assert_eq!(stored(&mut rig), REFUSED);
    assert_eq!(rig.authorised(), None);

    let mut rig = slot_9(Locks::C1D1, 0x0020, PUBLIC);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.counter0(), 1);
    rig.configure(|config| config[52..60].copy_from_slice(&hex("00000001FFFFFFFF")));
    assert_eq!(stored(&mut rig), REFUSED);

    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC | 0x1000);
    assert_eq!(stored(&mut rig), REFUSED);
    let mut rig = slot_9(Locks::C1D0, 0x0020, PUBLIC | 0x1F80);
    assert_eq!(stored(&mut rig), OK);
    assert_eq!(rig.counter0(), 0);
}

/// Slot 9 is to be validated by slot 15, its ReadKey.
fn validation(rig: &mut Rig, p1: u8, other: [u8; 19]) -> u8 {
    rig.load_temp_key(&[0; 32]);
    assert_eq!(rig.status(GENKEY, 0x10, 9, &[0; 3]), OK);
    let data = validation_data(other, [0; 32]);
    rig.status(VERIFY, p1, 9, &data)
}

/// The parent's signature of TempKey after GenKey(0x10), and OtherData.
fn validation_data(other: [u8; 19], nonce: [u8; 32]) -> Vec<u8> {
    let mut serial = [0xEE, 0x01, 0x23];
    let temp_key =
        Sha256::digest([&nonce[..], &[0x40, 0, 0, 0], &serial, &[0; 25], &known_public()].concat());
    let (first, rest) = serial.split_at_mut(1);
    let message = [&temp_key[..], &[0x41], &other[..10], first, &other[10..14], rest, &other[14..]].concat();
    let mut data = sign(&Sha256::digest(message));
    data.extend(other);
    data
}

fn other_data(byte_17: u8) -> [u8; 19] {
    let mut other = [0; 19];
    other[17] = byte_17;
    other
}

const VALIDATABLE: u16 = PUBLIC | PUB_INFO;

#[test]
fn validate_and_invalidate() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_9(locks, 0x000F, VALIDATABLE);
        // Even if the slot is locked.
        rig.configure(|config| config[89] = 0);
        assert_eq!(validation(&mut rig, 0x03, other_data(0)), OK);
        assert_eq!(rig.chip.eeprom().slot(9)[0], 0x50);
        assert!(!rig.temp_key_valid());
        assert_eq!(validation(&mut rig, 0x07, other_data(1)), OK);
        assert_eq!(rig.chip.eeprom().slot(9)[0], 0xA0);
    }
}

#[test]
fn validation_is_refused() {
    let mut rig = slot_9(Locks::C1D1, 0x000F, VALIDATABLE);
    assert_eq!(validation(&mut rig, 0x03, other_data(1)), REFUSED, "OtherData says invalidate");
    assert_eq!(validation(&mut rig, 0x07, other_data(0)), REFUSED, "OtherData says validate");
    let data = validation_data(other_data(0), [0; 32]);
    rig.load_temp_key(&[0; 32]);
    assert_eq!(rig.status(VERIFY, 0x03, 9, &data), REFUSED, "no digest of a key");
    assert_eq!(rig.status(VERIFY, 0x23, 9, &data), PARSE, "not from the digest buffer");
    rig.load_temp_key(&[0; 32]);
    rig.run(GENKEY, 0x10, 15, &[0; 3]);
    assert_eq!(rig.status(VERIFY, 0x03, 9, &data), REFUSED, "digest of another key");
    rig.configure(|config| config[92] = 0x11);
    assert_eq!(validation(&mut rig, 0x03, other_data(0)), REFUSED, "X509 format");
    rig.configure(|config| {
        config[92] = 0;
        set_key_config(config, 15, VALIDATABLE);
    });
    assert_eq!(validation(&mut rig, 0x03, other_data(0)), REFUSED, "parent is not valid");
    rig.configure(|config| set_key_config(config, 15, 0x001C));
    assert_eq!(validation(&mut rig, 0x03, other_data(0)), REFUSED, "parent is no key");
    rig.configure(|config| {
        set_key_config(config, 15, PUBLIC);
        set_key_config(config, 9, PUBLIC);
    });
    assert_eq!(validation(&mut rig, 0x03, other_data(0)), REFUSED, "no validation wanted");
    rig.configure(|config| set_key_config(config, 9, VALIDATABLE));
    rig.load_temp_key(&[1; 32]);
    rig.run(GENKEY, 0x10, 9, &[0; 3]);
    assert_eq!(rig.status(VERIFY, 0x03, 9, &data), MISCOMPARE, "another nonce");
    assert_eq!(rig.chip.eeprom().slot(9)[0], 0x00);
    assert_eq!(validation(&mut rig, 0x03, other_data(0)), OK);
}

/// The MAC over a success, for a chip whose IO protection key is slot 4.
#[test]
fn validating_mac() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    rig.chip.eeprom_mut().set_slot(4, &[0x10; 32]);
    let data = external_data(&MESSAGE);
    let nonce = [0x77; 32];
    let mac = |p1: u8, p2: u8| {
        let tail = [VERIFY, p1, p2, 0];
        Sha256::digest([&[0x10; 32][..], &MESSAGE, &nonce, &data[..64], &tail].concat()).to_vec()
    };
    rig.load_temp_key(&MESSAGE);
    rig.load_digest(&nonce);
    assert_eq!(rig.status(VERIFY, 0x82, 4, &data), REFUSED, "IO protection key not enabled");
    rig.configure(|config| config[90..92].copy_from_slice(&[0x02, 0x40]));

    rig.load_temp_key(&MESSAGE);
    assert_eq!(rig.run(VERIFY, 0x82, 4, &data), mac(0x82, 4));
    rig.load_temp_key(&MESSAGE);
    assert_eq!(rig.run(VERIFY, 0x80, 9, &sign(&MESSAGE)), mac(0x80, 9));
    assert_eq!(rig.status(NONCE, 0x63, 0, &[MESSAGE, nonce].concat()), OK);
    assert_eq!(rig.run(VERIFY, 0xA2, 4, &data), mac(0xA2, 4));
    assert_eq!(rig.status(VERIFY, 0xA2, 4, &external_data(&[0x43; 32])), MISCOMPARE);
    // The upper half of the buffer is missing.
    rig.load_digest(&MESSAGE);
    assert_eq!(rig.status(VERIFY, 0xA2, 4, &data), REFUSED);
}

#[test]
fn parse_errors() {
    let mut rig = slot_9(Locks::C1D1, 0, PUBLIC);
    for (p1, p2, length) in [
        (0x02, 3, 128),
        (0x02, 4, 127),
        (0x02, 4, 64),
        (0x00, 9, 128),
        (0x00, 0x8009, 64),
        (0x03, 9, 82),
        (0x01, 9, 65),
        (0x04, 9, 64),
        (0x05, 9, 64),
        (0x06, 9, 64),
        (0x0A, 4, 128),
        (0x12, 4, 128),
        (0x42, 4, 128),
    ] {
        assert_eq!(rig.status(VERIFY, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
}
