//! The permissions of slots that more than one command asks for (chip reference 4.7, 4.8, 5.0.3 to 5.0.5).
//!
//! Authorisation, random nonce, persistent latch and limited use are in force only when the data zone is
//! locked (UNVERIFIED, chip reference U48).

use super::Machine;
use crate::chip::crypto::ecc;
use crate::chip::memory::config::WriteMode;
use crate::chip::memory::counter::Pattern;
use crate::chip::memory::layout::{self, Zone};
use crate::chip::readings::Alternative;
use crate::chip::rule::{Refused, Rule, forbidden, require};
use crate::chip::status::Status;
use p256::SecretKey;

/// Upper four bits of a public key slot's first byte: the key is validated, or is not.
pub(crate) const VALIDATED: u8 = 0x5;
/// See [`VALIDATED`].
pub(crate) const NOT_VALIDATED: u8 = 0xA;

impl Machine {
    /// Whether a bit that counts once the data zone is locked does so already.
    pub(crate) fn in_force(&self, before: Alternative) -> bool {
        self.eeprom.data_locked() || self.takes(before)
    }

    /// ReqAuth. The authorisation is used up by the first key that asks for one, whether it is the right
    /// one or not (chip reference 5.0.3).
    pub(crate) fn authorise(&mut self, slot: usize) -> Result<(), Refused> {
        self.authorise_all(&[slot])
    }

    /// The same for a command that uses several keys; one authorisation serves all that ask for it.
    pub(crate) fn authorise_all(&mut self, slots: &[usize]) -> Result<(), Refused> {
        if !self.in_force(Alternative::UnlockedReqAuth) {
            return Ok(());
        }
        let asks = |slot: &&usize| self.eeprom.key_config(**slot).req_auth();
        let asking: Vec<usize> = slots.iter().filter(asks).copied().collect();
        if asking.is_empty() {
            return Ok(());
        }
        let given = self.registers.authorised.take();
        let refused = asking.iter().find(|slot| given != Some(self.eeprom.key_config(**slot).auth_key()));
        refused.map_or(Ok(()), |slot| Err(forbidden(Rule::Authorise(*slot))))
    }

    /// ReqAuth for what is no use of a key: the authorisation is there, and stays.
    pub(crate) fn require_authorised(&self, slot: usize) -> Result<(), Refused> {
        let key = self.eeprom.key_config(slot);
        let given = self.registers.authorised == Some(key.auth_key());
        require(!self.eeprom.data_locked() || !key.req_auth() || given, Rule::Authorise(slot))
    }

    /// What every key may ask for: latch, a use left, authorisation. Counts the use.
    pub(crate) fn use_key(&mut self, slot: usize) -> Result<(), Refused> {
        self.require_latch(slot)?;
        self.require_use_left(slot)?;
        self.authorise(slot)?;
        self.count_use(slot)
    }

    /// ReqRandom: TempKey is valid and has a random part.
    pub(crate) fn require_random(&self, slot: usize) -> Result<(), Refused> {
        if !self.in_force(Alternative::UnlockedReqRandom) || !self.eeprom.key_config(slot).req_random() {
            return Ok(());
        }
        self.registers.temp_key.lower()?;
        require(!self.registers.temp_key.input, Rule::Nonce(slot))
    }

    /// TempKey was not made with a NoMac key, which keeps it from encrypting, too (UNVERIFIED, chip reference
    /// U30). Asked once the data zone is locked.
    pub(crate) fn require_encrypting(&self) -> Result<(), Refused> {
        let no_mac = self.eeprom.data_locked() && self.registers.temp_key.no_mac;
        require(!no_mac || self.readings.no_mac_encrypts, Rule::TempKeyNoMac)
    }

    /// PersistentDisable: the latch is set.
    pub(crate) fn require_latch(&self, slot: usize) -> Result<(), Refused> {
        let disabled = self.eeprom.key_config(slot).persistent_disable() && !self.latch;
        require(!self.in_force(Alternative::UnlockedLatch) || !disabled, Rule::Latch(slot))
    }

