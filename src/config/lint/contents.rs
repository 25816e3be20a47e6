//! What slots hold that is no private key (chip reference 4.5 to 4.7, 4.16).

use super::Severity::{Error, Notice, Warning};
use super::references;
use super::view::{Hit, View};
use crate::config::explain::Action;
use crate::config::{KeyFlags, KeyType, OutputProtection, SlotFlags};
use crate::memory::Slot;

pub(super) fn reserved_type(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let reserved = matches!(view.key(slot).key_type(), KeyType::Reserved(_));
    (!view.private(slot) && reserved).then_some(Hit::key(Error, slot))
}

pub(super) fn too_small(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let public = !view.private(slot) && view.holds(slot, KeyType::P256);
    (public && slot < Slot::S8).then_some(Hit::key(Error, slot))
}

pub(super) fn public_key_replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = view.replaceable_severity(slot).filter(|_| view.public_key(slot))?;
    Some(Hit::config(severity, slot))
}

fn aes(view: &View<'_>, slot: Slot) -> bool {
    !view.private(slot) && view.holds(slot, KeyType::Aes)
}

pub(super) fn aes_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (aes(view, slot) && view.possible(slot, Action::Read)).then_some(Hit::config(Error, slot))
}

/// A key that has another job works all the same.
pub(super) fn aes_disabled(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = if references::authorises_or_derives(view, slot) { Warning } else { Error };
    (aes(view, slot) && !view.zone.may_have_aes()).then_some(Hit::key(severity, slot))
}

pub(super) fn secret_replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (view.secret(slot) && view.replaceable(slot)).then_some(Hit::config(Warning, slot))
}

pub(super) fn data_writable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let open = !view.secret(slot) && !view.public_key(slot) && view.possible(slot, Action::Write);
    open.then_some(Hit::config(Notice, slot))
}

pub(super) fn encrypt_read(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let encrypted = !view.private(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    (encrypted && !view.is(slot, SlotFlags::IS_SECRET)).then_some(Hit::config(Warning, slot))
}

pub(super) fn written_once(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let boot = view.zone.secure_boot();
    let ways =
        [Action::Write, Action::WriteEncrypted, Action::DeriveKey, Action::Result, Action::SecureBootStore];
    let written = ways.iter().any(|action| view.possible(slot, *action))
        || slot.number() & 1 == 1
            && view.possible(Slot::from_nibble(slot.number() & 0xE), Action::EcdhNextSlot)
        || boot.digest_slot() == slot && boot.bits() & 2 != 0;
    let once = !view.private(slot) && !written && !view.unused(slot) && !view.zone.is_data_locked();
    once.then_some(Hit::config(Notice, slot))
}

pub(super) fn derived_by_anyone(view: &View<'_>, slot: Slot) -> Option<Hit> {
    view.anyone(slot, Action::DeriveKey).then_some(Hit::config(Warning, slot))
}

/// The type is one that works, and what the bits permit comes to nothing.
pub(super) fn unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let uses: &[Action] = match view.key(slot).key_type() {
        KeyType::P256 if view.signing_key(slot) => {
            &[Action::SignExternal, Action::SignInternal, Action::EcdhTempKey]
        }
        KeyType::P256 if view.public_key(slot) => &[Action::Verify],
        KeyType::Aes if !view.private(slot) => &[Action::Aes, Action::CheckMac, Action::GenDig, Action::Kdf],
        KeyType::ShaOrData if view.secret(slot) => {
            &[Action::CheckMac, Action::GenDig, Action::Kdf, Action::ReadEncrypted]
        }
        _ => return None,
    };
    let permitted = uses.iter().any(|action| view.permitted(slot, *action));
    let possible = uses.iter().any(|action| view.possible(slot, *action));
    (permitted && !possible).then_some(Hit::key(Error, slot))
}

pub(super) fn copy_target(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = view.after.possible(slot, Action::Copy).filter(|_| view.secret(slot))?;
    Some(Hit::config(Warning, slot).with(needs.with.unwrap_or(slot)))
}

pub(super) fn guessable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let stored = view.secret(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    (stored && view.anyone(slot, Action::Mac)).then_some(Hit::config(Notice, slot))
}

/// KDF's terms are the same as GenDig's, or harder.
pub(super) fn guessable_by_gen_dig(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let stored = view.secret(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    (stored && view.anyone(slot, Action::GenDig)).then_some(Hit::config(Notice, slot))
}

pub(super) fn result_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let kept = view.zone.chip_options().kdf_protection() != OutputProtection::Clear;
    let open = view.possible(slot, Action::Result) && view.possible(slot, Action::Read);
    let severity = if view.has(slot, KeyFlags::LOCKABLE) { Warning } else { Error };
    (kept && open).then_some(Hit::config(severity, slot))
}

pub(super) fn readable_by_kdf(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let open = view.secret(slot) && !view.unused(slot) && view.anyone(slot, Action::KdfMessage);
    open.then_some(Hit::key(Notice, slot))
}

pub(super) fn lockable_open(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (view.has(slot, KeyFlags::LOCKABLE) && !view.zone.is_slot_locked(slot)).then_some(Hit::key(Notice, slot))
}

pub(super) fn locked_early(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let early = view.zone.is_slot_locked(slot) && !view.zone.is_data_locked();
    let byte = 88 + slot.number() / 8;
    (early && !view.unused(slot)).then_some(Hit::bytes(Error, byte, byte))
}
