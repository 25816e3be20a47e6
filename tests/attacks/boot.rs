//! Secure boot.

use crate::device::{KEY, fresh, public_of, sign};
use crate::eavesdropper::{Attacker, Eavesdropper, Exchange, NONCE, Recording, Replay, Swap};
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
    chip: Atecc608<Eavesdropper, SimDelay>,
    bus: Bus,
    attacker: Attacker,
    recording: Recording,
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
        let eavesdropper = Eavesdropper::on(&bus);
        let (recording, swap) = (eavesdropper.recording.clone(), eavesdropper.swap.clone());
        Boot {
            chip: Atecc608::new(eavesdropper, bus.delay()),
            attacker: Attacker::on(&bus),
            bus,
            recording,
            swap,
        }
    }

    fn recorded(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.recording.lock().unwrap())
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

/// An image that was signed once stays signed: who recorded its installation installs it again. SecureBoot knows no versions; a
/// counter does (`examples/secure_update.rs`).
#[test]
fn an_old_image_is_installed_again() {
    let mut boot = Boot::new();
    boot.install(&OLD);
    let recording = boot.recorded();
    boot.install(&NEW);
    assert!(boot.boots(&NEW) && !boot.boots(&OLD));
    boot.attacker.play(&recording, Replay::Verbatim);
    assert_eq!(boot.stored(), OLD);
    assert!(boot.boots(&OLD));
}

/// Another image is not, and the proof of one start is none for the next.
#[test]
fn recorded_starts_prove_nothing() {
    let mut boot = Boot::new();
    boot.install(&NEW);
    boot.recorded();
    assert!(boot.boots(&NEW));
    let recording = boot.recorded();
    // To the host: the answers of then.
    let mut answers = recording.clone().into_iter();
    *boot.swap.lock().unwrap() = Some(Box::new(move |exchange| {
        answers.find(|old| old.opcode == exchange.opcode).map(|old| old.answer)
    }));
    assert!(!boot.boots(&NEW), "a fresh share of the nonce");
    *boot.swap.lock().unwrap() = None;
    // To the chip: RandNonce refuses the nonce of then.
    for replay in Replay::ALL {
        let answers = boot.attacker.play(&recording, replay);
        let proof = &recording.last().unwrap().answer;
        assert_eq!((recording.last().unwrap().opcode, proof.len()), (SECURE_BOOT, 32));
        assert_ne!(answers.last().unwrap(), proof, "{replay:?}");
    }
    assert!(recording.iter().any(|exchange| exchange.opcode == NONCE));
    assert_eq!(boot.stored(), NEW);
}
