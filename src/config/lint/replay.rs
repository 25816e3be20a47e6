//! What was recorded on the bus and can be played back (chip reference 4.7, 5.0.3, 5.4, 5.6, 5.22).
//!
//! Who listens knows TempKey of every random Nonce: it is a hash of what went over the bus. Loaded as a fixed nonce it
//! makes the chip repeat what followed, unless the key asks for ReqRandom.

use super::Severity::{Notice, Warning};
use super::view::{Hit, View};
use crate::config::explain::Action;
use crate::config::{DerivePolicy, KeyFlags, SlotFlags, WritePolicy};
use crate::memory::Slot;

/// The key's nonce may be one that the host chose.
fn fixed_nonce(view: &View<'_>, key: Slot) -> bool {
    !view.has(key, KeyFlags::REQ_RANDOM)
}

/// What the bits say, whether the chip then does it or not.
pub(super) fn encrypts_with_no_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let reads = !view.private(slot) && view.is(slot, SlotFlags::ENCRYPT_READ);
    let writes = match view.private(slot) {
        true => config.allows_priv_write(),
        false => config.write_policy() == WritePolicy::Encrypted,
    };
    let keys = [(reads, config.read_key()), (writes, config.write_key())];
    let (_, key) = keys.into_iter().find(|(used, key)| *used && view.is(*key, SlotFlags::NO_MAC))?;
    Some(Hit::config(Warning, key).with(key))
}

pub(super) fn encrypted_access(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let actions = [Action::WriteEncrypted, Action::PrivWriteEncrypted, Action::ReadEncrypted];
    let mut keys = actions.into_iter().filter_map(|action| view.after.possible(slot, action)?.encrypted_with);
    let key = keys.find(|key| fixed_nonce(view, *key))?;
    Some(Hit::key(Warning, key).with(key))
}

/// A random nonce is no help to who plays back: p1 tells it, and is part of the key. Who can't authorise can't have the
/// key made again either.
pub(super) fn derive(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let config = view.config(slot);
    let parent = config.write_key();
    let from_parent = matches!(config.derive_policy(), DerivePolicy::Create { .. });
    let needs = view.after.possible(slot, Action::DeriveKey)?;
    let open = from_parent && needs.authorised_by.is_none() && fixed_nonce(view, parent);
    open.then_some(Hit::key(Notice, parent).with(parent))
}

pub(super) fn derive_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = view.after.possible(slot, Action::DeriveKey)?;
    let mac = needs.mac_with.filter(|_| needs.authorised_by.is_none())?;
    Some(Hit::config(Notice, slot).with(mac))
}

pub(super) fn authorisation(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let other = view.authorises(slot)?;
    fixed_nonce(view, slot).then_some(Hit::key(Warning, slot).with(other))
}

pub(super) fn authorised_by_mac(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let other = view.authorises(slot)?;
    view.anyone(slot, Action::Mac).then_some(Hit::config(Warning, slot).with(other))
}

/// With a certificate format it is the certificate that is played back, which is meant.
pub(super) fn validation(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let needs = view.after.possible(slot, Action::Validate)?;
    let parent = needs.with.filter(|parent| *parent != slot && fixed_nonce(view, *parent))?;
    let format = view.zone.x509_format(view.key(slot).x509_id());
    let open = format == 0 && needs.authorised_by.is_none() && view.anyone(slot, Action::Write);
    open.then_some(Hit::key(Warning, parent).with(parent))
}
