//! Secure boot.

use crate::device::{KEY, fresh, public_of, sign};
use crate::ear::{Ear, Hand, Heard, NONCE, Swap, Tape, Trick};
use atecc608::blocking::Atecc608;
use atecc608::command::SecureBootCheck;
use atecc608::config::ConfigZone;
use atecc608::config::build::{Builder, Purpose};
use atecc608::{Secret, Signature, Slot};
use atecc608_sim::hal::SimDelay;
use atecc608_sim::{Bus, Chip, ChipId};

const SECURE_BOOT: u8 = 0x80;
const IO_KEY: [u8; 32] = [0xA6; 32];
const OLD: [u8; 32] = [0x01; 32];
const NEW: [u8; 32] = [0x02; 32];

struct Boot {
    chip: Atecc608<Ear, SimDelay>,
    bus: Bus,
    attacker: Hand,
    tape: Tape,
    swap: Swap,
}

impl Boot {
    fn new() -> Boot {
        let mut eeprom = Chip::blank(608).eeprom().clone();
        let mut zone = Builder::new(&ConfigZone::from_bytes(*eeprom.config()))
            .slot(Slot::S6, Purpose::IoProtectionKey)
            .slot(Slot::S11, Purpose::SecureBootKey { digest: Slot::S12 })
            .slot(Slot::S12, Purpose::SecureBootDigest)
            .build()
            .unwrap();
        zone.set_byte(86, 0);
        zone.set_byte(87, 0);
        eeprom.set_config(zone.as_bytes());
        eeprom.set_slot(6, &IO_KEY);
        eeprom.set_public_key(11, &public_of(&KEY));
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(eeprom));
        let ear = Ear::on(&bus);
        let (tape, swap) = (ear.tape.clone(), ear.swap.clone());
        Boot { chip: Atecc608::new(ear, bus.delay()), attacker: Hand::on(&bus), bus, tape, swap }
    }

    fn heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.tape.lock().unwrap())
    }

    fn stored(&self) -> Vec<u8> {
        self.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().slot(12)[..32].to_vec())
    }

    fn install(&mut self, digest: &[u8; 32]) {
        let signature = Signature::from_bytes(sign(&KEY, digest));
        self.chip.secure_boot(digest, SecureBootCheck::Copy(&signature)).unwrap();
    }

    fn boots(&mut self, digest: &[u8; 32]) -> bool {
        let io_key = Secret::new(IO_KEY);
        self.chip.secure_boot_protected(digest, SecureBootCheck::Stored, None, &io_key, &fresh()).is_ok()
    }
}

/// An image that was signed once stays signed: who heard it installed installs it again. SecureBoot knows no versions; a
/// counter does (`examples/secure_update.rs`).
#[test]
fn an_old_image_is_installed_again() {
    let mut boot = Boot::new();
    boot.install(&OLD);
    let tape = boot.heard();
    boot.install(&NEW);
    assert!(boot.boots(&NEW) && !boot.boots(&OLD));
    boot.attacker.play(&tape, Trick::Verbatim);
    assert_eq!(boot.stored(), OLD);
    assert!(boot.boots(&OLD));
}

/// Another image is not, and the proof of one start is none for the next.
#[test]
fn recorded_starts_prove_nothing() {
    let mut boot = Boot::new();
    boot.install(&NEW);
    boot.heard();
    assert!(boot.boots(&NEW));
    let tape = boot.heard();
    // To the host: the answers of then.
    let mut answers = tape.clone().into_iter();
    *boot.swap.lock().unwrap() =
        Some(Box::new(move |heard| answers.find(|old| old.opcode == heard.opcode).map(|old| old.answer)));
    assert!(!boot.boots(&NEW), "a fresh share of the nonce");
    *boot.swap.lock().unwrap() = None;
    // To the chip: RandNonce refuses the nonce of then.
    for trick in Trick::ALL {
        let answers = boot.attacker.play(&tape, trick);
        let proof = &tape.last().unwrap().answer;
        assert_eq!((tape.last().unwrap().opcode, proof.len()), (SECURE_BOOT, 32));
        assert_ne!(answers.last().unwrap(), proof, "{trick:?}");
    }
    assert!(tape.iter().any(|heard| heard.opcode == NONCE));
    assert_eq!(boot.stored(), NEW);
}
