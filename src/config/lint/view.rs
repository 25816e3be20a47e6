//! What the checks look at.

use super::Severity;
use crate::address::Address;
use crate::config::explain::{Action, Permitted, Stage, is_unused};
use crate::config::{ConfigZone, KeyConfig, KeyFlags, KeyType, SlotConfig, SlotFlags};
use crate::memory::Slot;

/// A configuration and what it comes to after both locks.
#[derive(Debug, Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) zone: &'a ConfigZone,
    pub(super) after: Permitted<'a>,
}

/// A check's result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) severity: Severity,
    pub(super) other: Option<Slot>,
    pub(super) address: Option<Address>,
    pub(super) first: u8,
    pub(super) last: u8,
}

impl Hit {
    /// About the bytes from `first` to `last`.
    pub(super) const fn bytes(severity: Severity, first: u8, last: u8) -> Self {
        Self { severity, other: None, address: None, first, last }
    }

    /// About a slot's SlotConfig.
    pub(super) const fn config(severity: Severity, slot: Slot) -> Self {
        let first = 20 + 2 * slot.number();
        Self::bytes(severity, first, first + 1)
    }

    /// About a slot's KeyConfig.
    pub(super) const fn key(severity: Severity, slot: Slot) -> Self {
        let first = 96 + 2 * slot.number();
        Self::bytes(severity, first, first + 1)
    }

    /// Another slot takes part.
    pub(super) const fn with(mut self, other: Slot) -> Self {
        self.other = Some(other);
        self
    }

    /// The chip answers there.
    pub(super) const fn at(mut self, address: Option<Address>) -> Self {
        self.address = address;
        self
    }
}

impl<'a> View<'a> {
    pub(super) fn new(zone: &'a ConfigZone) -> Self {
        Self { zone, after: Permitted::new(zone, Stage::Locked) }
    }

    pub(super) fn config(&self, slot: Slot) -> SlotConfig {
        self.zone.slot_config(slot)
    }

    pub(super) fn key(&self, slot: Slot) -> KeyConfig {
        self.zone.key_config(slot)
    }

    pub(super) fn is(&self, slot: Slot, flag: SlotFlags) -> bool {
        self.config(slot).flags().contains(flag)
    }

    pub(super) fn has(&self, slot: Slot, flag: KeyFlags) -> bool {
        self.key(slot).flags().contains(flag)
    }

    pub(super) fn private(&self, slot: Slot) -> bool {
        self.key(slot).is_private()
    }

    /// A private key that can do anything at all.
    pub(super) fn signing_key(&self, slot: Slot) -> bool {
        self.private(slot) && self.holds(slot, KeyType::P256) && self.is(slot, SlotFlags::IS_SECRET)
    }

    pub(super) fn holds(&self, slot: Slot, key_type: KeyType) -> bool {
        self.key(slot).key_type() == key_type
    }

    pub(super) fn public_key(&self, slot: Slot) -> bool {
        !self.private(slot) && self.holds(slot, KeyType::P256) && slot >= Slot::S8
    }

    pub(super) fn needs_validation(&self, slot: Slot) -> bool {
        self.public_key(slot) && self.has(slot, KeyFlags::PUB_INFO)
    }

    /// What the slot can authorise: another key that names it, or (then itself) the latch.
    pub(super) fn authorises(&self, slot: Slot) -> Option<Slot> {
        let latch = self.zone.volatile_key_permission() == Some(slot);
        let named = Slot::all().find(|other| *other != slot && self.key(*other).auth_key() == Some(slot));
        named.or(latch.then_some(slot)).filter(|_| self.after.can_authorise(slot))
    }

    /// The slot is the parent of a public key that must be validated.
    pub(super) fn validates(&self, slot: Slot) -> bool {
        Slot::all().any(|other| {
            other != slot && self.needs_validation(other) && self.config(other).read_key() == slot
        })
    }

    /// A key or data that should not be seen.
    pub(super) fn secret(&self, slot: Slot) -> bool {
        !self.private(slot)
            && !self.holds(slot, KeyType::P256)
            && (self.is(slot, SlotFlags::IS_SECRET) || self.is(slot, SlotFlags::ENCRYPT_READ))
    }

    pub(super) fn unused(&self, slot: Slot) -> bool {
        is_unused(self.zone, slot)
    }

    /// What the bits permit after both locks, and can be had.
    pub(super) fn possible(&self, slot: Slot, action: Action) -> bool {
        self.after.possible(slot, action).is_some()
    }

    /// What the bits permit after both locks, whether it can be had or not.
    pub(super) fn permitted(&self, slot: Slot, action: Action) -> bool {
        self.zone.permission(slot, action, Stage::Locked).is_some()
    }

    /// What somebody can do who knows no secret.
    pub(super) fn anyone(&self, slot: Slot, action: Action) -> bool {
        self.after.possible(slot, action).is_some_and(|needs| needs.anyone())
    }

    /// Anyone can put a value of their own into the slot.
    pub(super) fn replaceable(&self, slot: Slot) -> bool {
        let invalid = self.needs_validation(slot);
        !invalid && (self.anyone(slot, Action::Write) || self.anyone(slot, Action::Result))
    }

    /// The even slot before, if anyone can have ECDH with its key put a secret that they know into this one.
    pub(super) fn overwritten_by_ecdh(&self, slot: Slot) -> Option<Slot> {
        let from = Slot::from_nibble(slot.number() & 0xE);
        (from != slot && self.anyone(from, Action::EcdhNextSlot)).then_some(from)
    }

    /// How bad it is that anyone can replace what stands in the slot, if they can: a lock would help.
    pub(super) fn replaceable_severity(&self, slot: Slot) -> Option<Severity> {
        let lockable = self.has(slot, KeyFlags::LOCKABLE);
        self.replaceable(slot).then_some(if lockable { Severity::Warning } else { Severity::Error })
    }

    /// The same for a key that must not be known either.
    pub(super) fn exposed(&self, slot: Slot) -> Option<Severity> {
        let public = self.holds(slot, KeyType::P256);
        if !public && self.possible(slot, Action::Read) {
            return Some(Severity::Error);
        }
        let known = self.overwritten_by_ecdh(slot).filter(|_| !public).map(|_| Severity::Warning);
        self.replaceable_severity(slot).or(known)
    }
}
