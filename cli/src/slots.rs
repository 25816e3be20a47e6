//! What a chip's configuration says about its slots.

use atecc608::Slot;
use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, KeyType, SlotFlags};
use atecc608::diagnose::Seen;
use atecc608_linux::Chip;

use crate::Refusable;
use crate::advice;
use crate::app::App;
use crate::failure::{Failure, Kind};

/// How far the chip is locked.
pub(crate) fn stage(zone: &ConfigZone) -> Stage {
    match (zone.is_config_locked(), zone.is_data_locked()) {
        (false, _) => Stage::Unlocked,
        (true, false) => Stage::ConfigLocked,
        (true, true) => Stage::Locked,
    }
}

/// Whether a slot is one for a private key of P-256.
pub(crate) fn is_private(zone: &ConfigZone, slot: Slot) -> bool {
    let key = zone.key_config(slot);
    key.is_private() && key.key_type() == KeyType::P256
}

/// Refuses what the configuration forbids, before the chip is asked: for a dry run, and before somebody has to agree.
///
/// # Errors
///
/// [`Kind::Refused`], with the rule.
pub(crate) fn permits(zone: &ConfigZone, slot: Slot, action: Action, tried: &str) -> Result<(), Failure> {
    match zone.refusal(slot, action, stage(zone)) {
        None => Ok(()),
        Some(rule) => {
            let failure = Failure::new(Kind::Refused, tried, "", "");
            Err(failure.because(rule.cause().to_string(), advice::help(rule), Some(rule)))
        }
    }
}

/// Writes to slots of the chip with this configuration, and of no other. What is secret nobody can read back: where one of
/// them holds that, somebody has to agree.
///
/// # Errors
///
/// As [`App::consent`] and [`App::meant`].
pub(crate) fn overwrite<R, X: Into<atecc608_linux::Failure>>(
    app: &mut App,
    zone: &ConfigZone,
    slots: &[Slot],
    tried: &str,
    (commands, seen): (&[&dyn Refusable], Seen),
    write: impl FnOnce(&mut Chip) -> Result<R, X>,
) -> Result<R, Failure> {
    let mut chip = zone.serial_number();
    let is_secret = |slot: &&Slot| zone.slot_config(**slot).flags().contains(SlotFlags::IS_SECRET);
    if let Some(slot) = slots.iter().find(is_secret) {
        let lost = format!("what {slot} holds is overwritten, and nobody can read it back");
        chip = app.consent(lost)?.for_chip(chip, tried)?.serial();
    }
    app.meant(chip, tried, commands, seen, write)
}
