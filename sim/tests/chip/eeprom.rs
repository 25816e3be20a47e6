//! What the chip remembers without power, as bytes and as random numbers.

use crate::rig::*;
use atecc608_sim::Chip;
use atecc608_sim::chip::{Eeprom, EepromError};

#[test]
fn saved_and_read_back() {
    let mut chip = Chip::blank(5);
    let eeprom = chip.eeprom_mut();
    eeprom.set_otp(&[0x12; 64]);
    eeprom.set_slot(8, &counting(0, 200));
    eeprom.set_private_key(0, &hex32(KNOWN_KEY));
    eeprom.set_public_key(15, &known_public());
    let copy = Eeprom::from_bytes(&eeprom.to_bytes()).unwrap();
    assert_eq!(copy.config(), eeprom.config());
    assert_eq!(copy.otp(), eeprom.otp());
    for slot in 0..16 {
        assert_eq!(copy.slot(slot), eeprom.slot(slot));
    }
    assert_eq!(copy.to_bytes(), eeprom.to_bytes());
}

#[test]
fn damaged_bytes_are_refused() {
    let good = Chip::blank(5).eeprom().to_bytes();
    for index in (0..good.len()).step_by(13) {
        let mut bad = good.clone();
        bad[index] ^= 0x04;
        let error = Eeprom::from_bytes(&bad).unwrap_err();
        match index {
            0..8 => assert_eq!(error, EepromError::NotAnEeprom),
            8 => assert_eq!(error, EepromError::Version(bad[8])),
            _ => assert_eq!(error, EepromError::Damaged),
        }
    }
    assert_eq!(Eeprom::from_bytes(&[]), Err(EepromError::NotAnEeprom));
    assert_eq!(Eeprom::from_bytes(&good[..8]), Err(EepromError::Length(8)));
    assert_eq!(Eeprom::from_bytes(&good[..100]), Err(EepromError::Length(100)));
    assert_eq!(Eeprom::from_bytes(&[&good[..], &[0]].concat()), Err(EepromError::Length(good.len() + 1)));
    let mut newer = good;
    newer[8] = 9;
    assert_eq!(Eeprom::from_bytes(&newer), Err(EepromError::Version(9)));
}

#[test]
fn generation_follows_changes() {
    let mut rig = Rig::blank();
    let mut last = rig.chip.eeprom().generation();
    let mut changed = |rig: &Rig| {
        let now = rig.chip.eeprom().generation();
        core::mem::replace(&mut last, now) != now
    };
    rig.run(INFO, 0, 0, &[]);
    rig.run(RANDOM, 0, 0, &[]);
    rig.run(READ, 0x80, 0, &[]);
    assert!(!changed(&rig));
    assert_eq!(rig.status(WRITE, 0x00, 5, &[0; 4]), OK);
    assert!(changed(&rig));
    assert_eq!(rig.status(WRITE, 0x00, 0, &[0; 4]), REFUSED);
    assert!(!changed(&rig));
    assert_eq!(rig.status(UPDATE_EXTRA, 0, 1, &[]), OK);
    assert!(changed(&rig));
    assert_eq!(rig.status(LOCK, 0x80, 0, &[]), OK);
    assert!(changed(&rig));
    assert_eq!(rig.run(GENKEY, 0x04, 2, &[]).len(), 64);
    assert!(changed(&rig));
    rig.run(COUNTER, 1, 0, &[]);
    assert!(changed(&rig));
    rig.chip.eeprom_mut().set_slot(9, &[1]);
    assert!(changed(&rig));
    rig.idle();
    rig.wake();
    assert!(!changed(&rig));
    // The seed moves on.
    rig.sleep();
    rig.wake();
    assert!(changed(&rig));
}

/// A random number of a chip that has its config zone locked.
fn random(rig: &mut Rig) -> Vec<u8> {
    rig.run(RANDOM, 0, 0, &[])
}

fn locked(chip: Chip) -> Rig {
    let mut rig = Rig::asleep(chip);
    rig.configure(|config| config[87] = 0);
    rig.wake();
    rig
}

#[test]
fn same_seed_same_numbers() {
    let (mut first, mut second) = (locked(Chip::blank(9)), locked(Chip::blank(9)));
    assert_eq!(first.chip.eeprom().config(), second.chip.eeprom().config());
    assert_eq!(random(&mut first), random(&mut second));
    let mut other = locked(Chip::blank(10));
    assert_ne!(first.chip.eeprom().config()[..13], other.chip.eeprom().config()[..13]);
    assert_ne!(random(&mut first), random(&mut other));
}

#[test]
fn numbers_do_not_repeat_after_a_restart() {
    let mut rig = locked(Chip::blank(9));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(random(&mut rig));
        rig.sleep();
        rig.wake();
    }
    for _ in 0..4 {
        seen.push(random(&mut rig));
        let saved = rig.chip.eeprom().to_bytes();
        seen.push(random(&mut rig));
        rig = locked(Chip::with_eeprom(Eeprom::from_bytes(&saved).unwrap()));
    }
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

#[test]
fn restart_keeps_keys_and_locks() {
    let mut rig = Rig::new(captured_config(), Locks::C1D1);
    let public = rig.run(GENKEY, 0x04, 0, &[]);
    let saved = rig.chip.eeprom().to_bytes();
    let mut rig = Rig::asleep(Chip::with_eeprom(Eeprom::from_bytes(&saved).unwrap()));
    rig.wake();
    assert_eq!(rig.run(GENKEY, 0x00, 0, &[]), public);
    assert_eq!(rig.status(WRITE, 0x00, 5, &[0; 4]), REFUSED);
}

#[test]
fn debug_output_shows_no_secrets() {
    let mut rig = Rig::blank();
    rig.poke_key(0);
    rig.load_temp_key(&[0xD7; 32]);
    rig.chip.eeprom_mut().set_slot(8, &[0xD7; 416]);
    let text = format!("{:?} {:#?}", rig.chip, rig.chip.eeprom()).to_lowercase();
    for secret in ["d7, d7", "87, 8f", "878f", "215, 215", "135, 143"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("0x60"));
}
