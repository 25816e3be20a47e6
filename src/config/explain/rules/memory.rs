//! Read and Write.

use super::ask::{Ask, ensure};
use crate::config::constant::ok;
use crate::config::explain::needs::Needs;
use crate::config::rule::Rule;
use crate::config::{SlotFlags, WritePolicy};

impl Ask<'_> {
    pub(super) const fn readable(self) -> Result<(), Rule> {
        ok!(ensure(self.locked, Rule::DataUnlocked));
        self.not_private()
    }

    /// Reads are encrypted. EncryptRead without IsSecret is UNVERIFIED, chip reference U6.
    pub(super) const fn reads_encrypted(self) -> bool {
        self.is(SlotFlags::ENCRYPT_READ)
    }

    pub(super) const fn read_clear(self) -> Result<Needs, Rule> {
        ok!(self.readable());
        let key = self.config.read_key();
        ok!(ensure(!self.reads_encrypted(), Rule::ReadKey { slot: self.slot, key }));
        ok!(ensure(!self.is(SlotFlags::IS_SECRET), Rule::Secret { slot: self.slot }));
        Ok(Needs::NOTHING)
    }

    pub(super) const fn read_encrypted(self) -> Result<Needs, Rule> {
        ok!(self.readable());
        ok!(ensure(self.reads_encrypted(), Rule::Secret { slot: self.slot }));
        let key = self.config.read_key();
        ok!(self.encrypts(key));
        Ok(Needs { encrypted_with: Some(key), random: true, ..Needs::NOTHING })
    }

    pub(super) const fn write(self) -> Result<Needs, Rule> {
        ok!(self.writable());
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
    pub(super) const fn write_word(self) -> Result<Needs, Rule> {
        ok!(self.writable());
        let slot = self.slot;
        ok!(ensure(self.locked, Rule::WriteBlock { slot }));
        match self.config.write_policy() {
            WritePolicy::Always if self.is(SlotFlags::IS_SECRET) => Err(Rule::WriteWordSecret { slot }),
            WritePolicy::Always => Ok(Needs::NOTHING),
            WritePolicy::UnlessValidated | WritePolicy::Encrypted => Err(Rule::WriteWord { slot }),
            WritePolicy::Never => Err(Rule::WriteNever { slot }),
        }
    }

    pub(super) const fn write_encrypted(self) -> Result<Needs, Rule> {
        ok!(self.writable());
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
}
