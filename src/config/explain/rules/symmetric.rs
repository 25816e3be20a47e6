//! Symmetric keys: CheckMac's copy, DeriveKey, KDF.

use super::ask::{Ask, ensure};
use crate::config::constant::ok;
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{DerivePolicy, KeyFlags, KeyType, OutputProtection};
use crate::memory::Slot;

impl Ask<'_> {
    /// Only odd slots are ever copied; ReadKey is all that is asked of them (chip reference 5.2).
    /// The key is the slot before or the slot itself.
    pub(super) const fn copy(self) -> Result<Needs, Rule> {
        let odd = self.slot.number() & 1 == 1;
        ok!(ensure(odd && self.config.read_key().is(Slot::S0), Rule::Secret { slot: self.slot }));
        let before = self.other(Slot::from_nibble(self.slot.number() - 1));
        let (key, needs) = match before.permission(Action::CheckMac) {
            Ok(needs) => (before, needs),
            Err(_) => (self, ok!(self.permission(Action::CheckMac))),
        };
        Ok(Needs { with: Some(key.slot), ..needs })
    }

    /// The source's permissions count, and with a MAC the parent's, too; never the target's limit.
    pub(super) const fn derive_key(self) -> Result<Needs, Rule> {
        ok!(self.writable());
        let parent = self.config.write_key();
        let (source, mac) = match self.config.derive_policy() {
            DerivePolicy::Never => return Err(Rule::Derive { slot: self.slot }),
            DerivePolicy::Roll { mac } => (self.slot, mac),
            DerivePolicy::Create { mac } => (parent, mac),
        };
        let needs = Needs {
            with: if source.is(self.slot) { None } else { Some(source) },
            mac_with: if mac { Some(parent) } else { None },
            random: self.other(source).req_random(),
            ..Needs::NOTHING
        };
        let needs = ok!(self.derives_with(source, needs));
        if mac { self.derives_with(parent, needs) } else { Ok(needs) }
    }

    /// And what the key in `slot` asks for. One authorisation serves both keys, so both must ask for the same.
    const fn derives_with(self, slot: Slot, needs: Needs) -> Result<Needs, Rule> {
        let key = self.other(slot);
        ok!(key.not_private());
        let own = if slot.is(self.slot) { key.unlimited() } else { ok!(key.key()) };
        let authorised_by = match (needs.authorised_by, own.authorised_by) {
            (Some(one), Some(other)) if !one.is(other) => {
                // Two keys are there with a parent's MAC only, and the parent comes last.
                let source = match needs.with {
                    Some(source) => source,
                    None => self.slot,
                };
                return Err(Rule::AuthorisationOfTwo { slot: source, other: slot });
            }
            (Some(one), _) => Some(one),
            (None, other) => other,
        };
        Ok(Needs { authorised_by, ..needs }.or_latch(own.latch).or_counted(own.counted))
    }

    pub(super) const fn unlimited(self) -> Needs {
        self.authorisation().or_latch(self.locked && self.has(KeyFlags::PERSISTENT_DISABLE))
    }

    /// HKDF and PRF, with keys of any type (UNVERIFIED, chip reference U52); AES takes AES keys alone.
    pub(super) const fn kdf(self, action: Action) -> Result<Needs, Rule> {
        let encrypted = matches!(action, Action::KdfEncrypted);
        if matches!(action, Action::Kdf) {
            return self.kdf_key(false);
        }
        ok!(self.kdf_output(encrypted));
        self.output(ok!(self.kdf_key(false)), encrypted)
    }

    /// KdfProt, and the key that encrypts.
    pub(crate) const fn kdf_output(self, encrypted: bool) -> Result<(), Rule> {
        if encrypted {
            ok!(self.io_key());
        }
        match self.zone.chip_options().kdf_protection() {
            OutputProtection::Clear => Ok(()),
            OutputProtection::Encrypted => ensure(encrypted, Rule::KdfClear),
            _ => Err(Rule::KdfForbidden),
        }
    }

    /// The slot as KDF's key, for AES or for HKDF and PRF.
    pub(crate) const fn kdf_key(self, aes: bool) -> Result<Needs, Rule> {
        ok!(self.not_private());
        ok!(ensure(!aes || self.holds(KeyType::Aes), Rule::NotAesKey { slot: self.slot }));
        self.key()
    }
}
