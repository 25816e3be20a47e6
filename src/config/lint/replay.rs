//! What was recorded on the bus and can be played back (chip reference 4.7, 5.0.3, 5.4, 5.6, 5.22).
//!
//! Who listens knows TempKey of every random Nonce: it is a hash of what went over the bus. Loaded as a fixed nonce it
//! makes the chip repeat what followed, unless the key asks for ReqRandom.

use super::Severity::{Notice, Warning};
use super::view::{Hit, View};
use crate::config::constant::some;
use crate::config::explain::Action;
use crate::config::{DerivePolicy, KeyFlags, SlotFlags, WritePolicy};
use crate::memory::Slot;

/// The key's nonce may be one that the host chose.
const fn fixed_nonce(view: &View<'_>, key: Slot) -> bool {
    !view.has(key, KeyFlags::REQ_RANDOM)
}

/// What the bits say, whether the chip then does it or not.
pub(super) const fn encrypts_with_no_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let reads = !view.private(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    let writes = match view.private(slot) {
        true => config.allows_priv_write(),
        false => matches!(config.write_policy(), WritePolicy::Encrypted),
    };
    let key = match (config.read_key(), config.write_key()) {
        (key, _) if reads && view.is(key, SlotFlags::NO_MAC) => key,
        (_, key) if writes && view.is(key, SlotFlags::NO_MAC) => key,
        _ => return None,
    };
    Some(Hit::config(Warning, key).with(key))
}

pub(super) const fn encrypted_access(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let actions = [Action::WriteEncrypted, Action::PrivWriteEncrypted, Action::ReadEncrypted];
    let mut next = 0;
    while next < actions.len() {
        if let Some(needs) = view.after.possible(slot, actions[next])
            && let Some(key) = needs.encrypted_with
            && fixed_nonce(view, key)
        {
            return Some(Hit::key(Warning, key).with(key));
        }
        next += 1;
    }
    None
}

/// A random nonce is no help to who plays back: p1 tells it, and is part of the key. Who can't authorise can't have the
/// key made again either.
pub(super) const fn derive(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let parent = config.write_key();
    let from_parent = matches!(config.derive_policy(), DerivePolicy::Create { .. });
    let needs = some!(view.after.possible(slot, Action::DeriveKey));
    let open = from_parent && needs.authorised_by.is_none() && fixed_nonce(view, parent);
    Hit::key(Notice, parent).with(parent).when(open)
}

pub(super) const fn derive_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = some!(view.after.possible(slot, Action::DeriveKey));
    let mac = some!(needs.mac_with);
    Hit::config(Notice, slot).with(mac).when(needs.authorised_by.is_none())
}

pub(super) const fn authorisation(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let other = some!(view.authorises(slot));
    Hit::key(Warning, slot).with(other).when(fixed_nonce(view, slot))
}

pub(super) const fn authorised_by_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let other = some!(view.authorises(slot));
    Hit::config(Warning, slot).with(other).when(view.anyone(slot, Action::Mac))
}

/// With a certificate format it is the certificate that is played back, which is meant.
pub(super) const fn validation(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = some!(view.after.possible(slot, Action::Validate));
    let parent = some!(needs.with);
    let format = view.zone.x509_format(view.key(slot).x509_id());
    let recorded = !parent.is(slot) && fixed_nonce(view, parent);
    let open = recorded && format == 0 && needs.authorised_by.is_none() && view.anyone(slot, Action::Write);
    Hit::key(Warning, parent).with(parent).when(open)
}
