//! ECC keys: GenKey's digest, Sign, ECDH, Verify, SecureBoot.

use super::{Ask, ensure};
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{KeyType, OutputProtection, PrivateKeyPermissions, SecureBootMode};
use crate::memory::Slot;

impl Ask<'_> {
    /// The latch is not asked for by GenKey (chip reference 5.7).
    pub(super) fn public_key_digest(self) -> Result<Needs, Rule> {
        self.public_key()?;
        let Needs { authorised_by, counted, .. } = self.key()?;
        Ok(Needs { authorised_by, counted, random: self.req_random(), ..Needs::NOTHING })
    }

    pub(super) fn sign(self, permission: PrivateKeyPermissions, rule: Rule) -> Result<Needs, Rule> {
        self.signing_key()?;
        ensure(self.config.permissions().contains(permission), rule)?;
        self.key()
    }

    /// IsSecret is not asked for.
    pub(super) fn ecdh(self, action: Action) -> Result<Needs, Rule> {
        use PrivateKeyPermissions as P;
        let (slot, permissions) = (self.slot, self.config.permissions());
        ensure(self.private() && self.holds(KeyType::P256), Rule::NoPrivateKey { slot })?;
        ensure(permissions.contains(P::ECDH), Rule::Ecdh { slot })?;
        let encrypted = action == Action::EcdhEncrypted;
        match action {
            Action::EcdhTempKey => self.key(),
            // Even without the permission bit, with the mode that names the slot (UNVERIFIED, chip
            // reference U17). An odd slot has no next one: it would be its own target, and it is private.
            Action::EcdhNextSlot => {
                self.other(Slot::from_nibble(slot.number() | 1)).writable()?;
                self.key()
            }
            _ => {
                // UNVERIFIED, chip reference U18.
                ensure(!permissions.contains(P::ECDH_TO_NEXT_SLOT), Rule::EcdhToSlot { slot })?;
                self.ecdh_output(encrypted)?;
                self.output(self.key()?, encrypted)
            }
        }
    }

    /// EcdhProt: clear output of a secret that is protected comes encrypted, which is no clear output. Whether
    /// it does come.
    pub(crate) fn ecdh_output(self, encrypted: bool) -> Result<(), Rule> {
        match self.zone.chip_options().ecdh_protection() {
            OutputProtection::Clear => {}
            OutputProtection::Encrypted if encrypted => {}
            _ => return Err(Rule::EcdhForbidden),
        }
        if encrypted { self.io_key().map(|_| ()) } else { Ok(()) }
    }

    pub(super) fn verify(self) -> Result<Needs, Rule> {
        self.public_key()?;
        let valid = (self.locked && self.needs_validation()).then_some(self.slot);
        Ok(Needs { valid, ..self.random_key()? })
    }

    /// With a certificate format, a certificate's hash takes the place of GenKey's digest: its length must leave
    /// room for the key and the padding, and it is no random nonce (chip reference 4.10, 5.19, 5.22).
    pub(super) fn validate(self) -> Result<Needs, Rule> {
        let parent = self.config.read_key();
        ensure(self.needs_validation(), Rule::NoValidation { slot: self.slot })?;
        let needs = self.other(parent).verify()?;
        let format = self.zone.x509_format(self.key.x509_id());
        let fits = format >> 4 >= (format & 0x0F) + 2 && !needs.random;
        ensure(format == 0 || fits, Rule::Certificate { slot: self.slot })?;
        Ok(Needs { with: Some(parent), ..needs })
    }

    pub(super) fn secure_boot_key(self) -> Result<Needs, Rule> {
        let boot = self.zone.secure_boot();
        ensure(self.locked, Rule::DataUnlocked)?;
        let used = boot.mode() != SecureBootMode::Disabled && boot.key_slot() == self.slot;
        ensure(used, Rule::BootDisabled)?;
        self.verify()
    }

    /// WriteConfig of the slot does not count.
    pub(super) fn secure_boot_store(self) -> Result<Needs, Rule> {
        let boot = self.zone.secure_boot();
        ensure(self.locked, Rule::DataUnlocked)?;
        let size = match boot.mode() {
            SecureBootMode::Disabled => return Err(Rule::BootDisabled),
            SecureBootMode::FullBoth => return Err(Rule::BootMode),
            SecureBootMode::FullSignature => 64,
            SecureBootMode::FullDigest => 32,
        };
        ensure(boot.digest_slot() == self.slot, Rule::BootDisabled)?;
        ensure(self.slot.size() >= size, Rule::BootStore { slot: self.slot })?;
        self.writable()?;
        let needs = self.other(boot.key_slot()).secure_boot_key()?;
        Ok(Needs { with: Some(boot.key_slot()), ..needs })
    }
}
