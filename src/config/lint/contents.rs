//! What slots hold that is no private key (chip reference 4.5 to 4.7, 4.16).

use super::Severity::{Error, Notice, Warning};
use super::references;
use super::view::{Hit, View};
use crate::config::constant::some;
use crate::config::explain::Action;
use crate::config::{KeyFlags, KeyType, OutputProtection, SlotFlags};
use crate::memory::Slot;

pub(super) const fn reserved_type(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let reserved = matches!(view.key(slot).key_type(), KeyType::Reserved(_));
    Hit::key(Error, slot).when(!view.private(slot) && reserved)
}

pub(super) const fn too_small(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let public = !view.private(slot) && view.holds(slot, KeyType::P256);
    Hit::key(Error, slot).when(public && slot.number() < 8)
}

pub(super) const fn public_key_replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = some!(view.replaceable_severity(slot));
    Hit::config(severity, slot).when(view.public_key(slot))
}

const fn aes(view: &View<'_>, slot: Slot) -> bool {
    !view.private(slot) && view.holds(slot, KeyType::Aes)
}

pub(super) const fn aes_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::config(Error, slot).when(aes(view, slot) && view.possible(slot, Action::Read))
}

/// A key that has another job works all the same.
pub(super) const fn aes_disabled(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = if references::authorises_or_derives(view, slot) { Warning } else { Error };
    Hit::key(severity, slot).when(aes(view, slot) && !view.zone.may_have_aes())
}

pub(super) const fn secret_replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::config(Warning, slot).when(view.secret(slot) && view.replaceable(slot))
}

pub(super) const fn data_writable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let open = !view.secret(slot) && !view.public_key(slot) && view.possible(slot, Action::Write);
    Hit::config(Notice, slot).when(open)
}

pub(super) const fn encrypt_read(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let encrypted = !view.private(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    Hit::config(Warning, slot).when(encrypted && !view.is(slot, SlotFlags::IS_SECRET))
}

pub(super) const fn written_once(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let boot = view.zone.secure_boot();
    let ways =
        [Action::Write, Action::WriteEncrypted, Action::DeriveKey, Action::Result, Action::SecureBootStore];
    let written = view.any_possible(slot, &ways)
        || slot.number() & 1 == 1
            && view.possible(Slot::from_nibble(slot.number() & 0xE), Action::EcdhNextSlot)
        || boot.digest_slot().is(slot) && boot.bits() & 2 != 0;
    let once = !view.private(slot) && !written && !view.unused(slot) && !view.zone.is_data_locked();
    Hit::config(Notice, slot).when(once)
}

/// Slots 0 to 7 have such a block, too; no certificate or public key lies there.
pub(super) const fn encrypted_tail(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let written = view.possible(slot, Action::WriteEncrypted) && view.possible(slot, Action::Read);
    Hit::config(Notice, slot).when(slot.number() > 8 && written)
}

pub(super) const fn derived_by_anyone(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::config(Warning, slot).when(view.anyone(slot, Action::DeriveKey))
}

/// The type is one that works, and what the bits permit comes to nothing.
pub(super) const fn unusable(view: &View<'_>, slot: Slot) -> Option<Hit> {
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
    let (permitted, possible) = (view.any_permitted(slot, uses), view.any_possible(slot, uses));
    Hit::key(Error, slot).when(permitted && !possible)
}

pub(super) const fn copy_target(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = some!(view.copied_with(slot));
    Hit::config(Warning, slot).with(key).when(view.secret(slot))
}

pub(super) const fn guessable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let stored = view.secret(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    Hit::config(Notice, slot).when(stored && view.anyone(slot, Action::Mac))
}

/// KDF's terms are the same as GenDig's, or harder.
pub(super) const fn guessable_by_gen_dig(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let stored = view.secret(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    Hit::config(Notice, slot).when(stored && view.anyone(slot, Action::GenDig))
}

pub(super) const fn result_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let kept = !matches!(view.zone.chip_options().kdf_protection(), OutputProtection::Clear);
    let open = view.possible(slot, Action::Result) && view.possible(slot, Action::Read);
    let severity = if view.has(slot, KeyFlags::LOCKABLE) { Warning } else { Error };
    Hit::config(severity, slot).when(kept && open)
}

pub(super) const fn readable_by_kdf(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let open = view.secret(slot) && !view.unused(slot) && view.anyone(slot, Action::KdfMessage);
    Hit::key(Notice, slot).when(open)
}

pub(super) const fn lockable_open(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::key(Notice, slot).when(view.has(slot, KeyFlags::LOCKABLE) && !view.zone.is_slot_locked(slot))
}

pub(super) const fn locked_early(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let early = view.zone.is_slot_locked(slot) && !view.zone.is_data_locked();
    let byte = 88 + slot.number() / 8;
    Hit::bytes(Error, byte, byte).when(early && !view.unused(slot))
}
