//! What is done with the chip in the socket.

use super::contents;
use super::outcome::{Step, Trouble, at};
use super::recipe::Recipe;
use crate::request;
use atecc608::blocking::Atecc608;
use atecc608::command::Model;
use atecc608::config::{ConfigError, ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{Attribute, Compressed, Csr, Name, SlotPlace, Stored};
use atecc608::{Address, ErrorKind, PublicKey, SerialNumber, Slot};
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

/// The slots of these.
pub(super) const SEATS: [Slot; 3] = [Slot::S10, Slot::S11, Slot::S12];

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
pub(super) fn wanted(found: &Found, recipe: &Recipe) -> Result<ConfigZone, Trouble> {
    let wanted = recipe.configuration(&found.zone);
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

/// Whether nobody has written to it yet. Of what a factory's chip has in its data zone nothing can be seen before the
/// locks.
pub(super) fn is_blank(zone: &ConfigZone) -> bool {
    !zone.is_config_locked() && !zone.is_data_locked() && *zone == preset::on_chip(&preset::FACTORY, zone)
}

/// Writes the configuration and locks it, as far as that is not done. Where the chip answers then, if that is
/// elsewhere.
pub(super) fn configure<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    found: &Found,
    wanted: &ConfigZone,
    recipe: &Recipe,
    lock: NoMoreConfigWrites,
) -> Result<Option<Address>, Trouble> {
    if found.zone.is_config_locked() {
        return Ok(None);
    }
    let failed = |error: ConfigError<I::Error>| at(Step::Configure)(error);
    let (locks, _) = recipe.locks();
    if locks {
        // In one session: at its end a chip may get another address.
        let plan = chip.plan(wanted).map_err(failed)?;
        chip.commit(&plan, lock).map_err(at(Step::Configure))?;
    } else {
        chip.write_config(wanted).map_err(failed)?;
    }
    let address = wanted.i2c_address();
    Ok(address.filter(|_| address != found.zone.i2c_address()))
}

/// Makes the keys that are not there. Their public halves, in the order of the recipe.
pub(super) fn keys<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    recipe: &Recipe,
) -> Result<Vec<(Slot, PublicKey)>, Trouble> {
    let made = recipe.keys().iter().map(|slot| match chip.ensure_key(*slot) {
        Ok((key, _)) => Ok((*slot, key)),
        Err(error) => Err(at(Step::Key)(format!("{slot}: {error}"))),
    });
    made.collect()
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

/// What stands in the seats of certificates.
pub(super) type Places<'a> = [(SlotPlace, Stored<'a>); 3];

/// These certificates and this key.
pub(super) const fn places<'a>(
    certificate: &'a Compressed,
    signer_key: &'a PublicKey,
    signer_certificate: &'a Compressed,
) -> Places<'a> {
    [
        (CERTIFICATE, Stored::Certificate(certificate)),
        (SIGNER_KEY, Stored::Key(signer_key)),
        (SIGNER_CERTIFICATE, Stored::Certificate(signer_certificate)),
    ]
}

/// Writes contents and certificates, and locks the data zone with just that in it.
pub(super) fn store<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: SerialNumber,
    recipe: &Recipe,
    certificates: Option<&Places<'_>>,
    lock: NoMoreFreeDataWrites,
) -> Result<(), Trouble> {
    // The signer may have taken its time.
    is_still(chip, serial, Step::Write)?;
    for contents in recipe.contents() {
        contents::write(chip, recipe, contents)?;
    }
    let places = certificates.map_or(&[][..], |places| &places[..]);
    if !places.is_empty() {
        chip.write_places(places).map_err(at(Step::Write))?;
    }
    if !recipe.locks().1 {
        return Ok(());
    }
    let bytes: Vec<_> = places.iter().map(|(place, stored)| (place.slot(), stored.to_bytes())).collect();
    let all = bytes.iter().try_fold(recipe.data_contents(), |all, (slot, bytes)| {
        all.with_slot(*slot, bytes).ok_or_else(|| at(Step::Lock)("72 bytes do not fit a slot"))
    })?;
    chip.lock_data(&all, lock).map_err(at(Step::Lock))
}

/// Locks the slots that are to be, as far as that is not done.
pub(super) fn lock_slots<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: SerialNumber,
    recipe: &Recipe,
) -> Result<(), Trouble> {
    if recipe.locked_slots().next().is_none() {
        return Ok(());
    }
    let zone = chip.read_config().map_err(at(Step::Lock))?;
    if zone.serial_number() != serial {
        return Err(at(Step::Lock)(ANOTHER));
    }
    let mut open = recipe.open_slots(&zone).into_iter();
    open.try_for_each(|(slot, lost)| chip.lock_slot(slot, lost)).map_err(at(Step::Lock))
}

fn is_still<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    serial: SerialNumber,
    step: Step,
) -> Result<(), Trouble> {
    match chip.serial_number() {
        Ok(found) if found == serial => Ok(()),
        Ok(_) => Err(at(step)(ANOTHER)),
        Err(error) => Err(at(step)(error)),
    }
}
