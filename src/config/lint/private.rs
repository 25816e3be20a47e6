//! Private keys (chip reference 4.5, 4.6, 5.5, 5.7, 5.14).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::constant::{each_slot, some};
use crate::config::explain::Action;
use crate::config::{KeyFlags, KeyType, OutputProtection, PrivateKeyPermissions as P, SlotFlags};
use crate::memory::Slot;

pub(super) const fn key_type(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::key(Error, slot).when(view.private(slot) && !view.holds(slot, KeyType::P256))
}

pub(super) const fn not_secret(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.private(slot) && view.holds(slot, KeyType::P256);
    Hit::config(Error, slot).when(key && !view.is(slot, SlotFlags::IS_SECRET))
}

pub(super) const fn copied(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = some!(view.copied_with(slot));
    Hit::config(Error, slot).with(key).when(view.private(slot))
}

pub(super) const fn useless(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let any = P::EXTERNAL_SIGN.union(P::INTERNAL_SIGN).union(P::ECDH);
    let useless = view.private(slot) && !view.config(slot).permissions().intersects(any);
    Hit::config(Error, slot).when(useless)
}

pub(super) const fn replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = if view.has(slot, KeyFlags::LOCKABLE) { Notice } else { Warning };
    Hit::config(severity, slot).when(view.anyone(slot, Action::GenKey))
}

pub(super) const fn written(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.config(slot).write_key();
    Hit::config(Warning, slot).with(key).when(view.possible(slot, Action::PrivWriteEncrypted))
}

pub(super) const fn made_once(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let later = view.any_possible(slot, &[Action::GenKey, Action::PrivWriteEncrypted]);
    Hit::config(Notice, slot).when(view.signing_key(slot) && !later && !view.zone.is_data_locked())
}

pub(super) const fn public_key_lost(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let once = made_once(view, slot).is_some();
    Hit::key(Warning, slot).when(once && !view.has(slot, KeyFlags::PUB_INFO))
}

pub(super) const fn no_room_for_certificate(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let renewed = view.any_possible(slot, &[Action::GenKey, Action::PrivWriteEncrypted]);
    each_slot!(other {
        let written = view.any_possible(other, &[Action::Write, Action::WriteEncrypted]);
        if other.number() >= 8 && written && view.possible(other, Action::Read) {
            return None;
        }
    });
    Hit::config(Notice, slot).when(renewed && view.possible(slot, Action::SignExternal))
}

const fn to_next_slot(view: &View<'_>, slot: Slot) -> bool {
    view.private(slot) && view.config(slot).permissions().contains(P::ECDH_TO_NEXT_SLOT)
}

const fn ecdh(view: &View<'_>, slot: Slot) -> bool {
    view.private(slot) && view.config(slot).permissions().contains(P::ECDH)
}

const fn next(slot: Slot) -> Slot {
    Slot::from_nibble(slot.number() | 1)
}

pub(super) const fn ecdh_target(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let chosen = to_next_slot(view, slot) && ecdh(view, slot) && view.holds(slot, KeyType::P256);
    let fails = chosen && !view.permitted(slot, Action::EcdhNextSlot);
    Hit::config(Error, slot).with(next(slot)).when(fails)
}

pub(super) const fn ecdh_target_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let kept = !matches!(view.zone.chip_options().ecdh_protection(), OutputProtection::Clear);
    let meant = to_next_slot(view, slot) || kept;
    let readable =
        meant && view.possible(slot, Action::EcdhNextSlot) && view.possible(next(slot), Action::Read);
    Hit::config(Error, next(slot)).with(next(slot)).when(readable)
}

pub(super) const fn ecdh_overwrites(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let from = some!(view.overwritten_by_ecdh(slot));
    Hit::config(Warning, from).with(from).when(!view.unused(slot))
}

pub(super) const fn ecdh_bit_alone(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::config(Warning, slot).when(to_next_slot(view, slot) && !ecdh(view, slot))
}

pub(super) const fn ecdh_clear(view: &View<'_>, slot: Slot) -> Option<Hit> {
    Hit::config(Notice, slot).when(view.possible(slot, Action::Ecdh))
}

pub(super) const fn req_random(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let ignored = view.private(slot) || view.holds(slot, KeyType::Aes);
    Hit::key(Notice, slot).when(ignored && view.has(slot, KeyFlags::REQ_RANDOM))
}
