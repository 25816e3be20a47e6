//! KDF: keys, target slots, KdfProt and IO protection (chip reference 4.13, 5.10).

use crate::rig::*;

const SHA_KEY: u16 = 0x001C;
const AES_KEY: u16 = 0x0018;
/// HKDF or AES from a slot, HKDF and PRF from TempKey, to the output.
const HKDF_SLOT: u8 = 0x52;
const AES_SLOT: u8 = 0x32;
const HKDF_TEMP_KEY: u8 = 0x50;
const PRF_TEMP_KEY: u8 = 0x10;
/// Bits that turn the target from output to encrypted output or slot.
const ENCRYPTED: u8 = 0x04;
const TO_SLOT: u8 = 0x18;
const HKDF_DATA: [u8; 6] = [2, 0, 0, 2, b'i', b'v'];
const IV_DATA: [u8; 6] = [3, 0, 0, 2, b'i', b'v'];
const AES_DATA: [u8; 20] = [0; 20];

/// Slot 8 holds a key of the type, slot 9 is open, slot 4 is the IO protection key.
fn rig(locks: Locks, key_config: u16) -> Rig {
    let mut config = captured_config();
    for (slot, slot_config, key_config) in
        [(4, 0x8F80, SHA_KEY), (8, 0x8F80, key_config), (9, 0x0F80, 0x003C)]
    {
        set_slot_config(&mut config, slot, slot_config);
        set_key_config(&mut config, slot, key_config);
    }
    config[72..75].copy_from_slice(&[0, b'i', b'v']);
    config[90..92].copy_from_slice(&[0x06, 0x40]);
    Rig::new(config, locks)
}

fn hkdf(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    let status = rig.verdict(KDF, HKDF_SLOT, 8, &HKDF_DATA);
    assert!(rig.temp_key_valid());
    status
}

fn aes(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    rig.verdict(KDF, AES_SLOT, 8, &AES_DATA)
}

/// ReqRandom and NoMac are not asked (chip reference U20).
#[test]
fn key_policies() {
    expect_policies(8, false, |locks| rig(locks, SHA_KEY), hkdf);
    expect_policies(8, false, |locks| rig(locks, AES_KEY), aes);
    let mut no_mac = rig(Locks::C1D1, SHA_KEY);
    no_mac.demand(8, 0x10, 0);
    assert_eq!(hkdf(&mut no_mac, true), OK);
}

#[test]
fn kind_of_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for (key_config, hkdf_expected, aes_expected) in [
            // HKDF takes any type (chip reference U52).
            (SHA_KEY, OK, REFUSED),
            (AES_KEY, OK, OK),
            (0x0010, OK, REFUSED),
            (0x0000, OK, REFUSED),
            (SHA_KEY | 1, REFUSED, REFUSED),
            (AES_KEY | 1, REFUSED, REFUSED),
        ] {
            assert_eq!(hkdf(&mut rig(locks, key_config), true), hkdf_expected, "{key_config:04X} {locks:?}");
            assert_eq!(aes(&mut rig(locks, key_config), true), aes_expected, "{key_config:04X} {locks:?}");
        }
    }
}

#[test]
fn aes_has_to_be_enabled() {
    let mut rig = rig(Locks::C1D1, AES_KEY);
    rig.configure(|config| config[90] = 0x02);
    assert_eq!(aes(&mut rig, true), REFUSED);
    rig.configure(|config| (config[90], config[13]) = (0x06, 0));
    assert_eq!(aes(&mut rig, true), PARSE);
    rig.nonce(true);
    assert_eq!(rig.verdict(KDF, HKDF_TEMP_KEY, 0, &HKDF_DATA), OK);
}

/// A slot gives its content as a message, too; it may not be private, and may ask for authorisation.
#[test]
fn message_in_a_slot() {
    let data = [0, 9, 0, 2, 0, 0];
    for source in [HKDF_SLOT, HKDF_TEMP_KEY] {
        let mut rig = rig(Locks::C1D1, SHA_KEY);
        rig.nonce(true);
        assert_eq!(rig.verdict(KDF, source, 8, &data), OK);
        rig.demand(9, 0, REQ_AUTH_15);
        rig.configure(|config| {
            set_slot_config(config, 15, 0);
            set_key_config(config, 15, 0x0010);
        });
        assert_eq!(rig.status(KDF, source, 8, &data), REFUSED);
        rig.authorise(15);
        rig.nonce(true);
        assert_eq!(rig.verdict(KDF, source, 8, &data), OK);
        assert_eq!(rig.authorised(), None);
        rig.configure(|config| set_key_config(config, 9, 0x003D));
        assert_eq!(rig.status(KDF, source, 8, &data), REFUSED);
    }
    // With a key of zeros, likewise.
    let mut rig = rig(Locks::C1D1, SHA_KEY);
    let data = [4, 9, 0, 2, 0, 0];
    assert_eq!(rig.verdict(KDF, HKDF_TEMP_KEY, 0, &data), OK);
    rig.demand(9, 0, REQ_AUTH_15);
    assert_eq!(rig.verdict(KDF, HKDF_TEMP_KEY, 0, &data), REFUSED);
}

