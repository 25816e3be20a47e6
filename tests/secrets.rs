//! Secrets do not show: in `Debug`, in errors, in what the simulated chip says of itself.

use atecc608::blocking::{Atecc608, Cmac, SharedKey};
use atecc608::command::raw::RawCommand;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::memory::Block;
use atecc608::{Secret, Slot};
use atecc608::{
    command::{
        Aes, AesDirection, AesKey, Command, Derivation, KdfOutput, KdfSource, NonceFixed, PrivWriteClear,
        PrivWriteEncrypted, ShaEnd, ShaTarget, ShaUpdate, WriteBlock, WriteEncrypted,
    },
    wire::{Opcode, Reply},
};
use atecc608_sim::{Bus, ChipId};
use core::fmt::Debug;

/// A byte that is in no length, name or status.
const BYTE: u8 = 0xA7;
const KEY: [u8; 32] = [BYTE; 32];

/// Neither in decimal nor in hexadecimal digits.
#[track_caller]
fn shows_nothing(text: &str) {
    for digits in ["167", "a7", "A7"] {
        assert!(!text.contains(digits), "{text}");
    }
    assert!(!text.is_empty());
}

#[track_caller]
fn debug_shows_nothing(value: &impl Debug) {
    shows_nothing(&format!("{value:?} {value:#?} {value:x?} {value:X?}"));
}

/// The test would see them.
#[test]
#[should_panic(expected = "167")]
fn bytes_that_show_are_found() {
    debug_shows_nothing(&KEY);
}

#[test]
fn values_that_hold_secrets() {
    let secret = Secret::new(KEY);
    debug_shows_nothing(&secret);
    debug_shows_nothing(&SharedKey { slot: Slot::S4, key: secret.clone() });
    debug_shows_nothing(&Cmac::new(AesKey::first_of(Slot::S1)));
    let bus = Bus::with_blank_chip(608);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut stream = chip.sha256_stream();
    stream.update(&KEY[..20]).unwrap();
    debug_shows_nothing(&stream);
}

#[test]
fn commands_that_carry_secrets() {
    let old = OldKeyIsLost;
    let block = Block::data(Slot::S8, 0).unwrap();
    debug_shows_nothing(&PrivWriteClear { slot: Slot::S0, key: &KEY, old });
    let (ciphertext, mac) = ([BYTE; 36], [BYTE; 32]);
    debug_shows_nothing(&PrivWriteEncrypted { slot: Slot::S0, ciphertext: &ciphertext, mac: &mac, old });
    debug_shows_nothing(&WriteBlock(block, &KEY));
    debug_shows_nothing(&WriteEncrypted { block, ciphertext: &KEY, mac: &KEY });
    debug_shows_nothing(&NonceFixed::TempKey(&KEY));
    debug_shows_nothing(&Aes {
        key: AesKey::first_of(Slot::S1),
        direction: AesDirection::Decrypt,
        input: &[BYTE; 16],
    });
    debug_shows_nothing(&ShaUpdate::new(&KEY).unwrap());
    let derivation = Derivation::hkdf(&KEY).unwrap();
    debug_shows_nothing(&derivation);
    debug_shows_nothing(&KdfOutput::new(KdfSource::Slot(Slot::S4), derivation).unwrap());
    debug_shows_nothing(&ShaEnd::new(&KEY, ShaTarget::OutputOnly).unwrap());
    debug_shows_nothing(&RawCommand::new(Opcode::Write, 0x82, 0, &KEY, Reply::Status));
    // What goes to the wire has them all the same.
    let sent = PrivWriteClear { slot: Slot::S0, key: &KEY, old };
    assert!(sent.request().data().concat().contains(&BYTE));
}

#[test]
fn errors_about_secrets() {
    let bus = Bus::with_blank_chip(608);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let secret = Secret::new(KEY);
    let shared = SharedKey { slot: Slot::S4, key: secret.clone() };
    let errors = [
        chip.write_private_key(Slot::S0, &secret, OldKeyIsLost).unwrap_err(),
        chip.write_slot(Slot::S8, 0, &KEY).unwrap_err(),
        chip.write_slot(Slot::S8, 1, &KEY).unwrap_err(),
        chip.write_encrypted(Slot::S8, 0, &secret, &shared, &[1; 20]).unwrap_err(),
        chip.check_password(&shared, &[1; 20]).unwrap_err(),
    ];
    for error in errors {
        debug_shows_nothing(&error);
        shows_nothing(&error.to_string());
    }
}

#[test]
fn the_simulated_chip_about_itself() {
    let bus = Bus::with_blank_chip(608);
    bus.with_chip(ChipId::FIRST, |chip| {
        chip.eeprom_mut().set_private_key(0, &KEY);
        chip.eeprom_mut().set_slot(4, &KEY);
        debug_shows_nothing(chip);
        debug_shows_nothing(chip.eeprom());
    });
    debug_shows_nothing(&bus);
}
