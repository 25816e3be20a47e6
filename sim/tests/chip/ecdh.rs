//! ECDH: every source and target, policies, EcdhProt (chip reference 4.5, 4.13, 5.5).

use crate::rig::*;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};

/// Private key with ECDH allowed, its results for the output.
const SLOT: u16 = 0x2084;
const KEY: u16 = 0x0013;
/// ReadKey bit 3.
const INTO_SLOT: u16 = 0x0008;
const PEER: &str = "7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534";
const IO_KEY: [u8; 32] = [0x10; 32];

fn peer() -> SecretKey {
    SecretKey::from_slice(&hex(PEER)).unwrap()
}

fn peer_public() -> Vec<u8> {
    peer().public_key().to_sec1_point(false).as_bytes()[1..].to_vec()
}

/// What the peer gets with this public key.
fn secret(public: &[u8]) -> Vec<u8> {
    let public = PublicKey::from_sec1_bytes(&[&[4], public].concat()).unwrap();
    p256::ecdh::diffie_hellman(peer().to_nonzero_scalar(), public.as_affine()).raw_secret_bytes().to_vec()
}

/// Slot 2 holds the known key, slot 3 is data that nobody may write, slot 4 the IO protection key, slot 9 an
/// open slot; EcdhProt as told.
fn rig(locks: Locks, slot_config: u16, key_config: u16, protection: u8) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 2, slot_config);
    set_key_config(&mut config, 2, key_config);
    set_slot_config(&mut config, 3, 0x8F80);
    set_slot_config(&mut config, 9, 0x0F80);
    config[90..92].copy_from_slice(&[0x02, 0x40 | protection]);
    let mut rig = Rig::new(config, locks);
    rig.poke_key(2);
    rig.chip.eeprom_mut().set_slot(4, &IO_KEY);
    rig
}

fn clear(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    rig.verdict(ECDH, 0x0C, 2, &peer_public())
}

fn decrypt(output: &[u8]) -> Vec<u8> {
    assert_eq!(output.len(), 64);
    xor(&output[..32], &sha256(&[&IO_KEY, &output[32..48]]))
}

#[test]
fn key_policies() {
    expect_policies(2, false, |locks| rig(locks, SLOT, KEY, 0), clear);
}

#[test]
fn kind_of_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for (slot_config, key_config) in
            [(SLOT, KEY & !1), (SLOT, KEY | 0x0C), (SLOT, KEY & !0x1C | 0x18), (SLOT & !4, KEY)]
        {
            assert_eq!(
                clear(&mut rig(locks, slot_config, key_config, 0), true),
                REFUSED,
                "{slot_config:04X}"
            );
        }
        let mut empty = rig(locks, SLOT, KEY, 0);
        empty.chip.eeprom_mut().set_slot(2, &[0xFF; 36]);
        assert_eq!(clear(&mut empty, true), REFUSED, "no key");
    }
}

#[test]
fn outputs_of_a_stored_key() {
    let expected = secret(&known_public());
    let mut rig = rig(Locks::C1D1, SLOT, KEY, 0);
    rig.nonce(true);
    for p1 in [0x00, 0x0C] {
        assert_eq!(rig.run(ECDH, p1, 2, &peer_public()), expected);
    }
    let (first, second) = (rig.run(ECDH, 0x0E, 2, &peer_public()), rig.run(ECDH, 0x0E, 2, &peer_public()));
    assert_eq!((decrypt(&first), decrypt(&second)), (expected.clone(), expected.clone()));
    assert_ne!(first[32..], second[32..], "OutNonce");
    assert!(rig.temp_key_valid());
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x10, 0x80, 0, 0]);

    rig.nonce(false);
    assert_eq!(rig.status(ECDH, 0x08, 2, &peer_public()), OK);
    // The flags are those of chip reference U15.
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x10, 0x80, 0, 0]);
    rig.expect_temp_key(&hex_of(&expected));
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[test]
fn key_in_temp_key() {
    let mut rig = rig(Locks::C1D1, SLOT, KEY, 0);
    for p1 in [0x0D, 0x0F, 0x09, 0x05] {
        let public = rig.run(GENKEY, 0x04, 0xFFFF, &[]);
        let expected = secret(&public);
        let answer = rig.run(ECDH, p1, if p1 == 0x05 { 9 } else { 0 }, &peer_public());
        match p1 {
            0x0D => assert_eq!(answer, expected),
            0x0F => assert_eq!(decrypt(&answer), expected),
            0x09 => rig.expect_temp_key(&hex_of(&expected)),
            _ => assert_eq!(rig.chip.eeprom().slot(9)[..32], expected),
        }
        assert_eq!(rig.temp_key_valid(), p1 == 0x09, "{p1:02X}");
    }
    // Nothing else in TempKey will do, and it is gone afterwards.
    for fixed in [true, false] {
        rig.nonce(fixed);
        assert_eq!(rig.status(ECDH, 0x0D, 0, &peer_public()), REFUSED);
        assert!(!rig.temp_key_valid());
    }
    assert_eq!(rig.status(ECDH, 0x0D, 0, &peer_public()), REFUSED);
    assert_eq!(rig.status(ECDH, 0x0D, 2, &peer_public()), PARSE);
}