    /// LimitedUse: the limit is not reached. To be asked together with every other check, before
    /// [`Machine::count_use`] (UNVERIFIED, chip reference U12).
    pub(crate) fn require_use_left(&self, slot: usize) -> Result<(), Refused> {
        require(!self.is_limited(slot) || self.eeprom.uses_left(self.readings), Rule::UsesLeft(slot))
    }

    /// LimitedUse: counts one use.
    pub(crate) fn count_use(&mut self, slot: usize) -> Result<(), Refused> {
        if self.is_limited(slot) {
            if !core::mem::take(&mut self.counted_early) {
                self.count(0)?;
            }
            self.counted_use = !self.readings.take(Alternative::UseCountedAtOnce);
        }
        Ok(())
    }

    /// The other reading of U12: a use is counted before it is known whether it is one.
    pub(crate) fn count_early(&mut self, slot: usize) {
        if self.is_limited(slot) && self.eeprom.uses_left(self.readings) && self.count(0).is_ok() {
            self.counted_early = true;
        }
    }

    /// Counts counter 0 or 1 one up.
    pub(crate) fn count(&mut self, counter: usize) -> Result<u32, Refused> {
        let reading = self.pattern();
        self.eeprom.increment(counter, reading)
    }

    /// The value of a counter.
    pub(crate) fn counter(&self, counter: usize) -> u32 {
        self.eeprom.counter_by(counter, self.pattern())
    }

    fn pattern(&self) -> Pattern {
        match () {
            () if self.readings.take(Alternative::CounterCountsZeroBits) => Pattern::ZeroBits,
            () if self.readings.take(Alternative::CounterKeepsPattern) => Pattern::Kept,
            () => Pattern::Decoded,
        }
    }

    /// The MAC that came along is the right one; else an execution error (UNVERIFIED, chip reference U3).
    pub(crate) fn require_mac(&self, right: bool) -> Result<(), Refused> {
        match right || !self.readings.take(Alternative::WrongMacMiscompares) {
            true => require(right, Rule::Mac),
            false => Err(Status::Miscompare.into()),
        }
    }

    fn is_limited(&self, slot: usize) -> bool {
        self.in_force(Alternative::UnlockedLimitedUse) && self.eeprom.slot_config(slot).limited_use()
    }

    /// The slot may hold a private key and must keep it secret.
    pub(crate) fn require_private(&self, slot: usize) -> Result<(), Refused> {
        let key = self.eeprom.key_config(slot);
        let secret = self.eeprom.slot_config(slot).is_secret();
        require(key.private() && key.is_p256() && secret, Rule::NotPrivate(slot))
    }

    /// The private key of a slot, to compute with: one was stored there.
    pub(crate) fn private_key(&self, slot: usize) -> Result<SecretKey, Refused> {
        require(self.eeprom.known_public_key(slot).is_none(), Rule::OnlyPublicKnown(slot))?;
        self.stored_private_key(slot).ok_or(forbidden(Rule::EmptyKey(slot)))
    }

    /// X and Y of the public key of a slot's private key.
    pub(crate) fn public_half(&self, slot: usize) -> Result<[u8; 64], Refused> {
        match self.eeprom.known_public_key(slot) {
            Some(known) => Ok(*known),
            None => self.private_key(slot).map(|key| ecc::public_key(&key)),
        }
    }

    /// A private key is in the slot.
    pub(crate) fn has_private_key(&self, slot: usize) -> bool {
        self.eeprom.known_public_key(slot).is_some() || self.stored_private_key(slot).is_some()
    }

    fn stored_private_key(&self, slot: usize) -> Option<SecretKey> {
        ecc::private_key(&self.eeprom.slot(slot)[4..36])
    }

    /// The slot is made for a P-256 public key.
    pub(crate) fn require_public(&self, slot: usize) -> Result<(), Refused> {
        let key = self.eeprom.key_config(slot);
        let fits = layout::holds_public_keys(slot);
        require(fits && !key.private() && key.is_p256(), Rule::NotPublic(slot))
    }

    /// X and Y of a public key slot, without pads.
    pub(crate) fn public_key(&self, slot: usize) -> [u8; 64] {
        let stored = self.eeprom.slot(slot);
        let mut key = [0; 64];
        key[..32].copy_from_slice(&stored[4..36]);
        key[32..].copy_from_slice(&stored[40..72]);
        key
    }

