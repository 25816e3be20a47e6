//! What is done with the chip in the socket.

use super::outcome::{Step, Trouble, at};
use crate::request;
use atecc608::blocking::Atecc608;
use atecc608::command::Model;
use atecc608::config::{ConfigError, ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Attribute, Compressed, Csr, Name, SlotPlace, Stored};
use atecc608::{DataContents, ErrorKind, PublicKey, SerialNumber, Slot};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// The device's key.
pub(super) const KEY: Slot = Slot::S0;
/// Its certificate.
pub(super) const CERTIFICATE: SlotPlace = SlotPlace::S10;
/// The signer's key.
pub(super) const SIGNER_KEY: SlotPlace = SlotPlace::S11;
/// The signer's certificate.
pub(super) const SIGNER_CERTIFICATE: SlotPlace = SlotPlace::S12;

/// Why a step failed.
pub(super) const ANOTHER: &str = "the chip in the socket is another one now";

/// A chip, before anything is done.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) serial: SerialNumber,
    pub(super) revision: [u8; 4],
    pub(super) zone: ConfigZone,
}

impl Found {
    /// `model` of the manifest.
    pub(super) const fn model(&self) -> &'static str {
        match atecc608::command::Revision(self.revision).model() {
            Model::Atecc608A => "ATECC608A",
            Model::Atecc608B => "ATECC608B",
            _ => "ATECC608",
        }
    }
}

/// Which chip it is. Nothing is changed.
pub(super) fn look<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: &mut Option<SerialNumber>,
) -> Result<Found, Trouble> {
    if let Err(error) = chip.identify() {
        return Err(match error.kind {
            ErrorKind::WrongChip(_) => Trouble::Refused(error.to_string()),
            _ => at(Step::Identify)(error),
        });
    }
    let zone = chip.read_config().map_err(at(Step::Identify))?;
    let found = Found { serial: zone.serial_number(), revision: zone.revision().0, zone };
    *serial = Some(found.serial);
    Ok(found)
}

/// The configuration that it gets, or should have.
pub(super) fn wanted(found: &Found) -> Result<ConfigZone, Trouble> {
    let wanted = preset::x509_device(&found.zone);
    if found.zone.is_config_locked() && !is_as_locked(&found.zone, &wanted) {
        return Err(Trouble::Refused("its configuration is locked already, and is another one".to_owned()));
    }
    Ok(wanted)
}

/// Whether a locked configuration is this one. Counters, bytes that can be set once, the locks and slots that were locked
/// since do not count (chip reference 4.3).
pub(super) fn is_as_locked(found: &ConfigZone, wanted: &ConfigZone) -> bool {
    found.difference(wanted).all(|byte| matches!(byte.offset, 52..=67 | 84..=89))
}

/// Writes and locks the configuration, and makes the key, as far as that is not done.
pub(super) fn configure<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    found: &Found,
    wanted: &ConfigZone,
    lock: NoMoreConfigWrites,
) -> Result<PublicKey, Trouble> {
    let failed = |error: ConfigError<I::Error>| at(Step::Configure)(error);
    if !found.zone.is_config_locked() {
        chip.write_config(wanted).map_err(failed)?;
        chip.lock_config(wanted, lock).map_err(failed)?;
    }
    let (key, _) = chip.ensure_key(KEY).map_err(at(Step::Key))?;
    Ok(key)
}

/// Has the chip sign a request, and verifies that it did.
pub(super) fn request<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: SerialNumber,
    key: &PublicKey,
) -> Result<(), Trouble> {
    let name = serial.to_string();
    let attributes = [Attribute::common_name(&name)];
    let csr = Csr::new(Name::Attributes(&attributes));
    let mut buffer = vec![0; csr.max_der_len()];
    let der = chip.sign_csr(KEY, &csr, &mut buffer).map_err(at(Step::Request))?;
    match request::verified_key(der) {
        Some(found) if found == *key => Ok(()),
        _ => Err(at(Step::Request)("the request is not signed by the key that the chip gave")),
    }
}

/// Writes the certificates and the signer's key, and locks the data zone with just that in it.
pub(super) fn store<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: SerialNumber,
    certificate: &Compressed,
    signer_key: &PublicKey,
    signer_certificate: &Compressed,
    lock: NoMoreFreeDataWrites,
) -> Result<(), Trouble> {
    let places = [
        (CERTIFICATE, Stored::Certificate(certificate)),
        (SIGNER_KEY, Stored::Key(signer_key)),
        (SIGNER_CERTIFICATE, Stored::Certificate(signer_certificate)),
    ];
    // The signer may have taken its time.
    if chip.serial_number().map_err(at(Step::Write))? != serial {
        return Err(at(Step::Write)(ANOTHER));
    }
    chip.write_places(&places).map_err(at(Step::Write))?;
    let bytes = places.map(|(place, stored)| (place.slot(), stored.to_bytes()));
    let contents = bytes.iter().try_fold(DataContents::BLANK, |contents, (slot, bytes)| {
        contents.with_slot(*slot, bytes).ok_or_else(|| at(Step::Lock)("72 bytes do not fit a slot"))
    })?;
    chip.lock_data(&contents, lock).map_err(at(Step::Lock))
}
