//! What the checks look at.

use super::Severity;
use crate::address::Address;
use crate::config::constant::{each_slot, some};
use crate::config::explain::{Action, Permitted, Stage, is_unused};
use crate::config::{ConfigZone, KeyConfig, KeyFlags, KeyType, SlotConfig, SlotFlags};
use crate::memory::Slot;

/// A configuration and what it comes to after both locks.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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

    /// The hit, if it is one.
    pub(super) const fn when(self, found: bool) -> Option<Self> {
        if found { Some(self) } else { None }
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
    pub(super) const fn new(zone: &'a ConfigZone) -> Self {
        Self { zone, after: Permitted::new(zone, Stage::Locked) }
    }

    pub(super) const fn config(&self, slot: Slot) -> SlotConfig {
        self.zone.slot_config(slot)
    }

    pub(super) const fn key(&self, slot: Slot) -> KeyConfig {
        self.zone.key_config(slot)
    }

    pub(super) const fn is(&self, slot: Slot, flag: SlotFlags) -> bool {
        self.config(slot).flags().contains(flag)
    }

    pub(super) const fn has(&self, slot: Slot, flag: KeyFlags) -> bool {
        self.key(slot).flags().contains(flag)
    }

    pub(super) const fn private(&self, slot: Slot) -> bool {
        self.key(slot).is_private()
    }

    /// A private key that can do anything at all.
    pub(super) const fn signing_key(&self, slot: Slot) -> bool {
        self.private(slot) && self.holds(slot, KeyType::P256) && self.is(slot, SlotFlags::IS_SECRET)
    }

    pub(super) const fn holds(&self, slot: Slot, key_type: KeyType) -> bool {
        self.key(slot).key_type().bits() == key_type.bits()
    }

    pub(super) const fn public_key(&self, slot: Slot) -> bool {
        !self.private(slot) && self.holds(slot, KeyType::P256) && slot.number() >= 8
    }

    pub(super) const fn needs_validation(&self, slot: Slot) -> bool {
        self.public_key(slot) && self.has(slot, KeyFlags::PUB_INFO)
    }

    /// What the slot can authorise: another key that names it, or (then itself) the latch.
    pub(super) const fn authorises(&self, slot: Slot) -> Option<Slot> {
        if !self.after.can_authorise(slot) {
            return None;
        }
        each_slot!(other {
            if !other.is(slot) && slot.is_in(self.key(other).auth_key()) {
                return Some(other);
            }
        });
        if slot.is_in(self.zone.volatile_key_permission()) { Some(slot) } else { None }
    }

    /// The slot is the parent of a public key that must be validated.
    pub(super) const fn validates(&self, slot: Slot) -> bool {
        each_slot!(other {
            if !other.is(slot) && self.needs_validation(other) && self.config(other).read_key().is(slot) {
                return true;
            }
        });
        false
    }

    /// A key or data that should not be seen.
    pub(super) const fn secret(&self, slot: Slot) -> bool {
        !self.private(slot)
            && !self.holds(slot, KeyType::P256)
            && (self.is(slot, SlotFlags::IS_SECRET) || self.is(slot, SlotFlags::ENCRYPT_READ))
    }

    pub(super) const fn unused(&self, slot: Slot) -> bool {
        is_unused(self.zone, slot)
    }

    /// What the bits permit after both locks, and can be had.
    pub(super) const fn possible(&self, slot: Slot, action: Action) -> bool {
        self.after.possible(slot, action).is_some()
    }

    /// At least one of them.
    pub(super) const fn any_possible(&self, slot: Slot, actions: &[Action]) -> bool {
        match actions {
            [action, rest @ ..] => self.possible(slot, *action) || self.any_possible(slot, rest),
            [] => false,
        }
    }

    /// The key of CheckMac's copy of the slot, if that can be had.
    pub(super) const fn copied_with(&self, slot: Slot) -> Option<Slot> {
        match some!(self.after.possible(slot, Action::Copy)).with {
            Some(key) => Some(key),
            None => Some(slot),
        }
    }

    /// What the bits permit after both locks, whether it can be had or not.
    pub(super) const fn permitted(&self, slot: Slot, action: Action) -> bool {
        self.zone.permission(slot, action, Stage::Locked).is_some()
    }

    /// At least one of them.
    pub(super) const fn any_permitted(&self, slot: Slot, actions: &[Action]) -> bool {
        match actions {
            [action, rest @ ..] => self.permitted(slot, *action) || self.any_permitted(slot, rest),
            [] => false,
        }
    }

    /// What somebody can do who knows no secret.
    pub(super) const fn anyone(&self, slot: Slot, action: Action) -> bool {
        matches!(self.after.possible(slot, action), Some(needs) if needs.anyone())
    }

    /// Anyone can put a value of their own into the slot.
    pub(super) const fn replaceable(&self, slot: Slot) -> bool {
        let invalid = self.needs_validation(slot);
        !invalid && (self.anyone(slot, Action::Write) || self.anyone(slot, Action::Result))
    }

    /// The even slot before, if anyone can have ECDH with its key put a secret that they know into this one.
    pub(super) const fn overwritten_by_ecdh(&self, slot: Slot) -> Option<Slot> {
        let from = Slot::from_nibble(slot.number() & 0xE);
        if !from.is(slot) && self.anyone(from, Action::EcdhNextSlot) { Some(from) } else { None }
    }

    /// How bad it is that anyone can replace what stands in the slot, if they can: a lock would help.
    pub(super) const fn replaceable_severity(&self, slot: Slot) -> Option<Severity> {
        match (self.replaceable(slot), self.has(slot, KeyFlags::LOCKABLE)) {
            (false, _) => None,
            (true, true) => Some(Severity::Warning),
            (true, false) => Some(Severity::Error),
        }
    }

    /// The same for a key that must not be known either.
    pub(super) const fn exposed(&self, slot: Slot) -> Option<Severity> {
        let public = self.holds(slot, KeyType::P256);
        if !public && self.possible(slot, Action::Read) {
            return Some(Severity::Error);
        }
        match self.replaceable_severity(slot) {
            Some(severity) => Some(severity),
            None if !public && self.overwritten_by_ecdh(slot).is_some() => Some(Severity::Warning),
            None => None,
        }
    }
}
