//! What a finished chip has is read and verified; nothing is changed.

use super::contents;
use super::outcome::{Step, Trouble, at};
use super::recipe::Recipe;
use super::socket::{ANOTHER, CERTIFICATE, Found, KEY, SIGNER_CERTIFICATE, SIGNER_KEY, is_as_locked};
use crate::authority::Issuer;
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Needs};
use atecc608::wire::frame::crc16;
use atecc608::x509::{DateTime, P256, SlotPlace, Stored, Verifier};
use atecc608::{PublicKey, SerialNumber, Slot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// What a chip has.
pub(super) struct Read {
    pub(super) zone: ConfigZone,
    pub(super) configuration_crc: u16,
    pub(super) keys: Vec<(Slot, PublicKey)>,
    pub(super) certificate: Option<ReadCertificate>,
}

/// The certificate in it.
pub(super) struct ReadCertificate {
    pub(super) compressed: [u8; 72],
    pub(super) der: Vec<u8>,
}

impl Read {
    /// The certificate in DER; nothing if it has none.
    pub(super) fn der(&self) -> &[u8] {
        self.certificate.as_ref().map_or(&[], |certificate| &certificate.der)
    }
}

/// What the chip has, if it is what the recipe says: configuration and locks, keys, contents that can be read; and with
/// an issuer a certificate of its signer for this chip and its key, with the signer's key and certificate beside it.
pub(super) fn read_back<I: I2c, D: DelayNs, S: CertificateSigner<Error: Display>>(
    chip: &mut Atecc608<I, D>,
    found: &Found,
    recipe: &Recipe,
    issuer: Option<&Issuer<S>>,
) -> Result<Read, Trouble> {
    let zone = chip.read_config().map_err(at(Step::ReadBack))?;
    if zone.serial_number() != found.serial {
        return Err(at(Step::ReadBack)(ANOTHER));
    }
    if !is_as_locked(&zone, &recipe.configuration(&zone)) {
        return Err(Trouble::Refused("its configuration is locked, and is another one".to_owned()));
    }
    let (config, data) = recipe.locks();
    let slots = recipe.open_slots(&zone).is_empty();
    if config && !zone.is_config_locked() || data && !zone.is_data_locked() || !slots {
        return Err(at(Step::ReadBack)("the chip is not locked"));
    }
    let keys = recipe.keys().iter().map(|slot| match chip.public_key(*slot) {
        Ok(key) => Ok((*slot, key)),
        Err(error) => Err(at(Step::ReadBack)(format!("{slot}: {error}"))),
    });
    let keys = keys.collect::<Result<Vec<_>, _>>()?;
    contents::read_back(chip, recipe, &zone)?;
    let certificate = issuer.map(|issuer| certificate(chip, found, &key_of(&keys)?, issuer)).transpose()?;
    // As it was when it was locked: with both locks open.
    let mut as_written = zone;
    (86..88).for_each(|offset| as_written.set_byte(offset, 0x55));
    let [low, high] = crc16([&as_written.as_bytes()[..]]);
    Ok(Read { zone, configuration_crc: u16::from_le_bytes([low, high]), keys, certificate })
}

/// The key that a certificate is for.
pub(super) fn key_of(keys: &[(Slot, PublicKey)]) -> Result<PublicKey, Trouble> {
    let key = keys.iter().find(|(slot, _)| *slot == KEY);
    key.map(|(_, key)| *key).ok_or_else(|| at(Step::Key)("the recipe has no key for the certificate"))
}

fn certificate<I: I2c, D: DelayNs, S: CertificateSigner<Error: Display>>(
    chip: &mut Atecc608<I, D>,
    found: &Found,
    key: &PublicKey,
    issuer: &Issuer<S>,
) -> Result<ReadCertificate, Trouble> {
    let compressed = place(chip, CERTIFICATE)?;
    let signer_key = place(chip, SIGNER_KEY)?;
    let signer = place(chip, SIGNER_CERTIFICATE)?;
    if signer_key != Stored::Key(&issuer.public_key()).to_bytes() || signer != *issuer.compressed().as_bytes()
    {
        return Err(Trouble::Refused(
            "it is locked, and has not this signer's key and certificate: another signer's chip".to_owned(),
        ));
    }
    let der = issuer.rebuild(&compressed, found.serial, key).map_err(|error| {
        Trouble::Refused(format!("it is locked, and has no certificate of this signer: {error}"))
    })?;
    Ok(ReadCertificate { compressed, der })
}

fn place<I: I2c, D: DelayNs>(chip: &mut Atecc608<I, D>, place: SlotPlace) -> Result<[u8; 72], Trouble> {
    let mut bytes = [0; 72];
    chip.read_slot(place.slot(), place.offset(), &mut bytes).map_err(at(Step::ReadBack))?;
    Ok(bytes)
}

/// Each key that may sign anything signs what no chip has signed before.
pub(super) fn proves_its_keys<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    read: &Read,
    recipe: &Recipe,
    serial: SerialNumber,
    now: &DateTime,
) -> Result<(), Trouble> {
    for (slot, key) in &read.keys {
        // Neither uses that are counted nor a secret that authorises are the station's to spend.
        if read.zone.permission(*slot, Action::SignExternal, recipe.stage()) != Some(Needs::NOTHING) {
            continue;
        }
        let challenge = format!("{serial} has its key in {slot} at {now}");
        let digest: [u8; 32] = Sha256::digest(&challenge).into();
        let signature = chip.sign_digest(*slot, &digest).map_err(at(Step::ReadBack))?;
        if !P256.verify(key, challenge.as_bytes(), &signature) {
            return Err(at(Step::ReadBack)(format!("{slot}: the chip signs with another key than it gives")));
        }
    }
    Ok(())
}
