//! Symmetric keys: CheckMac's copy, DeriveKey, KDF.

use super::{Ask, ensure};
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{DerivePolicy, KeyFlags, KeyType, OutputProtection};
use crate::memory::Slot;

impl Ask<'_> {
    /// Only odd slots are ever copied; ReadKey is all that is asked of them (chip reference 5.2).
    /// The key is the slot before or the slot itself.
    pub(super) fn copy(self) -> Result<Needs, Rule> {
        let odd = self.slot.number() & 1 == 1;
        ensure(odd && self.config.read_key() == Slot::S0, Rule::Secret { slot: self.slot })?;
        let before = self.other(Slot::from_nibble(self.slot.number() - 1));
        let check = |key: Self| {
            let needs = key.permission(Action::CheckMac)?;
            Ok(Needs { with: Some(key.slot), ..needs })
        };
        check(before).or_else(|_: Rule| check(self))
    }

    /// The source's permissions count, and with a MAC the parent's, too; never the target's limit.
    pub(super) fn derive_key(self) -> Result<Needs, Rule> {
        self.writable()?;
        let parent = self.config.write_key();
        let (source, mac) = match self.config.derive_policy() {
            DerivePolicy::Never => return Err(Rule::Derive { slot: self.slot }),
            DerivePolicy::Roll { mac } => (self.slot, mac),
            DerivePolicy::Create { mac } => (parent, mac),
        };
        let mut needs = Needs {
            with: (source != self.slot).then_some(source),
            mac_with: mac.then_some(parent),
            random: self.other(source).req_random(),
            ..Needs::NOTHING
        };
        for key in [source, if mac { parent } else { source }] {
            let key = self.other(key);
            key.not_private()?;
            let own = if key.slot == self.slot { key.unlimited() } else { key.key()? };
            // One authorisation serves both keys, so both must ask for the same.
            match (needs.authorised_by, own.authorised_by) {
                (Some(one), Some(other)) if one != other => {
                    return Err(Rule::AuthorisationOfTwo { slot: source, other: parent });
                }
                (one, other) => needs.authorised_by = one.or(other),
            }
            needs = needs.or_latch(own.latch).or_counted(own.counted);
        }
        Ok(needs)
    }

    fn unlimited(self) -> Needs {
        self.authorisation().or_latch(self.locked && self.has(KeyFlags::PERSISTENT_DISABLE))
    }

    /// HKDF and PRF, with keys of any type (UNVERIFIED, chip reference U52); AES takes AES keys alone.
    pub(super) fn kdf(self, action: Action) -> Result<Needs, Rule> {
        let encrypted = action == Action::KdfEncrypted;
        if action != Action::Kdf {
            self.kdf_output(encrypted)?;
        }
        let needs = self.kdf_key(false)?;
        if action == Action::Kdf { Ok(needs) } else { self.output(needs, encrypted) }
    }

    /// KdfProt, and the key that encrypts.
    pub(crate) fn kdf_output(self, encrypted: bool) -> Result<(), Rule> {
        if encrypted {
            self.io_key()?;
        }
        match self.zone.chip_options().kdf_protection() {
            OutputProtection::Clear => Ok(()),
            OutputProtection::Encrypted => ensure(encrypted, Rule::KdfClear),
            _ => Err(Rule::KdfForbidden),
        }
    }

    /// The slot as KDF's key, for AES or for HKDF and PRF.
    pub(crate) fn kdf_key(self, aes: bool) -> Result<Needs, Rule> {
        self.not_private()?;
        ensure(!aes || self.holds(KeyType::Aes), Rule::NotAesKey { slot: self.slot })?;
        self.key()
    }
}