/// A key of zeros is nobody's: the source is not looked at.
#[test]
fn key_of_zeros() {
    let mut rig = rig(Locks::C1D1, SHA_KEY | 1 | REQ_AUTH_15);
    let data = [6, 0, 0, 2, b'i', b'v'];
    assert_eq!(rig.verdict(KDF, HKDF_SLOT, 8, &data), OK);
    assert_eq!(rig.verdict(KDF, HKDF_TEMP_KEY, 0, &data), OK);
}

#[test]
fn target_slots() {
    for (slot_config, key_config, expected) in [
        (0x0F80, 0x003C, [OK, OK]),
        (0x0F0F, 0x103A, [OK, OK]),
        (0x8F80, 0x003C, [OK, REFUSED]),
        (0x4F80, 0x003C, [OK, REFUSED]),
        (0x1F80, 0x003C, [OK, REFUSED]),
        (0x0F80, 0x003D, [REFUSED, REFUSED]),
    ] {
        for (locks, expected) in [Locks::C1D0, Locks::C1D1].into_iter().zip(expected) {
            let mut rig = rig(locks, SHA_KEY);
            rig.configure(|config| {
                set_slot_config(config, 9, slot_config);
                set_key_config(config, 9, key_config);
            });
            rig.nonce(true);
            let status = rig.status(KDF, HKDF_TEMP_KEY ^ TO_SLOT, 0x0900, &HKDF_DATA);
            assert_eq!(status, expected, "{slot_config:04X} {key_config:04X} {locks:?}");
            assert_eq!(rig.chip.eeprom().slot(9)[0] != 0xFF, status == OK);
        }
    }
    let mut locked = rig(Locks::C1D0, SHA_KEY);
    locked.configure(|config| config[89] &= !0x02);
    locked.nonce(true);
    assert_eq!(locked.status(KDF, HKDF_TEMP_KEY ^ TO_SLOT, 0x0900, &HKDF_DATA), REFUSED);
}

/// KdfProt: 0 as p1 says, 1 encrypted only, others nothing comes out. IVs are exempt (chip reference U22).
#[test]
fn output_protection() {
    for (protection, clear, encrypted) in
        [(0, OK, OK), (1, REFUSED, OK), (2, REFUSED, REFUSED), (3, REFUSED, REFUSED)]
    {
        let mut rig = rig(Locks::C1D1, SHA_KEY);
        rig.configure(|config| config[91] |= protection << 2);
        rig.demand(8, LIMITED_USE, 0);
        rig.nonce(true);
        for (p1, expected) in [(HKDF_SLOT, clear), (HKDF_SLOT | ENCRYPTED, encrypted)] {
            let before = rig.counter0();
            assert_eq!(rig.verdict(KDF, p1, 8, &HKDF_DATA), expected, "KdfProt {protection} p1 {p1:02X}");
            assert_eq!(rig.counter0() - before, u32::from(expected == OK));
            assert_eq!(rig.verdict(KDF, p1, 8, &IV_DATA), OK, "KdfProt {protection} p1 {p1:02X}, IV");
        }
        let long = [&[1, 1, 0, 2][..], b"iv"].concat();
        assert_eq!(rig.verdict(KDF, PRF_TEMP_KEY, 0, &long), clear);
        let aead = [&[1, 3, 0, 2][..], b"iv"].concat();
        assert_eq!(
            rig.verdict(KDF, PRF_TEMP_KEY ^ TO_SLOT, 0x0900, &aead),
            clear,
            "KdfProt {protection} AEAD"
        );
        // What stays inside is not concerned.
        assert_eq!(rig.status(KDF, HKDF_TEMP_KEY ^ TO_SLOT, 0x0900, &HKDF_DATA), OK);
    }
}

#[test]
fn encryption_needs_its_key() {
    let mut rig = rig(Locks::C1D1, SHA_KEY);
    rig.configure(|config| config[90] = 0x04);
    rig.nonce(true);
    assert_eq!(rig.status(KDF, HKDF_TEMP_KEY | ENCRYPTED, 0, &HKDF_DATA), REFUSED);
    assert_eq!(rig.verdict(KDF, HKDF_TEMP_KEY, 0, &HKDF_DATA), OK);
}
