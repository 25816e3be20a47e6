//! Symmetric keys: CheckMac's copy, DeriveKey, KDF.

use super::Ask;
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::{DerivePolicy, KeyFlags};
use crate::slot::Slot;

impl Ask<'_> {
    /// Only odd slots are ever copied; ReadKey is all that is asked of them (chip reference 5.2).
    /// The key is the slot before or the slot itself.
    pub(super) fn copy(self) -> Option<Needs> {
        let odd = self.slot.number() & 1 == 1;
        if !odd || self.config.read_key() != Slot::S0 {
            return None;
        }
        [Slot::from_nibble(self.slot.number() - 1), self.slot].into_iter().find_map(|key| {
            let needs = self.other(key).permission(Action::CheckMac)?;
            Some(Needs { with: Some(key), ..needs })
        })
    }

    /// The source's permissions count, and with a MAC the parent's, too; never the target's limit.
    pub(super) fn derive_key(self) -> Option<Needs> {
        if !self.writable() {
            return None;
        }
        let parent = self.config.write_key();
        let (source, mac) = match self.config.derive_policy() {
            DerivePolicy::Never => return None,
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
            if key.private() {
                return None;
            }
            let own = if key.slot == self.slot { key.unlimited() } else { key.key()? };
            // One authorisation serves both keys, so both must ask for the same.
            match (needs.authorised_by, own.authorised_by) {
                (Some(one), Some(other)) if one != other => return None,
                (one, other) => needs.authorised_by = one.or(other),
            }
            needs = needs.or_latch(own.latch).or_counted(own.counted);
        }
        Some(needs)
    }

    fn unlimited(self) -> Needs {
        self.authorisation().or_latch(self.locked && self.has(KeyFlags::PERSISTENT_DISABLE))
    }

    /// HKDF and PRF, with keys of any type (UNVERIFIED, chip reference U52); AES takes AES keys alone.
    pub(super) fn kdf(self, action: Action) -> Option<Needs> {
        let options = self.zone.chip_options();
        if self.private() {
            return None;
        }
        let needs = self.key()?;
        match action {
            Action::Kdf => Some(needs),
            action => self.output(needs, options.kdf_protection(), action == Action::KdfEncrypted),
        }
    }
}
