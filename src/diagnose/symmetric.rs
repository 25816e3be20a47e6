//! AES, CheckMac, DeriveKey, GenDig, MAC (chip reference 5.1, 5.2, 5.4, 5.6, 5.12).

use super::Rule;
use super::walk::{Checked, Walk};
use crate::config::explain::{Action, ensure};
use crate::config::{DerivePolicy, SlotFlags};
use crate::memory::Slot;

/// p2 for "TempKey is the key".
pub(super) const IN_TEMP_KEY: u16 = 0xFFFF;

impl Walk<'_> {
    pub(super) fn aes(&mut self) -> Checked {
        ensure(self.zone.aes_enabled(), Rule::NoAes)?;
        match self.p1 & 7 {
            3 => return self.length(self.len == 32),
            0 | 1 => ensure(self.p1 & 0x38 == 0, Rule::Mode)?,
            _ => return Err(Rule::Mode),
        }
        self.length(self.len == 16)?;
        let index = usize::from(self.p1 >> 6);
        if self.p2 == IN_TEMP_KEY {
            if index < 2 {
                self.temp_key()
            } else {
                self.temp_key_upper()
            }
            return Ok(());
        }
        ensure(self.p2 < 16, Rule::Param2)?;
        let slot = self.slot()?;
        self.config_locked()?;
        ensure(16 * (index + 1) <= slot.size(), Rule::KeyBlock { slot })?;
        self.permission(slot, Action::Aes)
    }

    pub(super) fn check_mac(&mut self) -> Checked {
        ensure(matches!(self.p1, 0..=3 | 5..=7), Rule::Mode)?;
        self.length(self.len == 77)?;
        let slot = self.slot()?;
        self.config_locked()?;
        if self.p1 & 3 != 0 {
            self.temp_key_from();
        }
        self.mac_key(slot, Action::CheckMac)
    }

    /// The slot's key, if it takes part. One that asks for a random TempKey does not go with a command that
    /// says it has another; that is asked before uses are counted.
    fn mac_key(&mut self, slot: Slot, action: Action) -> Checked {
        if self.p1 & 2 != 0 {
            return Ok(());
        }
        let checked = self.permission(slot, action);
        let asked = matches!(checked, Ok(()) | Err(Rule::Spent { .. })) && self.ask(slot).req_random();
        if asked && self.p1 & 5 == 5 { Err(Rule::Random { slot }) } else { checked }
    }

    pub(super) fn derive_key(&mut self) -> Checked {
        ensure(self.p1 & !4 == 0, Rule::Mode)?;
        self.length(matches!(self.len, 0 | 32))?;
        let slot = self.slot()?;
        self.config_locked()?;
        let ask = self.ask(slot);
        ask.writable()?;
        let key = ask.config.write_key();
        let (source, mac) = match ask.config.derive_policy() {
            DerivePolicy::Never => return Err(Rule::Derive { slot }),
            DerivePolicy::Roll { mac } => (slot, mac),
            DerivePolicy::Create { mac } => (key, mac),
        };
        // UNVERIFIED, chip reference U50.
        ensure(!mac || self.len == 32, Rule::DeriveMac { slot, key })?;
        self.temp_key_from();
        self.temp_key_encrypts();
        if self.ask(source).req_random() {
            let rule = Rule::Random { slot: source };
            // A fixed TempKey by the command's own words.
            ensure(self.p1 & 4 == 0, rule)?;
            self.random_temp_key(rule);
        }
        let mut needs = ask.permission(Action::DeriveKey)?;
        // Each of the keys for itself.
        (needs.latch, needs.authorised_by) = (false, None);
        let others = [source, if mac { key } else { source }];
        let counted = needs.counted.then(|| others.into_iter().find(|other| *other != slot)).flatten();
        needs.counted = false;
        self.needs(source, &needs);
        for other in others {
            self.latch(other);
            if counted == Some(other) {
                self.limit(other);
            }
        }
        for other in others {
            self.needs(other, &self.ask(other).authorisation());
        }
        if mac {
            self.hidden(Rule::Mac);
        }
        Ok(())
    }

    pub(super) fn gen_dig(&mut self) -> Checked {
        match self.p1 {
            0 | 1 => {
                self.no_data()?;
                ensure(self.p2 < if self.p1 == 0 { 4 } else { 2 }, Rule::Address)?;
                if self.p1 == 1 {
                    self.config_locked()?;
                }
            }
            2 => return self.gen_dig_slot(),
            3 => self.length(self.len == 32)?,
            4 => {
                self.no_data()?;
                ensure(self.p2 <= 1, Rule::Param2)?;
            }
            5 => {
                self.no_data()?;
                self.slot()?;
            }
            _ => return Err(Rule::Mode),
        }
        self.temp_key();
        Ok(())
    }

    fn gen_dig_slot(&mut self) -> Checked {
        self.length(matches!(self.len, 0 | 4))?;
        // UNVERIFIED, chip reference U38.
        ensure(self.p2 < 0x8000, Rule::TransportKey)?;
        let slot = self.slot()?;
        self.config_locked()?;
        let ask = self.ask(slot);
        ask.not_private()?;
        self.temp_key();
        ensure(!ask.is(SlotFlags::NO_MAC) || self.len == 4, Rule::OtherData { slot })?;
        self.permission(slot, Action::GenDig)
    }

    pub(super) fn mac(&mut self) -> Checked {
        ensure(self.p1 & !0x47 == 0, Rule::Mode)?;
        self.length(self.len == if self.p1 & 1 == 0 { 32 } else { 0 })?;
        let slot = self.slot()?;
        self.config_locked()?;
        if self.p1 & 3 != 0 {
            self.temp_key_makes_macs();
            self.temp_key_from();
        }
        self.mac_key(slot, Action::Mac)
    }

    /// What a stored public key needs to verify, from a slot of the configuration's choice or the command's.
    pub(super) fn use_public_key(&mut self, slot: Slot) -> Checked {
        self.config_locked()?;
        self.permission(slot, Action::Verify)?;
        self.hidden(Rule::NoPoint { slot });
        Ok(())
    }
}
