//! Slots that name other slots as their keys (chip reference 4.5 to 4.8, 5.0.3).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::constant::{each_slot, some};
use crate::config::explain::Action;
use crate::config::{DerivePolicy, KeyFlags, KeyType};
use crate::memory::Slot;

/// Permitted by its own bits, and nothing comes of it.
const fn in_vain(view: &View<'_>, slot: Slot, action: Action) -> bool {
    view.permitted(slot, action) && !view.possible(slot, action)
}

/// What another slot's exposure means for this one.
const fn exposed(view: &View<'_>, slot: Slot, other: Slot) -> Option<Hit> {
    let severity = some!(view.exposed(other));
    Hit::config(severity, slot).with(other).when(!other.is(slot))
}

pub(super) const fn read_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let hit = Hit::config(Error, slot).with(view.config(slot).read_key());
    hit.when(in_vain(view, slot, Action::ReadEncrypted))
}

pub(super) const fn read_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.config(slot).read_key().is(slot);
    Hit::config(Warning, slot).when(itself && view.possible(slot, Action::ReadEncrypted))
}

pub(super) const fn read_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let reads = view.possible(slot, Action::ReadEncrypted);
    if reads { exposed(view, slot, view.config(slot).read_key()) } else { None }
}

pub(super) const fn write_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let hit = Hit::config(Error, slot).with(view.config(slot).write_key());
    let vain = in_vain(view, slot, Action::WriteEncrypted) || in_vain(view, slot, Action::PrivWriteEncrypted);
    hit.when(vain)
}

pub(super) const fn write_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.config(slot).write_key().is(slot);
    Hit::config(Warning, slot).when(itself && view.possible(slot, Action::WriteEncrypted))
}

pub(super) const fn write_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let writes =
        view.possible(slot, Action::WriteEncrypted) || view.possible(slot, Action::PrivWriteEncrypted);
    if writes { exposed(view, slot, view.config(slot).write_key()) } else { None }
}

pub(super) const fn derive_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let wanted = !matches!(config.derive_policy(), DerivePolicy::Never)
        && !view.private(slot)
        && !view.zone.is_slot_locked(slot);
    let vain = wanted && !view.possible(slot, Action::DeriveKey);
    Hit::config(Error, slot).with(config.write_key()).when(vain)
}

pub(super) const fn derive_parent_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = some!(view.after.possible(slot, Action::DeriveKey));
    if let Some(parent) = needs.with
        && let Some(hit) = exposed(view, slot, parent)
    {
        return Some(hit);
    }
    exposed(view, slot, some!(needs.mac_with))
}

pub(super) const fn auth_key_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = some!(view.key(slot).auth_key());
    Hit::key(Error, slot).with(key).when(!key.is(slot) && !view.after.can_authorise(key))
}

pub(super) const fn auth_key_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::key(Error, slot).when(slot.is_in(view.key(slot).auth_key()))
}

pub(super) const fn auth_key_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = some!(view.key(slot).auth_key());
    if view.after.can_authorise(key) { exposed(view, slot, key) } else { None }
}

/// The slot authorises, or DeriveKey needs it. GenDig takes any type, and does not count.
pub(super) const fn authorises_or_derives(view: &View<'_>, slot: Slot) -> bool {
    each_slot!(other {
        if slot.is_in(view.key(other).auth_key()) {
            return true;
        }
        if let Some(needs) = view.after.possible(other, Action::DeriveKey) {
            let source = match needs.with {
                Some(source) => source,
                None => other,
            };
            if source.is(slot) || slot.is_in(needs.mac_with) {
                return true;
            }
        }
    });
    slot.is_in(view.zone.volatile_key_permission())
}

pub(super) const fn key_type_unproven(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let unproven = !view.private(slot) && !view.public_key(slot) && !view.holds(slot, KeyType::ShaOrData);
    Hit::key(Notice, slot).when(unproven && authorises_or_derives(view, slot))
}

const fn parent(view: &View<'_>, slot: Slot) -> Option<Slot> {
    let parent = view.config(slot).read_key();
    if view.needs_validation(slot) && !parent.is(slot) { Some(parent) } else { None }
}

/// A key validated between the locks would do.
pub(super) const fn parent_unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let parent = some!(parent(view, slot));
    Hit::config(Error, slot).with(parent).when(!view.after.can_be_valid(slot))
}

pub(super) const fn parent_self(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let itself = view.needs_validation(slot) && view.config(slot).read_key().is(slot);
    Hit::config(Error, slot).when(itself)
}

pub(super) const fn parent_exposed(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let parent = some!(parent(view, slot));
    let severity = some!(view.replaceable_severity(parent));
    Hit::config(severity, slot).with(parent).when(view.possible(slot, Action::Validate))
}

pub(super) const fn req_random_public(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let boot = view.zone.secure_boot();
    let booting = boot.bits() & 3 != 0 && boot.key_slot().is(slot);
    let severity = if booting { Error } else { Warning };
    // Where it authorises or validates, no digest of the host's is wanted.
    let meant = !booting && (view.authorises(slot).is_some() || view.validates(slot));
    let asks = view.public_key(slot) && view.has(slot, KeyFlags::REQ_RANDOM);
    Hit::key(severity, slot).when(asks && !meant)
}
