//! Chips as people have them: address, locks, keys, and what is special about each.

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::Rule;
use atecc608_sim::preset::Preset;

fn rig(preset: Preset) -> Rig {
    let mut rig = Rig::asleep(preset.chip(1));
    rig.address = preset.address() << 1;
    rig.wake();
    rig
}

#[test]
fn each_answers_where_it_should_and_is_locked() {
    let trust_b = (3, [0x01, 0x61]);
    let blank = (2, [0xEE, 0x01]);
    for (preset, address, (revision, bytes)) in [
        (Preset::TngTls, 0x35, trust_b),
        (Preset::TngTlsLegacy, 0x35, (2, [0x01, 0x01])),
        (Preset::TngTlsPublished, 0x35, trust_b),
        (Preset::TflxTls, 0x36, trust_b),
        (Preset::TngLora, 0x59, (3, [0x27, 0x61])),
        (Preset::TngAct, 0x59, (3, [0x10, 0x61])),
        (Preset::Arduino, 0x60, blank),
        (Preset::Helium, 0x60, blank),
        (Preset::NervesKey, 0x60, blank),
        (Preset::NervesKeyVolatile, 0x60, blank),
        (Preset::DemoSigner, 0x62, blank),
    ] {
        assert_eq!(preset.address(), address, "{preset}");
        let mut rig = rig(preset);
        assert_eq!(rig.read(4), Some(hex("04113343")), "{preset}");
        assert_eq!(rig.run(READ, 0x00, 21, &[])[2..], [0, 0], "{preset}");
        assert_eq!(rig.run(INFO, 0x00, 0, &[]), [0, 0, 0x60, revision]);
        assert_eq!(rig.run(READ, 0x00, 3, &[])[..2], bytes, "{preset}");
        // AES is there whatever the other bits of byte 13 say.
        assert_eq!(rig.run(AES, 0x03, 0, &[0; 32]).len(), 16);
    }
}

/// Every key signs, and what it signs verifies with the public key that GenKey gives.
#[test]
fn keys_work() {
    for preset in Preset::ALL {
        for slot in 0..16 {
            let mut rig = rig(preset);
            let valid = rig.run(INFO, 0x01, slot, &[])[0];
            assert_eq!(valid == 1, preset.keys().contains(&usize::from(slot)), "{preset} {slot}");
            if valid == 0 {
                continue;
            }
            let public = rig.run(GENKEY, 0x00, slot, &[]);
            if preset == Preset::TngTlsPublished && slot == 0 {
                continue; // known_key.rs
            }
            rig.load_temp_key(&[0x17; 32]);
            let signature = rig.run(SIGN, 0x80, slot, &[]);
            let internal_only = slot == 1 && [0x35, 0x36].contains(&preset.address());
            let latched = preset == Preset::NervesKeyVolatile;
            if internal_only || latched {
                assert_eq!(signature, [REFUSED], "{preset} {slot}");
            } else {
                assert!(verifies(&public, &[0x17; 32], &signature), "{preset} {slot}");
            }
        }
    }
}

#[test]
fn trust_parts_have_their_codes() {
    for (preset, code) in [
        (Preset::TngTls, "x6tjuZMy"),
        (Preset::TngTlsLegacy, "wdNxAjae"),
        (Preset::TngTlsPublished, "x6tjuZMy"),
        (Preset::TflxTls, "MKMwyhP1"),
        (Preset::TngLora, "jsMu7iYO"),
        (Preset::TngAct, "09qJNxI3"),
    ] {
        let otp = rig(preset).run(READ, 0x81, 0, &[]);
        assert_eq!(&otp[..8], code.as_bytes());
        assert_eq!(otp[8..], [0; 24]);
    }
    assert_eq!(rig(Preset::Arduino).run(READ, 0x81, 0, &[]), [0xFF; 32]);
}

#[test]
fn trust_parts_have_their_addresses() {
    for (preset, slot, company, length) in [
        (Preset::TngTls, 5, "E8EB1B", 12),
        (Preset::TngLora, 10, "0004A3", 16),
        (Preset::TngAct, 10, "0004A3", 16),
    ] {
        let address = rig(preset).run(READ, 0x82, slot << 3, &[]);
        assert!(address.starts_with(company.as_bytes()), "{preset}");
        assert!(address[..length].iter().all(u8::is_ascii_hexdigit), "{preset}");
        assert_eq!(address[length..], vec![0xFF; 32 - length], "{preset}");
    }
    assert_eq!(rig(Preset::TngTlsLegacy).run(READ, 0x82, 5 << 3, &[]), [REFUSED]);
}

