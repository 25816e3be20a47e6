//! Certificates on the chip: written, read, and handed out only when they verify.

mod chains;
mod encrypted;
mod provision;
mod read;
mod read_encrypted;
mod write;

use super::rig::Rig;
use atecc608::blocking::sign;
use atecc608::x509::{ChipError, Compressed, Dates, Definition, Error, Parts, SlotPlace, Stored};
use atecc608::{SerialNumber, Slot};
use testkit::{Failure, Locks, fleet, known_public_key};

/// Where an operation fails because of what a certificate says.
fn says<T: std::fmt::Debug>(result: Result<T, ChipError<atecc608_sim::hal::I2cError>>) -> Error {
    match result {
        Err(ChipError::X509(error)) => error,
        other => panic!("{other:?}"),
    }
}

/// Where it fails because of the chip.
fn fails<T: std::fmt::Debug>(result: Result<T, ChipError<atecc608_sim::hal::I2cError>>) -> Failure {
    match result {
        Err(ChipError::Chip(error)) => error,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn serial(rig: &Rig) -> SerialNumber {
    rig.config().serial_number()
}

/// The certificate of the key in slot 0.
fn certificate(rig: &Rig) -> Compressed {
    fleet::certificate(known_public_key(), serial(rig), &fleet::dates())
}

/// The chip of the preset with all of its first identity, written behind its back.
pub(crate) fn enrolled(locks: Locks) -> Rig {
    let rig = Rig::x509(locks);
    let device = certificate(&rig);
    rig.poke(|eeprom| {
        eeprom.set_slot(10, device.as_bytes());
        eeprom.set_slot(11, &Stored::Key(&fleet::SIGNER_KEY).to_bytes());
        eeprom.set_slot(12, fleet::SIGNER_CERTIFICATE.as_bytes());
    });
    rig
}

/// A certificate of the key in slot 0 with an address and a serial number.
fn labelled(rig: &Rig, label: &[u8], number: &[u8], dates: &Dates) -> Compressed {
    let texts = [label];
    let parts = Parts::new(known_public_key(), *fleet::SIGNER_KEY)
        .with_chip_serial(serial(rig))
        .with_serial(number)
        .with_texts(&texts);
    let mut buffer = [0; 1024];
    let unsigned = fleet::LABELLED.issue(&parts, fleet::ID, dates, &mut buffer).expect("parts that fit");
    let der = sign(unsigned, &mut fleet::signer()).expect("a signature");
    fleet::LABELLED.compress(der, fleet::ID, &parts).expect("what the template makes")
}

/// The bytes of a place behind the chip's back.
fn bytes_at(rig: &Rig, place: SlotPlace) -> Vec<u8> {
    rig.eeprom().slot(place.slot().index())[place.offset()..][..SlotPlace::LEN].to_vec()
}

/// A definition whose certificate lies elsewhere.
fn moved(definition: &Definition<'static>, to: SlotPlace) -> Definition<'static> {
    Definition::new(definition.template(), to, definition.subject_key(), definition.issuer_key())
}

const DATA_SLOT: Slot = Slot::S8;
