//! One slot, and what every use of it asks for.

use crate::command::CounterId;
use crate::config::constant::ok;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{ConfigZone, KeyConfig, KeyFlags, KeyType, SlotConfig, SlotFlags};
use crate::memory::Slot;

/// The largest value of a counter (chip reference 4.9).
pub(crate) const COUNTER_MAX: u32 = 2_097_151;

/// One slot of a configuration.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(super) zone: &'a ConfigZone,
    pub(crate) slot: Slot,
    pub(crate) config: SlotConfig,
    pub(super) key: KeyConfig,
    /// Policies are in force.
    pub(super) locked: bool,
}

impl<'a> Ask<'a> {
    pub(crate) const fn new(zone: &'a ConfigZone, slot: Slot, locked: bool) -> Self {
        Self { zone, slot, config: zone.slot_config(slot), key: zone.key_config(slot), locked }
    }

    pub(crate) const fn other(self, slot: Slot) -> Self {
        Self::new(self.zone, slot, self.locked)
    }

    pub(crate) const fn is(self, flag: SlotFlags) -> bool {
        self.config.flags().contains(flag)
    }

    pub(super) const fn has(self, flag: KeyFlags) -> bool {
        self.key.flags().contains(flag)
    }

    pub(super) const fn holds(self, key_type: KeyType) -> bool {
        self.key.key_type().bits() == key_type.bits()
    }

    pub(super) const fn private(self) -> bool {
        self.key.is_private()
    }

    pub(crate) const fn not_private(self) -> Result<(), Rule> {
        ensure(!self.private(), Rule::PrivateSlot { slot: self.slot })
    }

    /// Not locked on its own, which counts at every stage.
    pub(crate) const fn changeable(self) -> Result<(), Rule> {
        ensure(!self.zone.is_slot_locked(self.slot), Rule::SlotLocked { slot: self.slot })
    }

    pub(crate) const fn writable(self) -> Result<(), Rule> {
        ok!(self.not_private());
        self.changeable()
    }

    /// A private key that Sign, GenKey and PrivWrite take.
    pub(super) const fn signing_key(self) -> Result<(), Rule> {
        let made_for_it = self.private() && self.holds(KeyType::P256) && self.is(SlotFlags::IS_SECRET);
        ensure(made_for_it, Rule::NoPrivateKey { slot: self.slot })
    }

    /// Room for another one.
    pub(super) const fn new_private_key(self) -> Result<(), Rule> {
        ok!(self.signing_key());
        self.changeable()
    }

    pub(super) const fn is_public_key(self) -> bool {
        !self.private() && self.holds(KeyType::P256) && self.slot.number() >= 8
    }

    pub(crate) const fn public_key(self) -> Result<(), Rule> {
        ensure(self.is_public_key(), Rule::NoPublicKey { slot: self.slot })
    }

    pub(crate) const fn needs_validation(self) -> bool {
        self.is_public_key() && self.has(KeyFlags::PUB_INFO)
    }

    pub(super) const fn mac_allowed(self) -> Result<(), Rule> {
        ensure(!self.locked || !self.is(SlotFlags::NO_MAC), Rule::NoMac { slot: self.slot })
    }

    pub(crate) const fn authorisation(self) -> Needs {
        let authorised_by = if self.locked { self.key.auth_key() } else { None };
        Needs { authorised_by, ..Needs::NOTHING }
    }

    /// What any use of a key asks for, if a use is left.
    pub(super) const fn key(self) -> Result<Needs, Rule> {
        let counted = self.locked && self.is(SlotFlags::LIMITED_USE);
        let spent = counted && self.zone.counter(CounterId::Counter0) >= COUNTER_MAX;
        ok!(ensure(!spent, Rule::Spent { slot: self.slot }));
        let latch = self.locked && self.has(KeyFlags::PERSISTENT_DISABLE);
        Ok(self.authorisation().or_latch(latch).or_counted(counted))
    }

    /// The same for commands that look at ReqRandom.
    pub(super) const fn random_key(self) -> Result<Needs, Rule> {
        Ok(ok!(self.key()).or_random(self.req_random()))
    }

    pub(crate) const fn req_random(self) -> bool {
        self.locked && self.has(KeyFlags::REQ_RANDOM)
    }

    /// Before the data lock any TempKey will do.
    pub(super) const fn under_write_key(self) -> Result<Needs, Rule> {
        let key = self.config.write_key();
        ok!(self.encrypts(key));
        let encrypted_with = if self.locked { Some(key) } else { None };
        Ok(Needs { encrypted_with, ..Needs::NOTHING })
    }

    /// TempKey made with a NoMac key does not serve (UNVERIFIED, chip reference U30).
    pub(super) const fn encrypts(self, key: Slot) -> Result<(), Rule> {
        let serves = self.other(key).mac_allowed().is_ok();
        ensure(serves, Rule::NoMacKey { slot: self.slot, key })
    }

    pub(crate) const fn io_key(self) -> Result<Slot, Rule> {
        match self.zone.chip_options().io_protection_key() {
            Some(slot) => Ok(slot),
            None => Err(Rule::IoKey),
        }
    }

    /// A result that leaves the chip, encrypted or not.
    pub(super) const fn output(self, needs: Needs, encrypted: bool) -> Result<Needs, Rule> {
        let io_key = if encrypted { Some(ok!(self.io_key())) } else { None };
        Ok(Needs { io_key, ..needs })
    }
}

/// The rule, unless the condition holds.
pub(crate) const fn ensure(condition: bool, rule: Rule) -> Result<(), Rule> {
    if condition { Ok(()) } else { Err(rule) }
}
