//! What the chip asks before a command does something with a slot (chip reference 4.5 to 4.8,
//! 5.0.3 to 5.0.8, and each command's preconditions).
//!
//! Between the locks the restrictions of chip reference 5.0.8 are off (UNVERIFIED, U48).

mod ecc;
mod symmetric;

use super::action::{Action, Stage};
use super::needs::Needs;
use crate::command::CounterId;
use crate::config::{
    ConfigZone, KeyConfig, KeyFlags, KeyType, OutputProtection, PrivateKeyPermissions, SlotConfig, SlotFlags,
    WritePolicy,
};
use crate::slot::Slot;

/// The largest value of a counter (chip reference 4.9).
pub(crate) const COUNTER_MAX: u32 = 2_097_151;

impl ConfigZone {
    /// Whether the chip would do this, and on what terms; `None` if never.
    ///
    /// One command is looked at, with whatever it needs taken as given; whether it can ever be had
    /// is [`Reach`](super::Reach)'s question. The slot's contents (a key that exists, CountMatch's
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
        // Nothing touches a slot before the configuration is fixed (chip reference 5.0.8).
        if stage == Stage::Unlocked {
            return None;
        }
        Ask::new(self, slot, stage == Stage::Locked).permission(action)
    }
}

/// One slot of a configuration.
#[derive(Clone, Copy)]
struct Ask<'a> {
    zone: &'a ConfigZone,
    slot: Slot,
    config: SlotConfig,
    key: KeyConfig,
    /// Policies are in force.
    locked: bool,
}

impl<'a> Ask<'a> {
    fn new(zone: &'a ConfigZone, slot: Slot, locked: bool) -> Self {
        Self { zone, slot, config: zone.slot_config(slot), key: zone.key_config(slot), locked }
    }

    fn other(self, slot: Slot) -> Self {
        Self::new(self.zone, slot, self.locked)
    }

    fn permission(self, action: Action) -> Option<Needs> {
        match action {
            Action::Read => (self.locked && self.readable() && !self.is(SlotFlags::ENCRYPT_READ))
                .then_some(Needs::NOTHING),
            Action::ReadEncrypted => self.read_encrypted(),
            Action::Write => self.write(),
            Action::WriteWord => (self.locked
                && self.writable()
                && self.config.write_policy() == WritePolicy::Always
                && !self.is(SlotFlags::IS_SECRET))
            .then_some(Needs::NOTHING),
            Action::WriteEncrypted => {
                let encrypted = self.config.write_policy() == WritePolicy::Encrypted;
                (self.writable() && (encrypted || !self.locked)).then(|| self.under_write_key()).flatten()
            }
            Action::PrivWrite => {
                (!self.locked && self.signing_key() && self.changeable()).then_some(Needs::NOTHING)
            }
            Action::PrivWriteEncrypted => {
                (self.signing_key() && self.changeable() && (!self.locked || self.config.allows_priv_write()))
                    .then(|| self.under_write_key())
                    .flatten()
            }
            Action::GenKey => {
                (self.signing_key() && self.changeable() && (!self.locked || self.config.allows_gen_key()))
                    .then(|| self.authorisation())
            }
            Action::PublicKey => (self.signing_key() && (!self.locked || self.has(KeyFlags::PUB_INFO)))
                .then(|| self.authorisation()),
            Action::PublicKeyDigest => self.public_key_digest(),
            Action::SignExternal => self.sign(PrivateKeyPermissions::EXTERNAL_SIGN),
            Action::SignInternal if self.locked => self.sign(PrivateKeyPermissions::INTERNAL_SIGN),
            Action::SignInternal => None,
            Action::Ecdh | Action::EcdhEncrypted | Action::EcdhTempKey | Action::EcdhNextSlot => {
                self.ecdh(action)
            }
            Action::Verify => self.verify(),
            Action::Validate => self.validate(),
            Action::Mac => (!self.private() && self.mac_allowed()).then(|| self.random_key()).flatten(),
            // Any type, as MAC and GenDig (chip reference 4.7).
            Action::CheckMac => (!self.private()).then(|| self.random_key()).flatten(),
            Action::Copy => self.copy(),
            Action::GenDig => (!self.private()).then(|| self.random_key()).flatten(),
            // Any type (UNVERIFIED, chip reference U52).
            Action::Hmac => (!self.private() && self.mac_allowed()).then(|| self.random_key()).flatten(),
            Action::DeriveKey => self.derive_key(),
            Action::Aes => (!self.private() && self.holds(KeyType::Aes) && self.zone.aes_enabled())
                .then(|| self.key())
                .flatten(),
            Action::Kdf | Action::KdfOutput | Action::KdfEncrypted => self.kdf(action),
            Action::KdfMessage => (!self.private()).then(|| self.authorisation()),
            // UNVERIFIED, chip reference U19.
            Action::Result => (self.writable()
                && (!self.locked || self.config.write_policy() == WritePolicy::Always))
                .then_some(Needs::NOTHING),
            Action::SecureBootKey => self.secure_boot_key(),
            Action::SecureBootStore => self.secure_boot_store(),
            Action::LockSlot => (self.has(KeyFlags::LOCKABLE) && self.changeable()).then_some(Needs::NOTHING),
        }
    }

