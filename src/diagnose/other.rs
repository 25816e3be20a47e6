//! Info, Nonce, Random, SelfTest, SHA (chip reference 5.9, 5.13, 5.15, 5.18, 5.19).

use super::Rule;
use super::symmetric::IN_TEMP_KEY;
use super::walk::{Checked, Walk};
use crate::config::explain::{Action, ensure};

impl Walk<'_> {
    pub(super) fn info(&mut self) -> Checked {
        self.no_data()?;
        match self.p1 {
            0 | 2 => ensure(self.p2 == 0, Rule::Param2),
            1 => self.slot().map(|_| ()),
            3 => {
                ensure(matches!(self.p2, 0 | 2 | 3), Rule::Param2)?;
                Err(Rule::Gpio)
            }
            4 => self.change_latch(),
            _ => Err(Rule::Mode),
        }
    }

    fn change_latch(&mut self) -> Checked {
        ensure(matches!(self.p2, 0 | 2 | 3), Rule::Param2)?;
        if self.p2 == 0 {
            return Ok(());
        }
        let key = self.zone.volatile_key_permission().ok_or(Rule::LatchPermission)?;
        if self.p2 == 3 {
            ensure(!self.zone.secure_boot().sets_latch(), Rule::LatchBySecureBoot)?;
            self.authorised(key, Rule::LatchAuthorisation { key });
        }
        Ok(())
    }

    pub(super) fn nonce(&mut self) -> Checked {
        match self.p1 {
            0 | 1 => {
                self.length(self.len == 20)?;
                ensure(self.p2 == 0 || self.p2 == 0x8000, Rule::Param2)?;
                if self.p2 == 0x8000 {
                    self.temp_key();
                }
                return Ok(());
            }
            0x03 | 0x43 | 0x83 => self.length(self.len == 32)?,
            0x23 | 0x63 => self.length(self.len == 64)?,
            _ => return Err(Rule::Mode),
        }
        ensure(self.p2 == 0, Rule::Param2)
    }

    pub(super) fn random(&mut self) -> Checked {
        self.no_data()?;
        ensure(self.p1 <= 1, Rule::Mode)?;
        ensure(self.p2 == 0, Rule::Param2)
    }

    pub(super) fn self_test(&mut self) -> Checked {
        self.no_data()?;
        ensure(self.p1 & !0x3F == 0, Rule::Mode)?;
        ensure(self.p2 == 0, Rule::Param2)
    }

    pub(super) fn sha(&mut self) -> Checked {
        let (mode, target) = (self.p1 & 7, self.p1 >> 6);
        ensure(self.p1 & 0x38 == 0 && (target == 0 || mode == 2), Rule::Mode)?;
        match mode {
            0 => {
                self.no_data()?;
                return ensure(self.p2 == 0, Rule::Param2);
            }
            1 | 2 => {
                ensure(mode == 1 || target != 2, Rule::Mode)?;
                // UNVERIFIED, chip reference U31.
                let told = usize::from(self.p2);
                // Update also takes "a whole block", for a piece that is shorter.
                self.length(self.len <= 64 && (told == self.len || mode == 1 && told == 64))?;
            }
            3 => {
                self.no_data()?;
                let slot = self.slot()?;
                self.config_locked()?;
                self.ask(slot).public_key()?;
            }
            4 => return self.hmac(),
            6 => {
                self.no_data()?;
                ensure(self.p2 == 0, Rule::Param2)?;
            }
            7 => {
                self.length(usize::from(self.p2) == self.len)?;
                self.hidden(Rule::ContextBytes);
                return Ok(());
            }
            _ => return Err(Rule::Mode),
        }
        self.hidden(Rule::ShaContext);
        Ok(())
    }

    fn hmac(&mut self) -> Checked {
        self.no_data()?;
        if self.p2 == IN_TEMP_KEY {
            self.temp_key_makes_macs();
            self.temp_key();
            return Ok(());
        }
        let slot = self.slot()?;
        self.config_locked()?;
        self.permission(slot, Action::Hmac)
    }
}
