//! What the chip asks before a command does something with a slot (chip reference 4.5 to 4.8,
//! 5.0.3 to 5.0.8, and each command's preconditions).
//!
//! Between the locks the restrictions of chip reference 5.0.8 are off (UNVERIFIED, U48).

mod ecc;
mod symmetric;

use super::action::{Action, Stage};
use super::needs::Needs;
use crate::command::CounterId;
use crate::config::rule::Rule;
use crate::config::{
    ConfigZone, KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SlotConfig, SlotFlags, WritePolicy,
};
use crate::memory::Slot;

/// The largest value of a counter (chip reference 4.9).
pub(crate) const COUNTER_MAX: u32 = 2_097_151;

impl ConfigZone {
    /// Whether the chip would do this, and on what terms; `None` if never.
    ///
    /// One command is looked at, with whatever it needs taken as given; whether it can ever be had
    /// is [`Permitted`](super::Permitted)'s question. The slot's contents (a key that exists, CountMatch's
    /// limit, the right MAC) are not part of the configuration. Lock bytes of the zone are not
    /// looked at, slot locks are.
    ///
    /// ```
    /// use atecc608::{Slot, config::{ConfigZone, preset}};
    /// use atecc608::config::explain::{Action, Stage};
    ///
    /// let zone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
    /// let sign = zone.permission(Slot::S0, Action::SignExternal, Stage::Locked);
    /// assert_eq!(sign.unwrap().to_string(), "by anyone");
    /// assert_eq!(zone.permission(Slot::S0, Action::GenKey, Stage::Locked), None);
    /// ```
    #[must_use]
    pub fn permission(&self, slot: Slot, action: Action, stage: Stage) -> Option<Needs> {
        self.decide(slot, action, stage).ok()
    }

    /// Why the chip would never do this; `None` if it does, on the terms that
    /// [`permission`](Self::permission) names.
    ///
    /// ```
    /// use atecc608::{Slot, config::{ConfigZone, preset}};
    /// use atecc608::config::explain::{Action, Stage};
    ///
    /// let zone = ConfigZone::from_bytes(preset::FACTORY);
    /// let rule = zone.refusal(Slot::S3, Action::Read, Stage::ConfigLocked).unwrap();
    /// assert!(rule.cause().to_string().starts_with("the data zone is not locked yet"));
    /// ```
    #[must_use]
    pub fn refusal(&self, slot: Slot, action: Action, stage: Stage) -> Option<Rule> {
        self.decide(slot, action, stage).err()
    }

    fn decide(&self, slot: Slot, action: Action, stage: Stage) -> Result<Needs, Rule> {
        // Nothing touches a slot before the configuration is fixed (chip reference 5.0.8).
        ensure(stage != Stage::Unlocked, Rule::ConfigUnlocked)?;
        Ask::new(self, slot, stage == Stage::Locked).permission(action)
    }
}

