//! From a blank chip to one that signs, and from one that signs to knowing that it does.

use atecc608::blocking::Atecc608;
use atecc608::command::{GenKeyCreate, GenKeyPublic, KeyTarget};
use atecc608::config::{ConfigZone, preset};
use atecc608::diagnose::{Diagnosis, Seen};
use atecc608::formats::pem::PEM_LEN;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, OldKeyIsLost};
use atecc608::{DataContents, KeyOrigin, PublicKey, Slot, Status};
use demo::{Failure, Steps};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::found;
use crate::report::Report;

/// Whether a chip that is not ready may be configured and locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locking {
    /// It may: it is simulated, or the user said so.
    Allowed,
    /// It may not.
    Refused,
}

/// Makes the chip ready, as far as it is not, and fills in the report's part on chip and key. Calls `keep`
/// after every step that changed the chip.
pub(crate) fn provision<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    slot: impl Into<Option<Slot>>,
    locking: Locking,
    steps: Steps,
    report: &mut Report,
    mut keep: impl FnMut() -> Result<(), Failure>,
) -> Result<Slot, Failure> {
    let wanted_slot = slot.into();
    let revision = chip.revision().map_err(failed("the chip was looked for"))?;
    if !revision.is_608() {
        return Err(Failure::new(
            "the chip was looked for",
            format_args!("there is a chip, but it says it is {revision}"),
            "use an ATECC608; check --address if there are several chips",
        ));
    }
    let serial = chip.serial_number().map_err(failed("the serial number was read"))?;
    steps.say(format_args!("Chip found: {revision}, serial number {serial}"));
    report.revision = revision.to_string();
    report.serial = serial.to_string();

    let found = chip.read_config().map_err(failed("the configuration was read"))?;
    let ready = found.is_config_locked() && found.is_data_locked();
    if found.is_config_locked() && !is_own(&found) {
        return of_somebody_else(chip, &found, wanted_slot, locking, steps, report, keep);
    }
    let slot = wanted_slot.unwrap_or(Slot::S0);
    report.slot = slot.number();
    if !preset::GCP_SIGNING_SLOTS.contains(&slot) {
        let slots: Vec<String> = preset::GCP_SIGNING_SLOTS.map(|slot| slot.number().to_string()).into();
        return Err(Failure::new(
            format_args!("a token should be signed in {slot}"),
            "it holds no signing key in this program's configuration",
            format_args!("use {}, or leave --slot out", slots.join(" or ")),
        ));
    }
    if !ready && locking == Locking::Refused {
        return Err(Failure::new(
            "the chip is not ready to sign",
            "its zones are not locked yet; nothing was written to it",
            "run again with --lock-chip-for-ever: that writes this program's configuration, makes the keys \
             and locks the chip, which can NEVER be undone",
        ));
    }

    if found.is_config_locked() {
        steps.say("Configuration found written and locked");
    } else {
        let wanted = preset::gcp_device(&found);
        let words = chip.write_config(&wanted).map_err(failed("the configuration was written"))?;
        steps.say(format_args!("Configuration written: {words} words differed"));
        keep()?;
        chip.lock_config(&wanted, NoMoreConfigWrites).map_err(failed("the configuration was locked"))?;
        report.locked_now = true;
        keep()?;
        steps.say("Configuration locked, for ever");
    }

    if !found.is_data_locked() && slot != Slot::S0 {
        // Its last chance: with the data zone locked, slot 0 can't get a key any more.
        chip.ensure_key(Slot::S0).map_err(failed("the key in slot 0 was made"))?;
        keep()?;
    }
    let (key, origin) = match chip.ensure_key(slot) {
        Ok(found) => found,
        Err(error) => return Err(no_key(chip, slot, &error)),
    };
    keep()?;
    say_key(slot, Some(key), origin, steps, report)?;

    if found.is_data_locked() {
        steps.say("Data zone found locked");
    } else {
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).map_err(not_blank)?;
        report.locked_now = true;
        keep()?;
        steps.say("Data zone locked, for ever");
    }
    Ok(slot)
}

