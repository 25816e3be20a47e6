//! Private keys (chip reference 4.5, 4.6, 5.5, 5.7, 5.14).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::config::explain::Action;
use crate::config::{KeyFlags, KeyType, OutputProtection, PrivateKeyPermissions as P, SlotFlags};
use crate::memory::Slot;

pub(super) fn key_type(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (view.private(slot) && !view.holds(slot, KeyType::P256)).then_some(Hit::key(Error, slot))
}

pub(super) fn not_secret(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.private(slot) && view.holds(slot, KeyType::P256);
    (key && !view.is(slot, SlotFlags::IS_SECRET)).then_some(Hit::config(Error, slot))
}

pub(super) fn copied(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = view.after.possible(slot, Action::Copy).filter(|_| view.private(slot))?;
    Some(Hit::config(Error, slot).with(needs.with.unwrap_or(slot)))
}

pub(super) fn useless(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let any = P::EXTERNAL_SIGN | P::INTERNAL_SIGN | P::ECDH;
    let useless = view.private(slot) && !view.config(slot).permissions().intersects(any);
    useless.then_some(Hit::config(Error, slot))
}

pub(super) fn replaceable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let severity = if view.has(slot, KeyFlags::LOCKABLE) { Notice } else { Warning };
    view.anyone(slot, Action::GenKey).then_some(Hit::config(severity, slot))
}

pub(super) fn written(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.config(slot).write_key();
    view.possible(slot, Action::PrivWriteEncrypted).then_some(Hit::config(Warning, slot).with(key))
}

pub(super) fn made_once(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let later =
        [Action::GenKey, Action::PrivWriteEncrypted].iter().any(|action| view.possible(slot, *action));
    (view.signing_key(slot) && !later && !view.zone.is_data_locked()).then_some(Hit::config(Notice, slot))
}

pub(super) fn public_key_lost(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let once = made_once(view, slot).is_some();
    (once && !view.has(slot, KeyFlags::PUB_INFO)).then_some(Hit::key(Warning, slot))
}

fn to_next_slot(view: &View<'_>, slot: Slot) -> bool {
    view.private(slot) && view.config(slot).permissions().contains(P::ECDH_TO_NEXT_SLOT)
}

fn ecdh(view: &View<'_>, slot: Slot) -> bool {
    view.private(slot) && view.config(slot).permissions().contains(P::ECDH)
}

fn next(slot: Slot) -> Slot {
    Slot::from_nibble(slot.number() | 1)
}

pub(super) fn ecdh_target(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let chosen = to_next_slot(view, slot) && ecdh(view, slot) && view.holds(slot, KeyType::P256);
    let fails = chosen && !view.permitted(slot, Action::EcdhNextSlot);
    fails.then_some(Hit::config(Error, slot).with(next(slot)))
}

pub(super) fn ecdh_target_readable(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let kept = view.zone.chip_options().ecdh_protection() != OutputProtection::Clear;
    let meant = to_next_slot(view, slot) || kept;
    let readable =
        meant && view.possible(slot, Action::EcdhNextSlot) && view.possible(next(slot), Action::Read);
    readable.then_some(Hit::config(Error, next(slot)).with(next(slot)))
}

pub(super) fn ecdh_overwrites(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let from = view.overwritten_by_ecdh(slot).filter(|_| !view.unused(slot))?;
    Some(Hit::config(Warning, from).with(from))
}

pub(super) fn ecdh_bit_alone(view: &View<'_>, slot: Slot) -> Option<Hit> {
    (to_next_slot(view, slot) && !ecdh(view, slot)).then_some(Hit::config(Warning, slot))
}

pub(super) fn ecdh_clear(view: &View<'_>, slot: Slot) -> Option<Hit> {
    view.possible(slot, Action::Ecdh).then_some(Hit::config(Notice, slot))
}

pub(super) fn req_random(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let ignored = view.private(slot) || view.holds(slot, KeyType::Aes);
    (ignored && view.has(slot, KeyFlags::REQ_RANDOM)).then_some(Hit::key(Notice, slot))
}