/// What the data sheet of the LoRaWAN part says of its slots.
#[test]
fn lora_slots_do_what_they_are_for() {
    let mut rig = rig(Preset::TngLora);
    // Session keys are written in the clear and read by nobody who has not the key in slot 14.
    for slot in 2..=7 {
        assert_eq!(rig.status(WRITE, 0x82, slot << 3, &[7; 32]), OK, "{slot}");
        assert_eq!(rig.run(READ, 0x82, slot << 3, &[]), [REFUSED], "{slot}");
        assert_eq!(rig.run(AES, 0x00, slot, &[0; 16]).len(), 16, "{slot}");
    }
    assert_eq!(rig.status(WRITE, 0x82, 0, &[7; 32]), REFUSED, "the root key");
    assert_eq!(rig.run(AES, 0x00, 0, &[0; 16]).len(), 16, "which encrypts");
    assert_eq!(rig.status(WRITE, 0x82, 13 << 3, &[7; 32]), REFUSED, "the key for another network");
    assert_eq!(rig.status(WRITE, 0x82, 14 << 3, &[7; 32]), OK, "the I/O protection key");
    // "Slots 8, 10 and 14 may be locked."
    let locked = |slot: &u16| rig.status(LOCK, 0x02 | (*slot as u8) << 2, 0, &[]) == OK;
    assert_eq!((0..16).filter(locked).collect::<Vec<_>>(), [8, 10, 14]);
    // DeriveKey into slot 0 needs its MAC.
    rig.random_temp_key();
    assert_eq!(rig.status(DERIVE_KEY, 0x00, 0, &[0; 32]), REFUSED);
    assert_eq!(rig.chip.executed().last().unwrap().refused, Some(Rule::Mac));
}

/// NervesKey's volatile key is an AES key by its type, and authorises (chip reference 4.7): dead, unlocked, alive
/// until the supply is cut.
#[test]
fn the_volatile_key_opens_the_latch() {
    let mut rig = rig(Preset::NervesKeyVolatile);
    let sign = |rig: &mut Rig| {
        rig.load_temp_key(&[0x17; 32]);
        rig.verdict(SIGN, 0x80, 0, &[])
    };
    let mac = |rig: &mut Rig| rig.verdict(MAC, 0x00, 2, &[7; 32]);
    assert_eq!((sign(&mut rig), mac(&mut rig)), (REFUSED, REFUSED));
    assert_eq!(rig.status(INFO, 0x04, 3, &[]), REFUSED, "nobody has authorised");
    let authorise = |rig: &mut Rig, key: &[u8; 32]| {
        let random = rig.run(NONCE, 0x00, 0, &[7; 20]);
        let temp_key = sha256(&[&random, &[7; 20], &[0x16, 0, 0]]);
        let serial = [rig.chip.eeprom().config()[12], 0x01, 0x23];
        let response = sha256(&[key, &temp_key, &[0; 15], &serial[..1], &[0; 4], &serial[1..], &[0; 2]]);
        rig.status(CHECKMAC, 0x01, 1, &[&[0; 32][..], &response, &[0; 13]].concat())
    };
    assert_eq!(authorise(&mut rig, &[0; 32]), 0x01);
    assert_eq!(authorise(&mut rig, &Preset::VOLATILE_KEY), OK);
    assert_eq!(rig.authorised(), Some(1));
    assert_eq!(rig.run(INFO, 0x04, 3, &[]), [0; 4]);
    rig.sleep();
    rig.wake();
    assert_eq!((sign(&mut rig), mac(&mut rig)), (OK, OK));
    rig.power_off();
    assert_eq!((sign(&mut rig), mac(&mut rig)), (REFUSED, REFUSED));
}

#[test]
fn names_and_seeds() {
    for preset in Preset::ALL {
        assert_eq!(preset.to_string().parse(), Ok(preset));
        assert!(preset.eeprom(7) == preset.eeprom(7));
        let key = |seed| preset.eeprom(seed).slot(preset.keys()[preset.keys().len() - 1]).to_vec();
        // A signer has many chips.
        assert_eq!(key(7) == key(8), preset == Preset::DemoSigner, "{preset}");
        let serial = preset.eeprom(7).serial_of();
        assert_eq!(serial == Chip::blank(7).eeprom().serial_of(), preset != Preset::TngTlsPublished);
    }
    assert_ne!(Preset::TngTls.eeprom(7).slot(0), Preset::TflxTls.eeprom(7).slot(0));
    let error = "tngtl".parse::<Preset>().unwrap_err().to_string();
    let known = "tngtls, tngtls-legacy, tngtls-published, tflxtls, tnglora, tngact, arduino, helium, nerveskey, \
                 nerveskey-volatile, demo-signer";
    assert_eq!(error, format!("no preset \"tngtl\"; there are {known}"));
}

/// The part of the serial number that differs from chip to chip.
trait Serial {
    fn serial_of(&self) -> Vec<u8>;
}

impl Serial for atecc608_sim::chip::Eeprom {
    fn serial_of(&self) -> Vec<u8> {
        [&self.config()[2..4], &self.config()[8..12]].concat()
    }
}
