//! ECC keys: GenKey's digest, Sign, ECDH, Verify, SecureBoot.

use super::Ask;
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::{KeyType, PrivateKeyPermissions, SecureBootMode};
use crate::slot::Slot;

impl Ask<'_> {
    /// The latch is not asked for by GenKey (chip reference 5.7).
    pub(super) fn public_key_digest(self) -> Option<Needs> {
        if !self.public_key() {
            return None;
        }
        let Needs { authorised_by, counted, .. } = self.key()?;
        Some(Needs { authorised_by, counted, random: self.req_random(), ..Needs::NOTHING })
    }

    pub(super) fn sign(self, permission: PrivateKeyPermissions) -> Option<Needs> {
        (self.signing_key() && self.config.permissions().contains(permission)).then(|| self.key()).flatten()
    }

    /// IsSecret is not asked for.
    pub(super) fn ecdh(self, action: Action) -> Option<Needs> {
        use PrivateKeyPermissions as P;
        let permissions = self.config.permissions();
        if !(self.private() && self.holds(KeyType::P256) && permissions.contains(P::ECDH)) {
            return None;
        }
        let to_slot = permissions.contains(P::ECDH_TO_NEXT_SLOT);
        let protection = self.zone.chip_options().ecdh_protection();
        match action {
            Action::EcdhTempKey => self.key(),
            // Even without the permission bit, with the mode that names the slot (UNVERIFIED, chip
            // reference U17).
            Action::EcdhNextSlot => {
                let next = Slot::from_nibble(self.slot.number() | 1);
                (next != self.slot && self.other(next).writable()).then(|| self.key()).flatten()
            }
            // UNVERIFIED, chip reference U18.
            _ if to_slot => None,
            action => self.output(self.key()?, protection, action == Action::EcdhEncrypted),
        }
    }

    pub(super) fn verify(self) -> Option<Needs> {
        if !self.public_key() {
            return None;
        }
        let valid = (self.locked && self.needs_validation()).then_some(self.slot);
        Some(Needs { valid, ..self.random_key()? })
    }

    /// With a certificate format, a certificate's hash takes the place of GenKey's digest: its length must leave
    /// room for the key and the padding, and it is no random nonce (chip reference 4.10, 5.19, 5.22).
    pub(super) fn validate(self) -> Option<Needs> {
        let parent = self.config.read_key();
        let needs = self.other(parent).verify().filter(|_| self.needs_validation())?;
        let format = self.zone.x509_format(self.key.x509_id());
        let fits = format >> 4 >= (format & 0x0F) + 2 && !needs.random;
        (format == 0 || fits).then_some(Needs { with: Some(parent), ..needs })
    }

    pub(super) fn secure_boot_key(self) -> Option<Needs> {
        let boot = self.zone.secure_boot();
        let used = self.locked && boot.mode() != SecureBootMode::Disabled && boot.key_slot() == self.slot;
        used.then(|| self.verify()).flatten()
    }

    /// WriteConfig of the slot does not count.
    pub(super) fn secure_boot_store(self) -> Option<Needs> {
        let boot = self.zone.secure_boot();
        let size = match boot.mode() {
            SecureBootMode::Disabled | SecureBootMode::FullBoth => return None,
            SecureBootMode::FullSignature => 64,
            SecureBootMode::FullDigest => 32,
        };
        let fits = boot.digest_slot() == self.slot && self.slot.size() >= size && self.writable();
        let needs = self.other(boot.key_slot()).secure_boot_key()?;
        fits.then_some(Needs { with: Some(boot.key_slot()), ..needs })
    }
}
