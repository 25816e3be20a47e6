//! What a slot's configuration lets GenKey and Sign do (chip reference 4.5, 4.7, 5.7, 5.21).

use crate::private_key::*;
use crate::rig::*;

const REQ_RANDOM: u16 = 0x0040;
const LIMITED_USE: u16 = 0x0020;

#[test]
fn a_new_key_replaces_the_old_one() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    assert_eq!(rig.run(GENKEY, 0x00, 2, &[]), known_public());
    let new = rig.run(GENKEY, 0x04, 2, &[]);
    assert_ne!(new, known_public());
    assert_eq!(rig.run(GENKEY, 0x00, 2, &[]), new);
    rig.load_temp_key(&[0x33; 32]);
    let signature = rig.run(SIGN, 0x80, 2, &[]);
    assert!(verifies(&new, &[0x33; 32], &signature));
    assert!(!rig.temp_key_valid());
}

#[test]
fn signatures_have_fresh_nonces() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    rig.load_digest(&[0x33; 32]);
    let (first, second) = (rig.run(SIGN, 0xE0, 2, &[]), rig.run(SIGN, 0xA0, 2, &[]));
    assert_ne!(first[..32], second[..32]);
    assert!(verifies(&known_public(), &[0x33; 32], &first));
    assert!(verifies(&known_public(), &[0x33; 32], &second));
}

/// Private, KeyType and IsSecret are required in every lock state.
#[test]
fn kind_of_slot() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for (slot_config, key_config) in [
            (SLOT, KEY & !0x01),
            (SLOT, KEY & !0x1C | 6 << 2),
            (SLOT, KEY | 0x1C),
            (SLOT, KEY & !0x1C),
            (SLOT & !0x80, KEY),
        ] {
            let mut rig = slot_2(locks, slot_config, key_config);
            let case = format!("{slot_config:04X} {key_config:04X} {locks:?}");
            assert_eq!(create(&mut rig), REFUSED, "{case}");
            assert_eq!(public(&mut rig), REFUSED, "{case}");
            assert_eq!(sign_external(&mut rig), REFUSED, "{case}");
        }
    }
}

#[test]
fn gen_key_bit_of_write_config() {
    let mut rig = slot_2(Locks::C1D1, SLOT & !0x2000, KEY);
    assert_eq!(create(&mut rig), REFUSED);
    assert_eq!(public(&mut rig), OK);
    let mut rig = slot_2(Locks::C1D0, SLOT & !0x2000, KEY);
    assert_eq!(create(&mut rig), OK);
}

#[test]
fn pub_info() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY & !0x02);
    assert_eq!(public(&mut rig), REFUSED);
    assert_eq!(rig.run(GENKEY, 0x04, 2, &[]).len(), 64);
    let mut rig = slot_2(Locks::C1D0, SLOT, KEY & !0x02);
    assert_eq!(public(&mut rig), OK);
}

#[test]
fn locked_slot_keeps_its_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_2(locks, SLOT, KEY);
        assert_eq!(rig.status(LOCK, 0x02 | 2 << 2, 0, &[]), OK);
        assert_eq!(create(&mut rig), REFUSED, "{locks:?}");
        assert_eq!(rig.run(GENKEY, 0x00, 2, &[]), known_public());
        assert_eq!(sign_external(&mut rig), OK);
    }
}

#[test]
fn slot_without_a_key() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    rig.chip.eeprom_mut().set_slot(2, &[0xFF; 36]);
    assert_eq!(rig.run(INFO, 0x01, 2, &[]), [0, 0, 0, 0]);
    assert_eq!(public(&mut rig), REFUSED);
    assert_eq!(sign_external(&mut rig), REFUSED);
    assert_eq!(create(&mut rig), OK);
    assert_eq!(rig.run(INFO, 0x01, 2, &[]), [1, 0, 0, 0]);
    assert_eq!(sign_external(&mut rig), OK);
}

#[test]
fn sign_bits_of_read_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_2(locks, SLOT & !0x01, KEY);
        assert_eq!(sign_external(&mut rig), REFUSED, "{locks:?}");
        let mut rig = slot_2(locks, SLOT & !0x02, KEY);
        assert_eq!(sign_external(&mut rig), OK, "{locks:?}");
        assert_eq!(sign_internal(&mut rig), REFUSED, "{locks:?}");
    }
    let mut rig = slot_2(Locks::C1D1, SLOT & !0x01, KEY);
    assert_eq!(sign_internal(&mut rig), OK);
}

#[test]
fn internal_signature_is_about_a_digest_of_the_chip_itself() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    rig.random_temp_key();
    assert_eq!(rig.status(SIGN, 0x00, 2, &[]), REFUSED);
    assert!(!rig.temp_key_valid());
    // MDB is no source for it: the bit is ignored.
    rig.load_digest(&[1; 32]);
    assert_eq!(rig.status(SIGN, 0x20, 2, &[]), REFUSED);
}

