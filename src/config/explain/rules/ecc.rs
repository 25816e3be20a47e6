//! ECC keys: GenKey's digest, Sign, ECDH, Verify, SecureBoot.

use super::ask::{Ask, ensure};
use crate::config::constant::ok;
use crate::config::explain::action::Action;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{KeyType, OutputProtection, PrivateKeyPermissions, SecureBootMode};
use crate::memory::Slot;

impl Ask<'_> {
    /// The latch is not asked for by GenKey (chip reference 5.7).
    pub(super) const fn public_key_digest(self) -> Result<Needs, Rule> {
        ok!(self.public_key());
        let Needs { authorised_by, counted, .. } = ok!(self.key());
        Ok(Needs { authorised_by, counted, random: self.req_random(), ..Needs::NOTHING })
    }

    pub(super) const fn sign(self, permission: PrivateKeyPermissions, rule: Rule) -> Result<Needs, Rule> {
        ok!(self.signing_key());
        ok!(ensure(self.config.permissions().contains(permission), rule));
        self.key()
    }

    /// IsSecret is not asked for.
    pub(super) const fn ecdh(self, action: Action) -> Result<Needs, Rule> {
        use PrivateKeyPermissions as P;
        let (slot, permissions) = (self.slot, self.config.permissions());
        ok!(ensure(self.private() && self.holds(KeyType::P256), Rule::NoPrivateKey { slot }));
        ok!(ensure(permissions.contains(P::ECDH), Rule::Ecdh { slot }));
        let encrypted = matches!(action, Action::EcdhEncrypted);
        match action {
            Action::EcdhTempKey => self.key(),
            // Even without the permission bit, with the mode that names the slot (UNVERIFIED, chip
            // reference U17). An odd slot has no next one: it would be its own target, and it is private.
            Action::EcdhNextSlot => {
                ok!(self.other(Slot::from_nibble(slot.number() | 1)).writable());
                self.key()
            }
            _ => {
                // UNVERIFIED, chip reference U18.
                ok!(ensure(!permissions.contains(P::ECDH_TO_NEXT_SLOT), Rule::EcdhToSlot { slot }));
                ok!(self.ecdh_output(encrypted));
                self.output(ok!(self.key()), encrypted)
            }
        }
    }

    /// EcdhProt: clear output of a secret that is protected comes encrypted, which is no clear output. Whether
    /// it does come.
    pub(crate) const fn ecdh_output(self, encrypted: bool) -> Result<(), Rule> {
        match self.zone.chip_options().ecdh_protection() {
            OutputProtection::Clear => {}
            OutputProtection::Encrypted if encrypted => {}
            _ => return Err(Rule::EcdhForbidden),
        }
        if encrypted {
            ok!(self.io_key());
        }
        Ok(())
    }

    pub(super) const fn verify(self) -> Result<Needs, Rule> {
        ok!(self.public_key());
        let valid = if self.locked && self.needs_validation() { Some(self.slot) } else { None };
        Ok(Needs { valid, ..ok!(self.random_key()) })
    }

    /// With a certificate format, a certificate's hash takes the place of GenKey's digest: its length must leave
    /// room for the key and the padding, and it is no random nonce (chip reference 4.10, 5.19, 5.22).
    pub(super) const fn validate(self) -> Result<Needs, Rule> {
        let parent = self.config.read_key();
        ok!(ensure(self.needs_validation(), Rule::NoValidation { slot: self.slot }));
        let needs = ok!(self.other(parent).verify());
        let format = self.zone.x509_format(self.key.x509_id());
        let fits = format >> 4 >= (format & 0x0F) + 2 && !needs.random;
        ok!(ensure(format == 0 || fits, Rule::Certificate { slot: self.slot }));
        Ok(Needs { with: Some(parent), ..needs })
    }

    pub(super) const fn secure_boot_key(self) -> Result<Needs, Rule> {
        let boot = self.zone.secure_boot();
        ok!(ensure(self.locked, Rule::DataUnlocked));
        let used = !matches!(boot.mode(), SecureBootMode::Disabled) && boot.key_slot().is(self.slot);
        ok!(ensure(used, Rule::BootDisabled));
        self.verify()
    }

    /// WriteConfig of the slot does not count.
    pub(super) const fn secure_boot_store(self) -> Result<Needs, Rule> {
        let boot = self.zone.secure_boot();
        ok!(ensure(self.locked, Rule::DataUnlocked));
        let size = match boot.mode() {
            SecureBootMode::Disabled => return Err(Rule::BootDisabled),
            SecureBootMode::FullBoth => return Err(Rule::BootMode),
            SecureBootMode::FullSignature => 64,
            SecureBootMode::FullDigest => 32,
        };
        ok!(ensure(boot.digest_slot().is(self.slot), Rule::BootDisabled));
        ok!(ensure(self.slot.size() >= size, Rule::BootStore { slot: self.slot }));
        ok!(self.writable());
        let needs = ok!(self.other(boot.key_slot()).secure_boot_key());
        Ok(Needs { with: Some(boot.key_slot()), ..needs })
    }
}
