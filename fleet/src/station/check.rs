//! What a locked chip has is read and verified; nothing is changed.

use super::outcome::{Step, Trouble, at};
use super::socket::{ANOTHER, CERTIFICATE, Found, KEY, SIGNER_CERTIFICATE, SIGNER_KEY, is_as_locked};
use crate::authority::Issuer;
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::config::preset;
use atecc608::wire::frame::crc16;
use atecc608::x509::{DateTime, P256, SlotPlace, Stored, Verifier};
use atecc608::{PublicKey, SerialNumber};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use sha2::{Digest, Sha256};
use std::fmt::Display;

/// What a chip has.
pub(super) struct Read {
    pub(super) configuration_crc: u16,
    pub(super) public_key: PublicKey,
    pub(super) compressed: [u8; 72],
    /// In DER.
    pub(super) certificate: Vec<u8>,
}

/// The certificate in the chip, if it is one of this signer for this chip and its key, both zones are locked, and the
/// signer's key and certificate stand beside it.
pub(super) fn read_back<I: I2c, D: DelayNs, S: CertificateSigner<Error: Display>>(
    chip: &mut Atecc608<I, D>,
    found: &Found,
    issuer: &Issuer<S>,
) -> Result<Read, Trouble> {
    let zone = chip.read_config().map_err(at(Step::ReadBack))?;
    if zone.serial_number() != found.serial {
        return Err(at(Step::ReadBack)(ANOTHER));
    }
    if !is_as_locked(&zone, &preset::x509_device(&zone)) {
        return Err(Trouble::Refused("its configuration is locked, and is another one".to_owned()));
    }
    if !zone.is_config_locked() || !zone.is_data_locked() {
        return Err(at(Step::ReadBack)("the chip is not locked"));
    }
    let public_key = chip.public_key(KEY).map_err(at(Step::ReadBack))?;
    let compressed = place(chip, CERTIFICATE)?;
    let signer_key = place(chip, SIGNER_KEY)?;
    let signer = place(chip, SIGNER_CERTIFICATE)?;
    if signer_key != Stored::Key(&issuer.public_key()).to_bytes() || signer != *issuer.compressed().as_bytes()
    {
        return Err(Trouble::Refused(
            "it is locked, and has not this signer's key and certificate: another signer's chip".to_owned(),
        ));
    }
    let certificate = issuer.rebuild(&compressed, found.serial, &public_key).map_err(|error| {
        Trouble::Refused(format!("it is locked, and has no certificate of this signer: {error}"))
    })?;
    // As it was when it was locked: with both locks open.
    let mut as_written = zone;
    (86..88).for_each(|offset| as_written.set_byte(offset, 0x55));
    let [low, high] = crc16([&as_written.as_bytes()[..]]);
    Ok(Read { configuration_crc: u16::from_le_bytes([low, high]), public_key, compressed, certificate })
}

fn place<I: I2c, D: DelayNs>(chip: &mut Atecc608<I, D>, place: SlotPlace) -> Result<[u8; 72], Trouble> {
    let mut bytes = [0; 72];
    chip.read_slot(place.slot(), place.offset(), &mut bytes).map_err(at(Step::ReadBack))?;
    Ok(bytes)
}

/// The chip signs what no chip has signed before.
pub(super) fn proves_its_key<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    key: &PublicKey,
    serial: SerialNumber,
    now: &DateTime,
) -> Result<(), Trouble> {
    let challenge = format!("{serial} has its key at {now}");
    let digest: [u8; 32] = Sha256::digest(&challenge).into();
    let signature = chip.sign_digest(KEY, &digest).map_err(at(Step::ReadBack))?;
    if P256.verify(key, challenge.as_bytes(), &signature) {
        Ok(())
    } else {
        Err(at(Step::ReadBack)("the chip signs with another key than it gives"))
    }
}
