//! Secure boot, I/O protection and the persistent latch (chip reference 4.11 to 4.13, 5.0.5, 5.0.6).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::explain::Action;
use crate::config::{KeyFlags, OutputProtection, SecureBoot, SecureBootMode};
use crate::memory::Slot;

const SECURE_BOOT: (u8, u8) = (70, 71);
const CHIP_OPTIONS: (u8, u8) = (90, 91);
const LATCH: u8 = 69;
/// The last offset at which a message of 127 bytes has two bytes to compare.
const LAST_IV: u8 = 125;

fn boot(view: &View<'_>) -> Option<SecureBoot> {
    Some(view.zone.secure_boot()).filter(|boot| boot.mode() != SecureBootMode::Disabled)
}

/// Secure boot with a place to store something.
fn storing(view: &View<'_>) -> Option<SecureBoot> {
    boot(view).filter(|boot| boot.mode() != SecureBootMode::FullBoth)
}

pub(super) fn boot_key(view: &View<'_>) -> Option<Hit> {
    let slot = boot(view)?.key_slot();
    let hit = Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(slot);
    (!view.possible(slot, Action::SecureBootKey)).then_some(hit)
}

pub(super) fn boot_key_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = boot(view)?.key_slot();
    let severity = view.replaceable_severity(slot).filter(|_| view.public_key(slot))?;
    Some(Hit::bytes(severity, SECURE_BOOT.0, SECURE_BOOT.1).with(slot))
}

pub(super) fn boot_store(view: &View<'_>) -> Option<Hit> {
    let boot = storing(view)?;
    let hit = Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(boot.digest_slot());
    let key = view.permitted(boot.key_slot(), Action::SecureBootKey);
    (key && !view.permitted(boot.digest_slot(), Action::SecureBootStore)).then_some(hit)
}

pub(super) fn boot_store_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = storing(view)?.digest_slot();
    view.replaceable(slot).then_some(Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(slot))
}

pub(super) fn boot_same_slot(view: &View<'_>) -> Option<Hit> {
    let boot = storing(view)?;
    let same = boot.digest_slot() == boot.key_slot();
    same.then_some(Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1))
}

fn io_key(view: &View<'_>) -> Option<Slot> {
    view.zone.chip_options().io_protection_key()
}

pub(super) fn io_key_private(view: &View<'_>) -> Option<Hit> {
    let slot = io_key(view).filter(|slot| view.private(*slot))?;
    Some(Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot))
}

pub(super) fn io_key_readable(view: &View<'_>) -> Option<Hit> {
    let slot = io_key(view).filter(|slot| view.possible(*slot, Action::Read))?;
    Some(Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot))
}

pub(super) fn io_key_replaceable(view: &View<'_>) -> Option<Hit> {
    let slot = io_key(view)?;
    let known = view.overwritten_by_ecdh(slot).map(|_| Warning);
    let severity = view.replaceable_severity(slot).or(known)?;
    Some(Hit::bytes(severity, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot))
}

fn protections(view: &View<'_>) -> [OutputProtection; 2] {
    let options = view.zone.chip_options();
    [options.ecdh_protection(), options.kdf_protection()]
}

pub(super) fn io_key_missing(view: &View<'_>) -> Option<Hit> {
    let needed = protections(view).contains(&OutputProtection::Encrypted);
    (needed && io_key(view).is_none()).then_some(Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1))
}

pub(super) fn protection_invalid(view: &View<'_>) -> Option<Hit> {
    let invalid = protections(view).contains(&OutputProtection::Invalid);
    invalid.then_some(Hit::bytes(Error, CHIP_OPTIONS.1, CHIP_OPTIONS.1))
}

pub(super) fn iv_function(view: &View<'_>) -> Option<Hit> {
    let [_, kdf] = protections(view);
    let open = kdf != OutputProtection::Clear && view.zone.kdf_iv().0 <= LAST_IV;
    open.then_some(Hit::bytes(Warning, 72, 74))
}

fn latched(view: &View<'_>, slot: Slot) -> bool {
    view.has(slot, KeyFlags::PERSISTENT_DISABLE)
}

pub(super) fn latch_never_set(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (latched(view, slot) && !view.after.can_set_latch()).then_some(Hit::key(Error, slot))
}

pub(super) fn latch_key(view: &View<'_>) -> Option<Hit> {
    let slot = view.zone.volatile_key_permission()?;
    (!view.after.can_authorise(slot)).then_some(Hit::bytes(Error, LATCH, LATCH).with(slot))
}

pub(super) fn latch_unused(view: &View<'_>) -> Option<Hit> {
    let set = view.zone.volatile_key_permission().is_some() || boot(view).is_some_and(SecureBoot::sets_latch);
    let asked = Slot::all().any(|slot| latched(view, slot));
    (set && !asked).then_some(Hit::bytes(Notice, LATCH, LATCH))
}