/// The key, for the person and for the report.
fn say_key(
    slot: Slot,
    key: Option<PublicKey>,
    origin: KeyOrigin,
    steps: Steps,
    report: &mut Report,
) -> Result<(), Failure> {
    report.new_key = origin == KeyOrigin::Made;
    steps.say(match origin {
        KeyOrigin::Made => format!("Key made in {slot}; it never leaves the chip"),
        KeyOrigin::Found => format!("Key found in {slot}"),
    });
    let Some(key) = key else {
        steps
            .say("The chip does not give the public key (PubInfo is 0): take it from where the key was made");
        return Ok(());
    };
    let mut buffer = [0; PEM_LEN];
    let pem = key.to_pem(&mut buffer).map_err(failed("the public key was written as PEM"))?;
    report.public_key_pem = pem.to_owned();
    report.public_key = Some(key);
    steps.say(format_args!("Public key:\n{}", pem.trim_end()));
    Ok(())
}

/// A chip that was set up elsewhere: it is left as it is, and signs with a key that it has.
fn of_somebody_else<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    found: &ConfigZone,
    wanted: Option<Slot>,
    locking: Locking,
    steps: Steps,
    report: &mut Report,
    mut keep: impl FnMut() -> Result<(), Failure>,
) -> Result<Slot, Failure> {
    steps.say("Configuration found locked, and not this program's: it stays as it is");
    let (slot, key, origin) = found::signing_key(chip, found, wanted, locking)?;
    report.slot = slot.number();
    if origin == KeyOrigin::Made {
        keep()?;
    }
    steps.say(format_args!("Signing in {slot}"));
    say_key(slot, key, origin, steps, report)?;
    steps.say(match found.is_data_locked() {
        true => "Data zone found locked",
        false => "Data zone found unlocked; whoever set this chip up should lock it",
    });
    Ok(slot)
}

/// Whether a locked chip holds this program's configuration, but for what changes in a chip's life: counters
/// and slots locked one by one.
fn is_own(found: &ConfigZone) -> bool {
    let mut wanted = preset::gcp_device(found);
    for offset in (52..68).chain(88..90) {
        wanted.set_byte(offset, found.byte(offset));
    }
    wanted == *found
}

fn failed<E: std::fmt::Display>(tried: &str) -> impl FnOnce(E) -> Failure {
    move |error| {
        Failure::new(
            format_args!("{tried}, and that failed"),
            error,
            "check chip, wiring, supply and address; then run again: what is done already is found",
        )
    }
}

fn no_key<I: I2c, D: DelayNs>(
    chip: &mut Atecc608<I, D>,
    slot: Slot,
    error: &atecc608::Error<I::Error>,
) -> Failure {
    let tried = format_args!("a key was asked for in {slot}, and that failed");
    let Some(Status::Execution | Status::Parse) = error.status() else {
        return Failure::new(tried, error, "run again: a key that was made is found");
    };
    let rule = refused(chip, slot).and_then(|diagnosis| diagnosis.rule());
    let cause = rule.map(|rule| format!("{error}\n  why: {}", rule.cause())).unwrap_or(error.to_string());
    Failure::new(tried, cause, "the slot has no key and can't get one any more; try the other, --slot 1")
}

/// What forbids the key to be made, or its public key to be told if it is there.
fn refused<I: I2c, D: DelayNs>(chip: &mut Atecc608<I, D>, slot: Slot) -> Option<Diagnosis> {
    let diagnosis = match chip.is_key_valid(slot).ok()? {
        true => chip.diagnose(&GenKeyPublic { slot, digest: false }, Seen::new()),
        false => chip.diagnose(&GenKeyCreate(KeyTarget::Slot(slot, OldKeyIsLost)), Seen::new()),
    };
    diagnosis.ok()
}

fn not_blank<E: embedded_hal::i2c::Error>(error: atecc608::Error<E>) -> Failure {
    let advice = match error.status() {
        Some(Status::Execution) => {
            "something was written to this chip's data slots or OTP; it was not locked. Use a blank chip"
        }
        _ => "run again: what is done already is found",
    };
    Failure::new("the data zone was locked, and that failed", error, advice)
}

#[cfg(test)]
mod tests;
