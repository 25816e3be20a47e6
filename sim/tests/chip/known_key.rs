//! A private key of which only the public half is known: what works, what can't, and what ends it.

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::{Eeprom, Rule};
use atecc608_sim::preset::Preset;

/// Slots 1 and 2 of `captured_config` are for keys that sign and agree, made by GenKey.
fn rig(locks: Locks) -> Rig {
    let mut rig = Rig::new(captured_config(), locks);
    rig.chip.eeprom_mut().set_known_public_key(1, &known_public());
    rig
}

fn refused_by(rig: &Rig) -> Option<Rule> {
    rig.chip.executed().last().unwrap().refused
}

#[test]
fn the_public_half_is_given_and_the_private_one_is_missed() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = rig(locks);
        assert_eq!(rig.run(INFO, 0x01, 1, &[]), [1, 0, 0, 0]);
        assert_eq!(rig.run(GENKEY, 0x00, 1, &[]), known_public());
        rig.load_temp_key(&[0x17; 32]);
        assert_eq!(rig.status(SIGN, 0x80, 1, &[]), REFUSED);
        assert_eq!(refused_by(&rig), Some(Rule::OnlyPublicKnown(1)), "{locks:?}");
        assert_eq!(rig.status(ECDH, 0x0C, 1, &known_public()), REFUSED);
        assert_eq!(refused_by(&rig), Some(Rule::OnlyPublicKnown(1)), "{locks:?}");
        // An empty slot is another thing.
        assert_eq!(rig.status(GENKEY, 0x00, 2, &[]), REFUSED);
        assert_eq!(refused_by(&rig), Some(Rule::EmptyKey(2)));
    }
}

/// The digest that GenKey makes is that of the known key.
#[test]
fn the_key_is_digested() {
    let digest = |poke: fn(&mut Eeprom)| {
        let mut rig = Rig::with_t(captured_config(), Locks::C1D1);
        poke(rig.chip.eeprom_mut());
        assert_eq!(rig.run(GENKEY, 0x08, 1, &[]), known_public());
        // TempKey can't be read; this is a digest of it.
        rig.run(NONCE, 0x01, 0x8000, &[0x99; 20])
    };
    let known = digest(|eeprom| eeprom.set_known_public_key(1, &known_public()));
    assert_eq!(known, digest(|eeprom| eeprom.set_private_key(1, &hex32(KNOWN_KEY))));
}

#[test]
fn a_new_key_takes_its_place() {
    let mut rig = rig(Locks::C1D1);
    let public = rig.run(GENKEY, 0x04, 1, &[]);
    assert_ne!(public, known_public());
    assert_eq!(rig.run(GENKEY, 0x00, 1, &[]), public);
    rig.load_temp_key(&[0x17; 32]);
    let signature = rig.run(SIGN, 0x80, 1, &[]);
    assert!(verifies(&public, &[0x17; 32], &signature));
    assert_eq!(rig.chip.eeprom().known_public_key(1), None);
}

/// A command that is cut off changes nothing: the known key is still there.
#[test]
fn a_new_key_that_was_not_finished_leaves_it() {
    let mut rig = rig(Locks::C1D1);
    rig.send(&group(GENKEY, 0x04, 1, &[]));
    rig.power_off();
    assert_eq!(rig.run(GENKEY, 0x00, 1, &[]), known_public());
}

/// Not even when the bytes that are written are those that were there.
#[test]
fn any_write_to_the_slot_ends_it() {
    let mut rig = rig(Locks::C1D0);
    rig.configure(|config| set_key_config(config, 1, 0x001C));
    assert_eq!(rig.status(WRITE, 0x82, 1 << 3, &[0xFF; 32]), OK);
    assert_eq!(rig.chip.eeprom().known_public_key(1), None);

    let eeprom = rig.chip.eeprom_mut();
    for end in [
        |eeprom: &mut Eeprom| eeprom.set_slot(1, &[0xFF]),
        |eeprom: &mut Eeprom| eeprom.set_private_key(1, &hex32(KNOWN_KEY)),
    ] {
        eeprom.set_known_public_key(1, &known_public());
        assert_eq!(eeprom.known_public_key(1), Some(&known_public()));
        end(eeprom);
        assert_eq!(eeprom.known_public_key(1), None);
    }
}

#[test]
fn it_is_kept_with_the_memory() {
    let mut eeprom = Chip::blank(1).eeprom().clone();
    let plain = eeprom.to_bytes();
    let generation = eeprom.generation();
    eeprom.set_known_public_key(2, &known_public());
    assert_ne!(eeprom.generation(), generation);
    let saved = eeprom.to_bytes();
    assert_eq!((plain[8], saved[8], saved.len()), (1, 2, plain.len() + 65));
    let copy = Eeprom::from_bytes(&saved).unwrap();
    assert_eq!(copy.known_public_key(2), Some(&known_public()));
    assert_eq!(copy.to_bytes(), saved);
    for len in [saved.len() - 1, saved.len() - 64, saved.len() + 1] {
        let mut other = saved.clone();
        other.resize(len, 0);
        assert!(Eeprom::from_bytes(&other).is_err());
    }
    // A file of before, and one of a chip that has no such key any more, are the same.
    eeprom.set_slot(2, &[0xFF; 36]);
    assert_eq!(eeprom.to_bytes(), plain);
}

#[test]
#[should_panic(expected = "no point of P-256")]
fn it_is_a_point() {
    Chip::blank(1).eeprom_mut().set_known_public_key(0, &[1; 64]);
}

/// The real chip: all that was published, byte for byte, at the chip's pins.
#[test]
fn published_chip() {
    for seed in [1, 2] {
        let mut rig = Rig::asleep(Preset::TngTlsPublished.chip(seed));
        rig.address = Preset::TngTlsPublished.address() << 1;
        rig.wake();
        let config = rig.run(READ, 0x80, 0, &[]);
        assert_eq!([&config[..4], &config[8..13]].concat(), hex("0123A23F29F9366A01"));
        let mut slot = |slot: u16, len: usize| -> Vec<u8> {
            (0..3).flat_map(|block| rig.run(READ, 0x82, slot << 3 | block << 8, &[])).take(len).collect()
        };
        assert_eq!(slot(5, 12), b"E8EB1B202027");
        assert_eq!(slot(10, 72), hex(DEVICE));
        assert_eq!(slot(11, 72), hex(SIGNER_KEY));
        assert_eq!(slot(12, 72), hex(SIGNER));
        assert_eq!(rig.run(GENKEY, 0x00, 0, &[]), hex(KEY));
    }
}

const DEVICE: &str = "e197aa26d2d0ac94ab4decc230554f5611cd53ae24ad1ae2737ea2d69ecaa2ad25d05c0e6ea51c603e5a5b84\
     e04cab5126c6bdb37c8906a159606c3482b024afa5ac9c2c0030a000";
const SIGNER_KEY: &str = "000000002eba1b2ad0b73e4e44725e0c09348d4092a08bd7a8b7619bfdc7a56eb2054bdc00000000a338f00d\
     c64dec1d84b4b36ec62426bd4c9340244fa853e235d053c05df67ef4";
const SIGNER: &str = "ecc949988f619130b9277322958cfda97d9b0a8cb8f37894bcc473e9d47a40872123d5a2566b89a159bc8a8d\
     e52283ce16b5337b2a2599afe4d75efa073ed611963a9f2c0010a000";
const KEY: &str = "d330b8b2ede4d502df48b54a2f29cc79f901e594fd6bf92deb6d187ac77f2dbbb160279a4a20a7e6e3507f97\
     3aad43919bef2d1c99b29c153323dfcd99106769";