#[test]
fn sign_needs_its_source() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    assert_eq!(rig.status(SIGN, 0x80, 2, &[]), REFUSED);
    assert_eq!(rig.status(SIGN, 0xA0, 2, &[]), REFUSED);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(rig.status(SIGN, 0xA0, 2, &[]), REFUSED);
    assert!(rig.temp_key_valid());
    assert_eq!(rig.verdict(SIGN, 0x80, 2, &[]), OK);
    assert_eq!(rig.status(SIGN, 0x80, 2, &[]), REFUSED);
    // The digest buffer stays valid (chip reference U33), and TempKey is left alone.
    rig.load_temp_key(&[1; 32]);
    assert_eq!(sign_external(&mut rig), OK);
    assert_eq!(rig.verdict(SIGN, 0xA0, 2, &[]), OK);
    assert!(rig.temp_key_valid());
}

/// ReqRandom is for GenKey's digest; external signatures do not ask for it (chip reference 4.8).
#[test]
fn req_random() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY | REQ_RANDOM);
    assert_eq!(sign_external(&mut rig), OK);
    assert_eq!(public(&mut rig), OK);
    for p1 in [0x08, 0x0C] {
        rig.load_temp_key(&[1; 32]);
        assert_eq!(rig.status(GENKEY, p1, 2, &[]), REFUSED);
        assert!(!rig.temp_key_valid());
        assert_eq!(rig.status(GENKEY, p1, 2, &[]), REFUSED);
        rig.random_temp_key();
        assert_eq!(rig.verdict(GENKEY, p1, 2, &[]), OK);
    }
    let mut rig = slot_2(Locks::C1D0, SLOT, KEY | REQ_RANDOM);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(rig.verdict(GENKEY, 0x08, 2, &[]), OK);
}

/// GenKey mode 0x10 (chip reference 5.7).
#[test]
fn digest_of_a_stored_public_key() {
    let digest = |rig: &mut Rig, slot: u16| {
        rig.random_temp_key();
        rig.status(GENKEY, 0x10, slot, &[0; 3])
    };
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_2(locks, SLOT, KEY);
        assert_eq!(digest(&mut rig, 9), OK);
        for key_config in [0x001C, 0x0018, 0x0011] {
            rig.configure(|config| set_key_config(config, 9, key_config));
            assert_eq!(digest(&mut rig, 9), REFUSED, "{key_config:04X}");
        }
        rig.configure(|config| set_key_config(config, 5, 0x0010));
        assert_eq!(digest(&mut rig, 5), REFUSED);
    }
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    assert_eq!(rig.status(GENKEY, 0x10, 9, &[0; 3]), REFUSED, "no TempKey");
    rig.configure(|config| set_slot_config(config, 9, LIMITED_USE));
    assert_eq!(digest(&mut rig, 9), OK);
    assert_eq!(rig.counter0(), 1);
    rig.configure(|config| set_key_config(config, 9, 0x0010 | REQ_RANDOM));
    rig.load_temp_key(&[1; 32]);
    assert_eq!(rig.status(GENKEY, 0x10, 9, &[0; 3]), REFUSED);
    rig.configure(|config| set_key_config(config, 9, 0x0010 | 0x0B80));
    assert_eq!(digest(&mut rig, 9), REFUSED);
    assert_eq!(rig.counter0(), 1);
}

/// Nothing but ECDH may use a private key in TempKey.
#[test]
fn private_key_in_temp_key() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    for (opcode, p1, p2, data) in [
        (SIGN, 0x80, 2, &[][..]),
        (NONCE, 0x00, 0x8000, &[0; 20]),
        (GENKEY, 0x08, 2, &[]),
        (SHA, 0x04, 0xFFFF, &[]),
        (VERIFY, 0x02, 4, &[0; 128]),
    ] {
        assert_eq!(rig.run(GENKEY, 0x04, 0xFFFF, &[]).len(), 64);
        assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0, 0x80, 0, 0]);
        assert_eq!(rig.status(opcode, p1, p2, data), REFUSED, "{opcode:02X}");
    }
    // Making a key in a slot leaves it (chip reference 5.0.2).
    rig.run(GENKEY, 0x04, 0xFFFF, &[]);
    assert_eq!(create(&mut rig), OK);
    assert!(rig.temp_key_valid());
}

#[test]
fn parse_errors() {
    let mut rig = slot_2(Locks::C1D1, SLOT, KEY);
    for (opcode, p1, p2, length) in [
        (GENKEY, 0x01, 2, 0),
        (GENKEY, 0x20, 2, 0),
        (GENKEY, 0x80, 2, 0),
        (GENKEY, 0x04, 0x8002, 0),
        (GENKEY, 0x00, 0xFFFF, 0),
        (GENKEY, 0x0C, 0xFFFF, 0),
        (GENKEY, 0x04, 2, 1),
        (GENKEY, 0x10, 9, 0),
        (GENKEY, 0x10, 9, 4),
        (SIGN, 0x82, 2, 0),
        (SIGN, 0x90, 2, 0),
        (SIGN, 0x80, 0x8002, 0),
        (SIGN, 0x80, 2, 1),
    ] {
        assert_eq!(rig.status(opcode, p1, p2, &vec![0; length]), PARSE, "{opcode:02X} {p1:02X} {p2:04X}");
    }
    // Three bytes of OtherData are tolerated, and bits 14:4 of a KeyID do not count.
    assert_eq!(rig.run(GENKEY, 0x04, 2, &[0; 3]).len(), 64);
    assert_eq!(rig.run(GENKEY, 0x00, 0x7FF2, &[]).len(), 64);
}
