//! Limited use, counters and their limit (chip reference 4.9, 4.11, 5.0.4).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::command::CounterId;
use crate::config::explain::{Action, COUNTER_MAX};
use crate::config::{KeyFlags, SlotFlags};
use crate::memory::Slot;

const COUNT_MATCH: u8 = 18;

fn limited(view: &View<'_>, slot: Slot) -> bool {
    view.is(slot, SlotFlags::LIMITED_USE)
}

pub(super) fn without_limit(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let endless = view.zone.count_match().is_none() && view.zone.counter(CounterId::Counter0) == 0;
    (limited(view, slot) && endless).then_some(Hit::config(Warning, slot))
}

pub(super) fn spent(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let end = view.zone.counter(CounterId::Counter0) >= COUNTER_MAX;
    (limited(view, slot) && end).then_some(Hit::bytes(Error, 52, 59))
}

pub(super) fn shared(view: &View<'_>) -> Option<Hit> {
    let keys = Slot::all().filter(|slot| limited(view, *slot)).count();
    (keys > 1).then_some(Hit::bytes(Notice, 20, 51))
}

/// Asked at the first byte of each counter.
pub(super) fn pattern(view: &View<'_>, offset: u8) -> Option<Hit> {
    let counter = match offset {
        52 => CounterId::Counter0,
        60 => CounterId::Counter1,
        _ => return None,
    };
    let mut regular = *view.zone;
    let possible = regular.set_counter(counter, view.zone.counter(counter)).is_some();
    (!possible || regular != *view.zone).then_some(Hit::bytes(Warning, offset, offset + 7))
}

pub(super) fn match_unused(view: &View<'_>) -> Option<Hit> {
    let used = Slot::all().any(|slot| limited(view, slot));
    (view.zone.count_match().is_some() && !used).then_some(Hit::bytes(Warning, COUNT_MATCH, COUNT_MATCH))
}

pub(super) fn match_slot(view: &View<'_>) -> Option<Hit> {
    let slot = view.zone.count_match().filter(|slot| view.private(*slot))?;
    Some(Hit::bytes(Error, COUNT_MATCH, COUNT_MATCH).with(slot))
}

pub(super) fn match_exposed(view: &View<'_>) -> Option<Hit> {
    let slot = view.zone.count_match()?;
    let lockable = view.has(slot, KeyFlags::LOCKABLE);
    let severity = if lockable { Warning } else { Error };
    view.anyone(slot, Action::Write).then_some(Hit::bytes(severity, COUNT_MATCH, COUNT_MATCH).with(slot))
}
