//! What the chip asks before a command does something with a slot (chip reference 4.5 to 4.8,
//! 5.0.3 to 5.0.8, and each command's preconditions).
//!
//! Between the locks the restrictions of chip reference 5.0.8 are off (UNVERIFIED, U48).

mod ask;
mod ecc;
mod memory;
mod symmetric;

pub(crate) use ask::{Ask, COUNTER_MAX, ensure};

use super::action::{Action, Stage};
use super::needs::Needs;
use crate::config::constant::ok;
use crate::config::rule::Rule;
use crate::config::{ConfigZone, KeyFlags, KeyType, PrivateKeyPermissions, WritePolicy};
use crate::memory::Slot;

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
    pub const fn permission(&self, slot: Slot, action: Action, stage: Stage) -> Option<Needs> {
        match self.decide(slot, action, stage) {
            Ok(needs) => Some(needs),
            Err(_) => None,
        }
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
    pub const fn refusal(&self, slot: Slot, action: Action, stage: Stage) -> Option<Rule> {
        match self.decide(slot, action, stage) {
            Ok(_) => None,
            Err(rule) => Some(rule),
        }
    }

    const fn decide(&self, slot: Slot, action: Action, stage: Stage) -> Result<Needs, Rule> {
        // Nothing touches a slot before the configuration is fixed (chip reference 5.0.8).
        ok!(ensure(!matches!(stage, Stage::Unlocked), Rule::ConfigUnlocked));
        Ask::new(self, slot, matches!(stage, Stage::Locked)).permission(action)
    }
}

impl Ask<'_> {
    /// Asked in the order in which the simulated chip does.
    pub(crate) const fn permission(self, action: Action) -> Result<Needs, Rule> {
        match action {
            Action::Read => self.read_clear(),
            Action::ReadEncrypted => self.read_encrypted(),
            Action::Write => self.write(),
            Action::WriteWord => self.write_word(),
            Action::WriteEncrypted => self.write_encrypted(),
            Action::PrivWrite => {
                ok!(self.new_private_key());
                ok!(ensure(!self.locked, Rule::PrivWrite { slot: self.slot }));
                Ok(Needs::NOTHING)
            }
            Action::PrivWriteEncrypted => {
                ok!(self.new_private_key());
                ok!(ensure(
                    !self.locked || self.config.allows_priv_write(),
                    Rule::PrivWrite { slot: self.slot }
                ));
                self.under_write_key()
            }
            Action::GenKey => {
                ok!(self.new_private_key());
                ok!(ensure(!self.locked || self.config.allows_gen_key(), Rule::GenKey { slot: self.slot }));
                Ok(self.authorisation())
            }
            Action::PublicKey => {
                ok!(self.signing_key());
                let told = !self.locked || self.has(KeyFlags::PUB_INFO);
                ok!(ensure(told, Rule::PublicKeyHidden { slot: self.slot }));
                Ok(self.authorisation())
            }
            Action::PublicKeyDigest => self.public_key_digest(),
            Action::SignExternal => {
                self.sign(PrivateKeyPermissions::EXTERNAL_SIGN, Rule::ExternalSign { slot: self.slot })
            }
            Action::SignInternal => {
                ok!(ensure(self.locked, Rule::DataUnlocked));
                self.sign(PrivateKeyPermissions::INTERNAL_SIGN, Rule::InternalSign { slot: self.slot })
            }
            Action::Ecdh | Action::EcdhEncrypted | Action::EcdhTempKey | Action::EcdhNextSlot => {
                self.ecdh(action)
            }
            Action::Verify => self.verify(),
            Action::Validate => self.validate(),
            Action::Mac => {
                ok!(self.not_private());
                ok!(self.mac_allowed());
                self.random_key()
            }
            // Any type, as MAC and GenDig (chip reference 4.7).
            Action::CheckMac => {
                ok!(self.not_private());
                self.random_key()
            }
            Action::Copy => self.copy(),
            Action::GenDig => {
                ok!(self.not_private());
                self.random_key()
            }
            // Any type (UNVERIFIED, chip reference U52).
            Action::Hmac => {
                ok!(self.not_private());
                ok!(self.mac_allowed());
                self.random_key()
            }
            Action::DeriveKey => self.derive_key(),
            Action::Aes => {
                ok!(ensure(self.zone.may_have_aes(), Rule::NoAes));
                ok!(ensure(self.holds(KeyType::Aes), Rule::NotAesKey { slot: self.slot }));
                ok!(self.not_private());
                self.key()
            }
            Action::Kdf | Action::KdfOutput | Action::KdfEncrypted => self.kdf(action),
            Action::KdfMessage => {
                ok!(self.not_private());
                Ok(self.authorisation())
            }
            // UNVERIFIED, chip reference U19.
            Action::Result => {
                ok!(self.writable());
                let open = !self.locked || matches!(self.config.write_policy(), WritePolicy::Always);
                ok!(ensure(open, Rule::TargetClosed { slot: self.slot }));
                Ok(Needs::NOTHING)
            }
            Action::SecureBootKey => self.secure_boot_key(),
            Action::SecureBootStore => self.secure_boot_store(),
            Action::LockSlot => {
                ok!(ensure(self.has(KeyFlags::LOCKABLE), Rule::NotLockable { slot: self.slot }));
                ok!(self.changeable());
                Ok(Needs::NOTHING)
            }
        }
    }
}