/// One slot of a configuration.
#[derive(Clone, Copy)]
pub(crate) struct Ask<'a> {
    zone: &'a ConfigZone,
    pub(crate) slot: Slot,
    pub(crate) config: SlotConfig,
    key: KeyConfig,
    /// Policies are in force.
    locked: bool,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(zone: &'a ConfigZone, slot: Slot, locked: bool) -> Self {
        Self { zone, slot, config: zone.slot_config(slot), key: zone.key_config(slot), locked }
    }

    pub(crate) fn other(self, slot: Slot) -> Self {
        Self::new(self.zone, slot, self.locked)
    }

    /// Asked in the order in which the simulated chip does.
    pub(crate) fn permission(self, action: Action) -> Result<Needs, Rule> {
        match action {
            Action::Read => self.read_clear(),
            Action::ReadEncrypted => self.read_encrypted(),
            Action::Write => self.write(),
            Action::WriteWord => self.write_word(),
            Action::WriteEncrypted => self.write_encrypted(),
            Action::PrivWrite => {
                self.new_private_key()?;
                ensure(!self.locked, Rule::PrivWrite { slot: self.slot })?;
                Ok(Needs::NOTHING)
            }
            Action::PrivWriteEncrypted => {
                self.new_private_key()?;
                ensure(!self.locked || self.config.allows_priv_write(), Rule::PrivWrite { slot: self.slot })?;
                self.under_write_key()
            }
            Action::GenKey => {
                self.new_private_key()?;
                ensure(!self.locked || self.config.allows_gen_key(), Rule::GenKey { slot: self.slot })?;
                Ok(self.authorisation())
            }
            Action::PublicKey => {
                self.signing_key()?;
                let told = !self.locked || self.has(KeyFlags::PUB_INFO);
                ensure(told, Rule::PublicKeyHidden { slot: self.slot })?;
                Ok(self.authorisation())
            }
            Action::PublicKeyDigest => self.public_key_digest(),
            Action::SignExternal => {
                self.sign(PrivateKeyPermissions::EXTERNAL_SIGN, Rule::ExternalSign { slot: self.slot })
            }
            Action::SignInternal => {
                ensure(self.locked, Rule::DataUnlocked)?;
                self.sign(PrivateKeyPermissions::INTERNAL_SIGN, Rule::InternalSign { slot: self.slot })
            }
            Action::Ecdh | Action::EcdhEncrypted | Action::EcdhTempKey | Action::EcdhNextSlot => {
                self.ecdh(action)
            }
            Action::Verify => self.verify(),
            Action::Validate => self.validate(),
            Action::Mac => {
                self.not_private()?;
                self.mac_allowed()?;
                self.random_key()
            }
            // Any type, as MAC and GenDig (chip reference 4.7).
            Action::CheckMac => {
                self.not_private()?;
                self.random_key()
            }
            Action::Copy => self.copy(),
            Action::GenDig => {
                self.not_private()?;
                self.random_key()
            }
            // Any type (UNVERIFIED, chip reference U52).
            Action::Hmac => {
                self.not_private()?;
                self.mac_allowed()?;
                self.random_key()
            }
            Action::DeriveKey => self.derive_key(),
            Action::Aes => {
                ensure(self.zone.may_have_aes(), Rule::NoAes)?;
                ensure(self.holds(KeyType::Aes), Rule::NotAesKey { slot: self.slot })?;
                self.not_private()?;
                self.key()
            }
            Action::Kdf | Action::KdfOutput | Action::KdfEncrypted => self.kdf(action),
            Action::KdfMessage => {
                self.not_private()?;
                Ok(self.authorisation())
            }
            // UNVERIFIED, chip reference U19.
            Action::Result => {
                self.writable()?;
                let open = !self.locked || self.config.write_policy() == WritePolicy::Always;
                ensure(open, Rule::TargetClosed { slot: self.slot })?;
                Ok(Needs::NOTHING)
            }
            Action::SecureBootKey => self.secure_boot_key(),
            Action::SecureBootStore => self.secure_boot_store(),
            Action::LockSlot => {
                ensure(self.has(KeyFlags::LOCKABLE), Rule::NotLockable { slot: self.slot })?;
                self.changeable()?;
                Ok(Needs::NOTHING)
            }
        }
    }

    pub(crate) fn is(self, flag: SlotFlags) -> bool {
        self.config.flags().contains(flag)
    }

    fn has(self, flag: KeyFlags) -> bool {
        self.key.flags().contains(flag)
    }

    fn holds(self, key_type: KeyType) -> bool {
        self.key.key_type() == key_type
    }

    fn private(self) -> bool {
        self.key.is_private()
    }

    pub(crate) fn not_private(self) -> Result<(), Rule> {
        ensure(!self.private(), Rule::PrivateSlot { slot: self.slot })
    }

    /// Not locked on its own, which counts at every stage.
    pub(crate) fn changeable(self) -> Result<(), Rule> {
        ensure(!self.zone.is_slot_locked(self.slot), Rule::SlotLocked { slot: self.slot })
    }

    pub(crate) fn writable(self) -> Result<(), Rule> {
        self.not_private()?;
        self.changeable()
    }

    /// A private key that Sign, GenKey and PrivWrite take.
    fn signing_key(self) -> Result<(), Rule> {
        let made_for_it = self.private() && self.holds(KeyType::P256) && self.is(SlotFlags::IS_SECRET);
        ensure(made_for_it, Rule::NoPrivateKey { slot: self.slot })
    }

    /// Room for another one.
    fn new_private_key(self) -> Result<(), Rule> {
        self.signing_key()?;
        self.changeable()
    }

    fn is_public_key(self) -> bool {
        !self.private() && self.holds(KeyType::P256) && self.slot >= Slot::S8
    }

    pub(crate) fn public_key(self) -> Result<(), Rule> {
        ensure(self.is_public_key(), Rule::NoPublicKey { slot: self.slot })
    }

    pub(crate) fn needs_validation(self) -> bool {
        self.is_public_key() && self.has(KeyFlags::PUB_INFO)
    }

    fn mac_allowed(self) -> Result<(), Rule> {
        ensure(!self.locked || !self.is(SlotFlags::NO_MAC), Rule::NoMac { slot: self.slot })
    }

    pub(crate) fn authorisation(self) -> Needs {
        Needs { authorised_by: self.key.auth_key().filter(|_| self.locked), ..Needs::NOTHING }
    }

    /// What any use of a key asks for, if a use is left.
    fn key(self) -> Result<Needs, Rule> {
        let counted = self.locked && self.is(SlotFlags::LIMITED_USE);
        let spent = counted && self.zone.counter(CounterId::Counter0) >= COUNTER_MAX;
        ensure(!spent, Rule::Spent { slot: self.slot })?;
        let latch = self.locked && self.has(KeyFlags::PERSISTENT_DISABLE);
        Ok(self.authorisation().or_latch(latch).or_counted(counted))
    }

    /// The same for commands that look at ReqRandom.
    fn random_key(self) -> Result<Needs, Rule> {
        Ok(self.key()?.or_random(self.req_random()))
    }

    pub(crate) fn req_random(self) -> bool {
        self.locked && self.has(KeyFlags::REQ_RANDOM)
    }

    /// Before the data lock any TempKey will do.
    fn under_write_key(self) -> Result<Needs, Rule> {
        let key = self.config.write_key();
        self.encrypts(key)?;
        Ok(Needs { encrypted_with: self.locked.then_some(key), ..Needs::NOTHING })
    }

    /// TempKey made with a NoMac key does not serve (UNVERIFIED, chip reference U30).
    fn encrypts(self, key: Slot) -> Result<(), Rule> {
        let serves = self.other(key).mac_allowed().is_ok();
        ensure(serves, Rule::NoMacKey { slot: self.slot, key })
    }

    fn readable(self) -> Result<(), Rule> {
        ensure(self.locked, Rule::DataUnlocked)?;
        self.not_private()
    }

    /// Reads are encrypted. EncryptRead without IsSecret is UNVERIFIED, chip reference U6.
    fn reads_encrypted(self) -> bool {
        self.is(SlotFlags::ENCRYPT_READ)
    }

    fn read_clear(self) -> Result<Needs, Rule> {
        self.readable()?;
        let key = self.config.read_key();
        ensure(!self.reads_encrypted(), Rule::ReadKey { slot: self.slot, key })?;
        ensure(!self.is(SlotFlags::IS_SECRET), Rule::Secret { slot: self.slot })?;
        Ok(Needs::NOTHING)
    }

    fn read_encrypted(self) -> Result<Needs, Rule> {
        self.readable()?;
        ensure(self.reads_encrypted(), Rule::Secret { slot: self.slot })?;
        let key = self.config.read_key();
        self.encrypts(key)?;
        Ok(Needs { encrypted_with: Some(key), random: true, ..Needs::NOTHING })
    }

    fn write(self) -> Result<Needs, Rule> {
        self.writable()?;
        let (slot, key) = (self.slot, self.config.write_key());
        match self.config.write_policy() {
            _ if !self.locked => Ok(Needs::NOTHING),
            WritePolicy::Always => Ok(Needs::NOTHING),
            WritePolicy::UnlessValidated => {
                Ok(Needs { not_valid: self.needs_validation(), ..Needs::NOTHING })
            }
            WritePolicy::Never => Err(Rule::WriteNever { slot }),
            WritePolicy::Encrypted => Err(Rule::WriteEncryptedOnly { slot, key }),
        }
    }

    /// Four bytes.
    fn write_word(self) -> Result<Needs, Rule> {
        self.writable()?;
        let slot = self.slot;
        ensure(self.locked, Rule::WriteBlock { slot })?;
        match self.config.write_policy() {
            WritePolicy::Always if self.is(SlotFlags::IS_SECRET) => Err(Rule::WriteWordSecret { slot }),
            WritePolicy::Always => Ok(Needs::NOTHING),
            WritePolicy::UnlessValidated | WritePolicy::Encrypted => Err(Rule::WriteWord { slot }),
            WritePolicy::Never => Err(Rule::WriteNever { slot }),
        }
    }

    fn write_encrypted(self) -> Result<Needs, Rule> {
        self.writable()?;
        match self.config.write_policy() {
            _ if !self.locked => {}
            WritePolicy::Encrypted => {}
            WritePolicy::Never => return Err(Rule::WriteNever { slot: self.slot }),
            WritePolicy::Always | WritePolicy::UnlessValidated => {
                return Err(Rule::WriteClearOnly { slot: self.slot });
            }
        }
        self.under_write_key()
    }

    pub(crate) fn io_key(self) -> Result<Slot, Rule> {
        self.zone.chip_options().io_protection_key().ok_or(Rule::IoKey)
    }

    /// A result that leaves the chip, encrypted or not.
    fn output(self, needs: Needs, encrypted: bool) -> Result<Needs, Rule> {
        let io_key = if encrypted { Some(self.io_key()?) } else { None };
        Ok(Needs { io_key, ..needs })
    }
}

/// The rule, unless the condition holds.
pub(crate) fn ensure(condition: bool, rule: Rule) -> Result<(), Rule> {
    if condition { Ok(()) } else { Err(rule) }
}