/// ReadKey bit 3 in compatible mode: into the next slot, whose WriteConfig does not count.
#[test]
fn into_the_next_slot() {
    let expected = secret(&known_public());
    for (p1, slot_config) in [(0x00, SLOT | INTO_SLOT), (0x04, SLOT | INTO_SLOT), (0x04, SLOT)] {
        let mut rig = rig(Locks::C1D1, slot_config, KEY, 0);
        assert_eq!(rig.status(ECDH, p1, 2, &peer_public()), OK);
        assert_eq!(rig.chip.eeprom().slot(3)[..32], expected);
    }
    for locks in [Locks::C1D0, Locks::C1D1] {
        // Not for the output then (chip reference U18).
        for p1 in [0x0C, 0x0E] {
            let mut rig = rig(locks, SLOT | INTO_SLOT, KEY, 0);
            assert_eq!(rig.status(ECDH, p1, 2, &peer_public()), REFUSED);
        }
        for p1 in [0x00, 0x04] {
            let mut locked = rig(locks, SLOT | INTO_SLOT, KEY, 0);
            locked.configure(|config| config[88] &= !0x08);
            assert_eq!(locked.status(ECDH, p1, 2, &peer_public()), REFUSED, "locked slot");
            let mut private = rig(locks, SLOT | INTO_SLOT, KEY, 0);
            private.demand(3, 0, 1);
            assert_eq!(private.status(ECDH, p1, 2, &peer_public()), REFUSED, "private slot");
            // An odd slot has no next one.
            let mut odd = rig(locks, SLOT, KEY, 0);
            odd.configure(|config| {
                set_slot_config(config, 7, SLOT | INTO_SLOT);
                set_key_config(config, 7, KEY);
            });
            odd.poke_key(7);
            assert_eq!(odd.status(ECDH, p1, 7, &peer_public()), REFUSED, "odd slot");
        }
    }
}

/// A slot of the host's choice has to be open (chip reference U19).
#[test]
fn into_any_slot() {
    let act = |rig: &mut Rig| {
        rig.run(GENKEY, 0x04, 0xFFFF, &[]);
        let status = rig.status(ECDH, 0x05, 9, &peer_public());
        assert!(!rig.temp_key_valid());
        status
    };
    for (slot_config, key_config, expected) in [
        (0x0F80, 0x003C, [OK, OK]),
        (0x8F80, 0x003C, [OK, REFUSED]),
        (0x4F80, 0x003C, [OK, REFUSED]),
        (0x1F80, 0x003C, [OK, REFUSED]),
        (0x0F80, 0x003D, [REFUSED, REFUSED]),
    ] {
        for (locks, expected) in [Locks::C1D0, Locks::C1D1].into_iter().zip(expected) {
            let mut rig = rig(locks, SLOT, KEY, 0);
            rig.configure(|config| {
                set_slot_config(config, 9, slot_config);
                set_key_config(config, 9, key_config);
            });
            assert_eq!(act(&mut rig), expected, "{slot_config:04X} {key_config:04X} {locks:?}");
        }
    }
    let mut locked = rig(Locks::C1D0, SLOT, KEY, 0);
    locked.configure(|config| config[89] &= !0x02);
    assert_eq!(act(&mut locked), REFUSED);
}

/// EcdhProt: 0 as p1 says, 1 always encrypted, others nothing comes out.
#[test]
fn output_protection() {
    for (protection, sizes) in [(0, [32, 32, 64, 32, 64]), (1, [64; 5]), (2, [1; 5]), (3, [1; 5])] {
        let mut rig = rig(Locks::C1D1, SLOT, KEY, protection);
        for (p1, size) in [0x00, 0x0C, 0x0E, 0x0D, 0x0F].into_iter().zip(sizes) {
            if p1 & 1 == 1 {
                rig.run(GENKEY, 0x04, 0xFFFF, &[]);
            }
            let answer = rig.run(ECDH, p1, if p1 & 1 == 1 { 0 } else { 2 }, &peer_public());
            assert_eq!(answer.len(), size, "EcdhProt {protection} p1 {p1:02X}");
            if size == 1 {
                assert_eq!(answer, [REFUSED]);
            }
        }
        assert_eq!(rig.status(ECDH, 0x08, 2, &peer_public()), OK);
    }
    // Without the key there is no encryption.
    for (protection, p1) in [(0, 0x0E), (1, 0x00)] {
        let mut rig = rig(Locks::C1D1, SLOT | LIMITED_USE, KEY, protection);
        rig.configure(|config| config[90] = 0);
        assert_eq!(rig.status(ECDH, p1, 2, &peer_public()), REFUSED);
        assert_eq!(rig.counter0(), 0);
    }
}

#[test]
fn bad_points_and_parameters() {
    let mut rig = rig(Locks::C1D1, SLOT | LIMITED_USE, KEY, 0);
    let mut off = peer_public();
    off[63] ^= 1;
    assert_eq!(rig.status(ECDH, 0x0C, 2, &off), REFUSED);
    assert_eq!(rig.counter0(), 0);
    for (p1, p2, length) in [
        (0x01, 0, 64),
        (0x02, 2, 64),
        (0x03, 0, 64),
        (0x06, 2, 64),
        (0x07, 2, 64),
        (0x0A, 2, 64),
        (0x0B, 0, 64),
        (0x10, 2, 64),
        (0x80, 2, 64),
        (0x0C, 0x8002, 64),
        (0x0C, 2, 63),
        (0x0C, 2, 65),
    ] {
        assert_eq!(rig.status(ECDH, p1, p2, &vec![1; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
}
