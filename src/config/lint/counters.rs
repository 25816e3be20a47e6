//! Limited use, counters and their limit (chip reference 4.9, 4.11, 5.0.4).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::command::CounterId;
use crate::config::constant::{each_slot, some};
use crate::config::counter::encode;
use crate::config::explain::{Action, COUNTER_MAX};
use crate::config::{KeyFlags, SlotFlags};
use crate::memory::Slot;

const COUNT_MATCH: u8 = 18;

const fn limited(view: &View<'_>, slot: Slot) -> bool {
    view.is(slot, SlotFlags::LIMITED_USE)
}

pub(super) const fn without_limit(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let endless = view.zone.count_match().is_none() && view.zone.counter(CounterId::Counter0) == 0;
    Hit::config(Warning, slot).when(limited(view, slot) && endless)
}

pub(super) const fn spent(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let end = view.zone.counter(CounterId::Counter0) >= COUNTER_MAX;
    Hit::bytes(Error, 52, 59).when(limited(view, slot) && end)
}

pub(super) const fn shared(view: &View<'_>) -> Option<Hit> {
    let mut keys = 0;
    each_slot!(slot {
        keys += limited(view, slot) as u8;
    });
    Hit::bytes(Notice, 20, 51).when(keys > 1)
}

/// Asked at the first byte of each counter.
pub(super) const fn pattern(view: &View<'_>, offset: u8) -> Option<Hit> {
    let counter = match offset {
        52 => CounterId::Counter0,
        60 => CounterId::Counter1,
        _ => return None,
    };
    let found = u64::from_le_bytes(view.zone.counter_bytes(counter));
    let regular = match encode(view.zone.counter(counter)) {
        Some(bytes) => u64::from_le_bytes(bytes) == found,
        None => false,
    };
    Hit::bytes(Warning, offset, offset + 7).when(!regular)
}

pub(super) const fn match_unused(view: &View<'_>) -> Option<Hit> {
    let mut used = false;
    each_slot!(slot {
        used |= limited(view, slot);
    });
    Hit::bytes(Warning, COUNT_MATCH, COUNT_MATCH).when(view.zone.count_match().is_some() && !used)
}

pub(super) const fn match_slot(view: &View<'_>) -> Option<Hit> {
    let slot = some!(view.zone.count_match());
    Hit::bytes(Error, COUNT_MATCH, COUNT_MATCH).with(slot).when(view.private(slot))
}

pub(super) const fn match_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = some!(view.zone.count_match());
    let lockable = view.has(slot, KeyFlags::LOCKABLE);
    let severity = if lockable { Warning } else { Error };
    Hit::bytes(severity, COUNT_MATCH, COUNT_MATCH).with(slot).when(view.anyone(slot, Action::Write))
}
