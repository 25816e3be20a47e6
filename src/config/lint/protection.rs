//! Secure boot, I/O protection and the persistent latch (chip reference 4.11 to 4.13, 5.0.5, 5.0.6).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::constant::{each_slot, some};
use crate::config::explain::Action;
use crate::config::{KeyFlags, OutputProtection, SecureBoot, SecureBootMode};
use crate::memory::Slot;

const SECURE_BOOT: (u8, u8) = (70, 71);
const CHIP_OPTIONS: (u8, u8) = (90, 91);
const LATCH: u8 = 69;
/// The last offset at which a message of 127 bytes has two bytes to compare.
const LAST_IV: u8 = 125;

const fn boot(view: &View<'_>) -> Option<SecureBoot> {
    let boot = view.zone.secure_boot();
    if matches!(boot.mode(), SecureBootMode::Disabled) { None } else { Some(boot) }
}

/// Secure boot with a place to store something.
const fn storing(view: &View<'_>) -> Option<SecureBoot> {
    let boot = some!(boot(view));
    if matches!(boot.mode(), SecureBootMode::FullBoth) { None } else { Some(boot) }
}

pub(super) const fn boot_key(view: &View<'_>) -> Option<Hit> {
    let slot = some!(boot(view)).key_slot();
    let hit = Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(slot);
    hit.when(!view.possible(slot, Action::SecureBootKey))
}

pub(super) const fn boot_key_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = some!(boot(view)).key_slot();
    let severity = some!(view.replaceable_severity(slot));
    Hit::bytes(severity, SECURE_BOOT.0, SECURE_BOOT.1).with(slot).when(view.public_key(slot))
}

pub(super) const fn boot_store(view: &View<'_>) -> Option<Hit> {
    let boot = some!(storing(view));
    let hit = Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(boot.digest_slot());
    let key = view.permitted(boot.key_slot(), Action::SecureBootKey);
    hit.when(key && !view.permitted(boot.digest_slot(), Action::SecureBootStore))
}

pub(super) const fn boot_store_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = some!(storing(view)).digest_slot();
    Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).with(slot).when(view.replaceable(slot))
}

pub(super) const fn boot_same_slot(view: &View<'_>) -> Option<Hit> {
    let boot = some!(storing(view));
    let same = boot.digest_slot().is(boot.key_slot());
    Hit::bytes(Error, SECURE_BOOT.0, SECURE_BOOT.1).when(same)
}

const fn io_key(view: &View<'_>) -> Option<Slot> {
    view.zone.chip_options().io_protection_key()
}

pub(super) const fn io_key_private(view: &View<'_>) -> Option<Hit> {
    let slot = some!(io_key(view));
    Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot).when(view.private(slot))
}

pub(super) const fn io_key_readable(view: &View<'_>) -> Option<Hit> {
    let slot = some!(io_key(view));
    Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot).when(view.possible(slot, Action::Read))
}

pub(super) const fn io_key_replaceable(view: &View<'_>) -> Option<Hit> {
    let slot = some!(io_key(view));
    let severity = match view.replaceable_severity(slot) {
        Some(severity) => severity,
        None if view.overwritten_by_ecdh(slot).is_some() => Warning,
        None => return None,
    };
    Some(Hit::bytes(severity, CHIP_OPTIONS.0, CHIP_OPTIONS.1).with(slot))
}

const fn protections(view: &View<'_>) -> [OutputProtection; 2] {
    let options = view.zone.chip_options();
    [options.ecdh_protection(), options.kdf_protection()]
}

pub(super) const fn io_key_missing(view: &View<'_>) -> Option<Hit> {
    let [ecdh, kdf] = protections(view);
    let needed = matches!(ecdh, OutputProtection::Encrypted) || matches!(kdf, OutputProtection::Encrypted);
    Hit::bytes(Error, CHIP_OPTIONS.0, CHIP_OPTIONS.1).when(needed && io_key(view).is_none())
}

pub(super) const fn protection_invalid(view: &View<'_>) -> Option<Hit> {
    let [ecdh, kdf] = protections(view);
    let invalid = matches!(ecdh, OutputProtection::Invalid) || matches!(kdf, OutputProtection::Invalid);
    Hit::bytes(Error, CHIP_OPTIONS.1, CHIP_OPTIONS.1).when(invalid)
}

pub(super) const fn iv_function(view: &View<'_>) -> Option<Hit> {
    let [_, kdf] = protections(view);
    let open = !matches!(kdf, OutputProtection::Clear) && view.zone.kdf_iv().0 <= LAST_IV;
    Hit::bytes(Warning, 72, 74).when(open)
}

const fn latched(view: &View<'_>, slot: Slot) -> bool {
    view.has(slot, KeyFlags::PERSISTENT_DISABLE)
}

pub(super) const fn latch_never_set(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::key(Error, slot).when(latched(view, slot) && !view.after.can_set_latch())
}

pub(super) const fn latch_key(view: &View<'_>) -> Option<Hit> {
    let slot = some!(view.zone.volatile_key_permission());
    Hit::bytes(Error, LATCH, LATCH).with(slot).when(!view.after.can_authorise(slot))
}

pub(super) const fn latch_unused(view: &View<'_>) -> Option<Hit> {
    let set = view.zone.volatile_key_permission().is_some()
        || matches!(boot(view), Some(boot) if boot.sets_latch());
    let mut asked = false;
    each_slot!(slot {
        asked |= latched(view, slot);
    });
    Hit::bytes(Notice, LATCH, LATCH).when(set && !asked)
}