    fn is(self, flag: SlotFlags) -> bool {
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

    /// Not locked on its own, which counts at every stage.
    fn changeable(self) -> bool {
        !self.zone.is_slot_locked(self.slot)
    }

    fn writable(self) -> bool {
        !self.private() && self.changeable()
    }

    /// In clear or encrypted. EncryptRead without IsSecret is UNVERIFIED, chip reference U6.
    fn readable(self) -> bool {
        !self.private() && (self.is(SlotFlags::ENCRYPT_READ) || !self.is(SlotFlags::IS_SECRET))
    }

    /// A private key that Sign, GenKey and PrivWrite take.
    fn signing_key(self) -> bool {
        self.private() && self.holds(KeyType::P256) && self.is(SlotFlags::IS_SECRET)
    }

    fn public_key(self) -> bool {
        !self.private() && self.holds(KeyType::P256) && self.slot >= Slot::S8
    }

    fn needs_validation(self) -> bool {
        self.public_key() && self.has(KeyFlags::PUB_INFO)
    }

    fn mac_allowed(self) -> bool {
        !self.locked || !self.is(SlotFlags::NO_MAC)
    }

    fn authorisation(self) -> Needs {
        Needs { authorised_by: self.key.auth_key().filter(|_| self.locked), ..Needs::NOTHING }
    }

    /// What any use of a key asks for, if a use is left.
    fn key(self) -> Option<Needs> {
        let counted = self.locked && self.is(SlotFlags::LIMITED_USE);
        let spent = counted && self.zone.counter(CounterId::Counter0) >= COUNTER_MAX;
        let latch = self.locked && self.has(KeyFlags::PERSISTENT_DISABLE);
        (!spent).then(|| self.authorisation().or_latch(latch).or_counted(counted))
    }

    /// The same for commands that look at ReqRandom.
    fn random_key(self) -> Option<Needs> {
        Some(self.key()?.or_random(self.req_random()))
    }

    fn req_random(self) -> bool {
        self.locked && self.has(KeyFlags::REQ_RANDOM)
    }

    /// Before the data lock any TempKey will do.
    fn under_write_key(self) -> Option<Needs> {
        let key = self.config.write_key();
        let needs = Needs { encrypted_with: self.locked.then_some(key), ..Needs::NOTHING };
        self.encrypts(key).then_some(needs)
    }

    /// TempKey made with a NoMac key does not serve (UNVERIFIED, chip reference U30).
    fn encrypts(self, key: Slot) -> bool {
        self.other(key).mac_allowed()
    }

    fn read_encrypted(self) -> Option<Needs> {
        let key = self.config.read_key();
        let encrypted = self.locked && self.readable() && self.is(SlotFlags::ENCRYPT_READ);
        (encrypted && self.encrypts(key)).then_some(Needs {
            encrypted_with: Some(key),
            random: true,
            ..Needs::NOTHING
        })
    }

    fn write(self) -> Option<Needs> {
        if !self.writable() {
            return None;
        }
        match self.config.write_policy() {
            _ if !self.locked => Some(Needs::NOTHING),
            WritePolicy::Always => Some(Needs::NOTHING),
            WritePolicy::UnlessValidated => {
                Some(Needs { not_valid: self.needs_validation(), ..Needs::NOTHING })
            }
            WritePolicy::Never | WritePolicy::Encrypted => None,
        }
    }

    /// A result on its way out.
    fn output(self, needs: Needs, protection: OutputProtection, encrypted: bool) -> Option<Needs> {
        match (protection, encrypted) {
            (OutputProtection::Clear, false) => Some(needs),
            (OutputProtection::Clear | OutputProtection::Encrypted, true) => {
                let io_key = Some(self.zone.chip_options().io_protection_key()?);
                Some(Needs { io_key, ..needs })
            }
            _ => None,
        }
    }
}
