//! Slots that name other slots as their keys (chip reference 4.5 to 4.8, 5.0.3).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::explain::Action;
use crate::config::{DerivePolicy, KeyFlags, KeyType};
use crate::memory::Slot;

/// Permitted by its own bits, and nothing comes of it.
fn in_vain(view: &View<'_>, slot: Slot, action: Action) -> bool {
    view.permitted(slot, action) && !view.possible(slot, action)
}

/// What another slot's exposure means for this one.
fn exposed(view: &View<'_>, slot: Slot, other: Slot) -> Option<Hit> {
    let severity = view.exposed(other).filter(|_| other != slot)?;
    Some(Hit::config(severity, slot).with(other))
}

pub(super) fn read_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let hit = Hit::config(Error, slot).with(view.config(slot).read_key());
    in_vain(view, slot, Action::ReadEncrypted).then_some(hit)
}

pub(super) fn read_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.config(slot).read_key() == slot;
    (itself && view.possible(slot, Action::ReadEncrypted)).then_some(Hit::config(Warning, slot))
}

pub(super) fn read_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let reads = view.possible(slot, Action::ReadEncrypted);
    reads.then(|| exposed(view, slot, view.config(slot).read_key())).flatten()
}

pub(super) fn write_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let hit = Hit::config(Error, slot).with(view.config(slot).write_key());
    let vain = in_vain(view, slot, Action::WriteEncrypted) || in_vain(view, slot, Action::PrivWriteEncrypted);
    vain.then_some(hit)
}

pub(super) fn write_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.config(slot).write_key() == slot;
    (itself && view.possible(slot, Action::WriteEncrypted)).then_some(Hit::config(Warning, slot))
}

pub(super) fn write_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let writes =
        view.possible(slot, Action::WriteEncrypted) || view.possible(slot, Action::PrivWriteEncrypted);
    writes.then(|| exposed(view, slot, view.config(slot).write_key())).flatten()
}

pub(super) fn derive_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let wanted = config.derive_policy() != DerivePolicy::Never
        && !view.private(slot)
        && !view.zone.is_slot_locked(slot);
    let vain = wanted && !view.possible(slot, Action::DeriveKey);
    vain.then_some(Hit::config(Error, slot).with(config.write_key()))
}

pub(super) fn derive_parent_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = view.after.possible(slot, Action::DeriveKey)?;
    [needs.with, needs.mac_with].into_iter().flatten().find_map(|parent| exposed(view, slot, parent))
}

pub(super) fn auth_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.key(slot).auth_key().filter(|key| *key != slot)?;
    (!view.after.can_authorise(key)).then_some(Hit::key(Error, slot).with(key))
}

pub(super) fn auth_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (view.key(slot).auth_key() == Some(slot)).then_some(Hit::key(Error, slot))
}

pub(super) fn auth_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.key(slot).auth_key().filter(|key| view.after.can_authorise(*key))?;
    exposed(view, slot, key)
}

/// The slot authorises, or DeriveKey needs it. GenDig takes any type, and does not count.
pub(super) fn authorises_or_derives(view: &View<'_>, slot: Slot) -> bool {
    let derives = |target: Slot| {
        let needs = view.after.possible(target, Action::DeriveKey);
        needs.is_some_and(|needs| needs.with.unwrap_or(target) == slot || needs.mac_with == Some(slot))
    };
    view.zone.volatile_key_permission() == Some(slot)
        || Slot::all().any(|other| view.key(other).auth_key() == Some(slot) || derives(other))
}

pub(super) fn key_type_unproven(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let unproven = !view.private(slot) && !view.public_key(slot) && !view.holds(slot, KeyType::ShaOrData);
    (unproven && authorises_or_derives(view, slot)).then_some(Hit::key(Notice, slot))
}

fn parent(view: &View<'_>, slot: Slot) -> Option<Slot> {
    let parent = view.config(slot).read_key();
    (view.needs_validation(slot) && parent != slot).then_some(parent)
}

/// A key validated between the locks would do.
pub(super) fn parent_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let parent = parent(view, slot)?;
    (!view.after.can_be_valid(slot)).then_some(Hit::config(Error, slot).with(parent))
}

pub(super) fn parent_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.needs_validation(slot) && view.config(slot).read_key() == slot;
    itself.then_some(Hit::config(Error, slot))
}

pub(super) fn parent_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let parent = parent(view, slot)?;
    let severity = view.replaceable_severity(parent).filter(|_| view.possible(slot, Action::Validate))?;
    Some(Hit::config(severity, slot).with(parent))
}

pub(super) fn req_random_public(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let boot = view.zone.secure_boot();
    let booting = boot.bits() & 3 != 0 && boot.key_slot() == slot;
    let severity = if booting { Error } else { Warning };
    // Where it authorises or validates, no digest of the host's is wanted.
    let meant = !booting && (view.authorises(slot).is_some() || view.validates(slot));
    let asks = view.public_key(slot) && view.has(slot, KeyFlags::REQ_RANDOM);
    (asks && !meant).then_some(Hit::key(severity, slot))
}