    /// The first 32 bytes of a slot, as a key that is no ECC key.
    pub(crate) fn slot_secret(&self, slot: usize) -> [u8; 32] {
        let mut key = [0; 32];
        key.copy_from_slice(&self.eeprom.slot(slot)[..32]);
        key
    }

    /// Asks all permissions of a stored public key and gets it.
    pub(crate) fn use_public_key(&mut self, slot: usize) -> Result<[u8; 64], Refused> {
        self.require_validated(slot)?;
        self.use_valid_public_key(slot)
    }

    /// The slot is one for a public key, and holds one that is validated if it has to be.
    pub(crate) fn require_validated(&self, slot: usize) -> Result<(), Refused> {
        self.require_config_locked()?;
        self.require_public(slot)?;
        let unchecked = self.needs_validation(slot) && !self.is_validated(slot);
        require(!self.in_force(Alternative::UnlockedPubInfo) || !unchecked, Rule::NotValid(slot))
    }

    /// Asks the other permissions of a stored public key and gets it.
    pub(crate) fn use_valid_public_key(&mut self, slot: usize) -> Result<[u8; 64], Refused> {
        self.require_random(slot)?;
        self.use_key(slot)?;
        Ok(self.public_key(slot))
    }

    /// The slot holds a public key that has to be validated before use.
    pub(crate) fn needs_validation(&self, slot: usize) -> bool {
        self.require_public(slot).is_ok() && self.eeprom.key_config(slot).pub_info()
    }

    /// The slot holds a public key that has to be validated and is.
    pub(crate) fn is_validated(&self, slot: usize) -> bool {
        self.needs_validation(slot) && self.eeprom.slot(slot)[0] >> 4 == VALIDATED
    }

    /// Writes the validity of a public key.
    pub(crate) fn set_validity(&mut self, slot: usize, nibble: u8) {
        let first = self.eeprom.slot(slot)[0] & 0x0F | nibble << 4;
        self.eeprom.write(Zone::Slot(slot), 0, &[first]);
    }

    /// A secret may be put into the slot by a command that made it: the slot is writable in the clear, which
    /// counts when the data zone is locked as it does for Write (UNVERIFIED, chip reference U19).
    pub(crate) fn require_open_target(&self, slot: usize) -> Result<(), Refused> {
        let private = self.eeprom.key_config(slot).private();
        require(!private || self.readings.take(Alternative::PrivateResultTarget), Rule::Private(slot))?;
        self.require_free_target(slot)?;
        if !self.readings.take(Alternative::LockedResultTarget) {
            self.require_slot_unlocked(slot)?;
        }
        let open = self.eeprom.slot_config(slot).write_mode() == WriteMode::Always
            || self.readings.take(Alternative::ResultTargetAnyWriteConfig);
        let asked = self.eeprom.data_locked() || self.readings.take(Alternative::UnlockedTargetNeedsAlways);
        require(open || !asked, Rule::ResultTarget(slot))
    }

    /// A secret may be put into the slot, whatever Write may do there.
    pub(crate) fn require_target(&self, slot: usize) -> Result<(), Refused> {
        require(!self.eeprom.key_config(slot).private(), Rule::Private(slot))?;
        self.require_free_target(slot)?;
        self.require_slot_unlocked(slot)
    }

    /// ReqAuth and PersistentDisable of a target do not count (UNVERIFIED, chip reference U42).
    fn require_free_target(&self, slot: usize) -> Result<(), Refused> {
        if self.takes(Alternative::TargetAsksLatch) {
            self.require_latch(slot)?;
        }
        if self.takes(Alternative::TargetAsksAuthorisation) {
            self.require_authorised(slot)?;
        }
        Ok(())
    }

    /// A command that is not Verify changes the slot's contents: SlotLocked forbids it in every lock
    /// state (chip reference 5.0.8).
    pub(crate) fn require_slot_unlocked(&self, slot: usize) -> Result<(), Refused> {
        require(!self.eeprom.slot_locked(slot), Rule::SlotSealed(slot))
    }
}
