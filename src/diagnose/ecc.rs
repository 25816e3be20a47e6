//! GenKey, PrivWrite, Sign, ECDH, Verify, SecureBoot (chip reference 5.7, 5.14, 5.21, 5.5, 5.22, 5.17).

use super::Rule;
use super::symmetric::IN_TEMP_KEY;
use super::walk::{Checked, Walk};
use crate::config::explain::{Action, ensure};
use crate::config::{OutputProtection, PrivateKeyPermissions, SecureBootMode};
use crate::memory::Slot;

/// "The digest is in the message digest buffer."
const DIGEST_BUFFER: u8 = 0x20;

impl Walk<'_> {
    pub(super) fn gen_key(&mut self) -> Checked {
        const CREATE: u8 = 0x04;
        const DIGEST: u8 = 0x08;
        const STORED: u8 = 0x10;
        ensure(self.p1 & !(CREATE | DIGEST | STORED) == 0, Rule::Mode)?;
        if self.p1 & STORED != 0 {
            self.length(self.len == 3)?;
            let slot = self.slot()?;
            self.config_locked()?;
            self.ask(slot).public_key()?;
            self.temp_key();
            return self.permission(slot, Action::PublicKeyDigest);
        }
        self.length(matches!(self.len, 0 | 3))?;
        if self.p2 == IN_TEMP_KEY && self.p1 == CREATE {
            return self.config_locked();
        }
        let slot = self.slot()?;
        self.config_locked()?;
        let create = self.p1 & CREATE != 0;
        let needs = self.ask(slot).permission(if create { Action::GenKey } else { Action::PublicKey })?;
        if self.p1 & DIGEST != 0 {
            self.temp_key();
            if self.ask(slot).req_random() {
                self.random_temp_key(Rule::Random { slot });
            }
        }
        self.needs(slot, &needs);
        if !create {
            self.key_made(slot);
        }
        Ok(())
    }

    pub(super) fn priv_write(&mut self) -> Checked {
        let encrypted = self.p1 == 0x40;
        ensure(encrypted || self.p1 == 0, Rule::Mode)?;
        self.length(self.len == 68 || self.len == 36 && !encrypted)?;
        let slot = self.slot()?;
        self.config_locked()?;
        let action = if encrypted { Action::PrivWriteEncrypted } else { Action::PrivWrite };
        let needs = self.ask(slot).permission(action)?;
        if encrypted {
            self.temp_key();
            if let Some(key) = needs.encrypted_with {
                let rule = Rule::WriteKey { slot, key };
                self.gen_dig_with(key, rule, |used| Rule::OtherWriteKey { slot, key, used });
            }
            self.temp_key_encrypts();
            self.hidden(Rule::Mac);
        }
        self.hidden(Rule::PrivateKey);
        Ok(())
    }

    pub(super) fn sign(&mut self) -> Checked {
        self.no_data()?;
        ensure(self.p1 & 0x1E == 0, Rule::Mode)?;
        let slot = self.slot()?;
        self.config_locked()?;
        let external = self.p1 & 0x80 != 0;
        let needs =
            self.ask(slot).permission(if external { Action::SignExternal } else { Action::SignInternal });
        // Whether a use is left is asked after key and message, as is all that the key needs.
        if matches!(needs, Ok(_) | Err(Rule::Spent { .. })) {
            self.key_made(slot);
            if external {
                self.message();
            } else {
                self.temp_key();
                let made = self.seen.gen_dig.zip(self.seen.gen_key);
                let made = made.map(|(dig, key)| dig.is_some() || key.is_some());
                self.state(made, Rule::TempKeyOrigin);
            }
        }
        self.needs(slot, &needs?);
        Ok(())
    }

    fn message(&mut self) {
        if self.p1 & DIGEST_BUFFER != 0 { self.hidden(Rule::DigestBuffer) } else { self.temp_key() }
    }

    pub(super) fn ecdh(&mut self) -> Checked {
        let mode = matches!(self.p1, 0x00 | 0x04 | 0x08 | 0x0C | 0x0E | 0x05 | 0x09 | 0x0D | 0x0F);
        ensure(mode, Rule::Mode)?;
        self.length(self.len == 64)?;
        // EcdhProt wins over p1.
        let protection = self.zone.chip_options().ecdh_protection();
        let encrypted = self.p1 & 2 != 0 || protection == OutputProtection::Encrypted;
        if self.p1 & 1 != 0 {
            self.ecdh_temp_key(encrypted)?;
        } else {
            let slot = self.slot()?;
            self.config_locked()?;
            let to_slot =
                self.ask(slot).config.permissions().contains(PrivateKeyPermissions::ECDH_TO_NEXT_SLOT);
            let action = match self.p1 & 0x0C {
                0x00 if to_slot => Action::EcdhNextSlot,
                0x04 => Action::EcdhNextSlot,
                0x08 => Action::EcdhTempKey,
                _ if encrypted => Action::EcdhEncrypted,
                _ => Action::Ecdh,
            };
            let needs = self.ask(slot).permission(action);
            // Latch, uses and authorisation are asked last.
            if matches!(needs, Ok(_) | Err(Rule::Spent { .. })) {
                self.key_made(slot);
                self.hidden(Rule::Point);
            }
            self.needs(slot, &needs?);
            return Ok(());
        }
        self.hidden(Rule::Point);
        Ok(())
    }

    fn private_temp_key(&mut self) {
        self.state(self.seen.temp_key.filter(|valid| !valid), Rule::TempKeyPrivate);
    }

    /// The key that GenKey left in TempKey. p2 names the target slot, if there is one.
    fn ecdh_temp_key(&mut self, encrypted: bool) -> Checked {
        match self.p1 & 0x0C {
            0x04 => {
                let slot = self.slot()?;
                self.permission(slot, Action::Result)?;
            }
            target => {
                ensure(self.p2 == 0, Rule::Param2)?;
                self.private_temp_key();
                if target != 0x08 {
                    self.ask(Slot::S0).ecdh_output(encrypted)?;
                }
            }
        }
        self.private_temp_key();
        Ok(())
    }

    pub(super) fn verify(&mut self) -> Checked {
        ensure(self.p1 & 0x58 == 0, Rule::Mode)?;
        let from_buffer = self.p1 & DIGEST_BUFFER != 0;
        match self.p1 & 7 {
            0 => {
                self.length(self.len == 64)?;
                let slot = self.slot()?;
                self.message();
                ensure(!(from_buffer && self.ask(slot).req_random()), Rule::RandomDigest { slot })?;
                self.verify_mac(slot)?;
                self.use_public_key(slot)
            }
            1 => {
                self.length(matches!(self.len, 64 | 128))?;
                ensure(!from_buffer, Rule::Mode)?;
                let slot = self.to_validate()?;
                self.temp_key();
                self.hidden(Rule::Certificate { slot });
                self.validate_with_parent(slot)
            }
            2 => {
                self.length(self.len == 128)?;
                ensure(self.p2 == 4, Rule::Param2)?;
                self.message();
                self.verify_mac(Slot::S0)?;
                self.hidden(Rule::Point);
                Ok(())
            }
            mode @ (3 | 7) => {
                self.length(self.len == 83)?;
                ensure(!from_buffer, Rule::Mode)?;
                let slot = self.to_validate()?;
                let id = self.zone.key_config(slot).x509_id();
                ensure(self.zone.x509_format(id) == 0, Rule::ValidateFormat { slot })?;
                ensure(self.data(64 + 17) & 1 == u8::from(mode == 7), Rule::ValidateFlag)?;
                self.temp_key();
                let digest = self.seen.gen_key.map(|made| made == Some(slot));
                self.state(digest, Rule::TempKeyDigest { slot });
                self.validate_with_parent(slot)
            }
            _ => Err(Rule::Mode),
        }
    }

    fn to_validate(&self) -> Result<Slot, Rule> {
        let slot = self.slot()?;
        self.config_locked()?;
        ensure(self.ask(slot).needs_validation(), Rule::NoValidation { slot })?;
        Ok(slot)
    }

    fn validate_with_parent(&mut self, slot: Slot) -> Checked {
        self.verify_mac(slot)?;
        self.use_public_key(self.zone.slot_config(slot).read_key())
    }

    /// The MAC that proves a success to the host, if it was asked for.
    fn verify_mac(&mut self, slot: Slot) -> Checked {
        if self.p1 & 0x80 != 0 {
            self.ask(slot).io_key()?;
            let upper = self.p1 & DIGEST_BUFFER != 0;
            self.hidden(if upper { Rule::TempKeyUpper } else { Rule::DigestBuffer });
        }
        Ok(())
    }

    pub(super) fn secure_boot(&mut self) -> Checked {
        const FULL: u8 = 5;
        const STORE: u8 = 6;
        const COPY: u8 = 7;
        let mode = self.p1 & 7;
        ensure(self.p1 & 0x38 == 0, Rule::Mode)?;
        ensure(self.p2 == 0, Rule::Param2)?;
        match mode {
            FULL | COPY => self.length(self.len == 96)?,
            STORE => self.length(self.len == 32)?,
            _ => return Err(Rule::Mode),
        }
        self.config_locked()?;
        ensure(self.data_locked(), Rule::DataUnlocked)?;
        // Sticks until the supply was off.
        self.hidden(Rule::BootInhibited);
        let boot = self.zone.secure_boot();
        // UNVERIFIED, chip reference U23.
        ensure(boot.mode() != SecureBootMode::Disabled, Rule::BootDisabled)?;
        ensure(mode == FULL || boot.mode() != SecureBootMode::FullBoth, Rule::BootMode)?;
        let (store, digest) = (self.ask(boot.digest_slot()), boot.mode() == SecureBootMode::FullDigest);
        if mode == STORE {
            store.not_private()?;
        } else if mode == COPY {
            let fits = store.slot.size() >= if digest { 32 } else { 64 };
            ensure(fits, Rule::BootStore { slot: store.slot })?;
            store.writable()?;
        }
        if self.p1 & 0x80 != 0 {
            store.io_key()?;
            if boot.needs_random_nonce() {
                self.state(self.seen.from_input.map(|input| !input), Rule::TempKeyRandom);
            }
            self.temp_key();
        }
        if mode == STORE && digest { Ok(()) } else { self.use_public_key(boot.key_slot()) }
    }
}
