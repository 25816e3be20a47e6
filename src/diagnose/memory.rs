//! Read, Write, Lock, UpdateExtra, Counter (chip reference 5.16, 5.23, 5.11, 5.20, 5.3).

use super::Rule;
use super::walk::{Checked, Walk};
use crate::command::CounterId;
use crate::config::explain::{Action, COUNTER_MAX, ensure};
use crate::config::{SlotFlags, WritePolicy};
use crate::memory::Slot;

/// What a Read or Write is about.
enum Place {
    Config { offset: usize },
    Otp,
    Slot(Slot),
}

impl Walk<'_> {
    fn block(&self) -> bool {
        self.p1 & 0x80 != 0
    }

    /// Unused address bits and addresses outside are refused (UNVERIFIED, chip reference U4, U5).
    fn place(&self) -> Result<Place, Rule> {
        let p2 = self.p2;
        let word = if self.block() { 0 } else { usize::from(p2 & 7) };
        let offset = |block: u16| usize::from(block) * 32 + word * 4;
        let (place, unused, fits) = match self.p1 & 3 {
            0 => {
                let offset = offset(p2 >> 3 & 3);
                (Place::Config { offset }, 0xFFE0, true)
            }
            1 => (Place::Otp, 0xFFF0, true),
            2 => {
                let slot = Slot::from_nibble((p2 >> 3) as u8);
                (Place::Slot(slot), 0x0080, offset(p2 >> 8) < slot.size())
            }
            _ => return Err(Rule::Mode),
        };
        ensure(p2 & unused == 0 && fits, Rule::Address)?;
        Ok(place)
    }

    pub(super) fn read(&mut self) -> Checked {
        self.no_data()?;
        ensure(self.p1 & 0x7C == 0, Rule::Mode)?;
        match self.place()? {
            Place::Config { .. } => Ok(()),
            Place::Otp => {
                self.config_locked()?;
                ensure(self.data_locked(), Rule::DataUnlocked)
            }
            Place::Slot(slot) => self.read_slot(slot),
        }
    }

    fn read_slot(&mut self, slot: Slot) -> Checked {
        self.config_locked()?;
        let ask = self.ask(slot);
        if !ask.is(SlotFlags::ENCRYPT_READ) {
            return self.permission(slot, Action::Read);
        }
        let permitted = ask.permission(Action::ReadEncrypted);
        // That is asked last.
        if !matches!(permitted, Ok(_) | Err(Rule::NoMacKey { .. })) {
            return permitted.map(|_| ());
        }
        ensure(self.block(), Rule::ReadWord { slot })?;
        let key = ask.config.read_key();
        self.temp_key();
        self.gen_dig_with(key, Rule::ReadKey { slot, key }, |used| Rule::OtherReadKey { slot, key, used });
        self.random_temp_key(Rule::ReadRandom { slot });
        self.temp_key_encrypts();
        permitted.map(|_| ())
    }

    fn encrypted_bit(&self) -> bool {
        self.p1 & 0x40 != 0
    }

    pub(super) fn write(&mut self) -> Checked {
        ensure(self.p1 & 0x3C == 0, Rule::Mode)?;
        self.length(match self.len {
            4 => !self.block(),
            32 | 64 => self.block(),
            _ => false,
        })?;
        let encrypted = self.encrypted_bit();
        match self.place()? {
            Place::Config { offset } => {
                ensure(!self.zone.is_config_locked(), Rule::ConfigLocked)?;
                let writable = if self.block() {
                    matches!(offset / 32, 1 | 3)
                } else {
                    matches!(offset / 4, 4..=20 | 22..=31)
                };
                ensure(writable && !encrypted, Rule::ConfigBytes)?;
                ensure(self.len != 64, Rule::EncryptedForm)
            }
            Place::Otp => {
                self.config_locked()?;
                ensure(!self.data_locked(), Rule::DataLocked)?;
                ensure(self.block(), Rule::WriteOtpBlock)?;
                self.any_encryption(encrypted)
            }
            Place::Slot(slot) => self.write_slot(slot),
        }
    }

    /// Before the data lock p1 says whether data are encrypted, and any TempKey will do.
    fn any_encryption(&mut self, encrypted: bool) -> Checked {
        ensure(encrypted == (self.len == 64), Rule::EncryptedForm)?;
        if encrypted {
            self.temp_key();
            self.hidden(Rule::Mac);
        }
        Ok(())
    }

    fn write_slot(&mut self, slot: Slot) -> Checked {
        self.config_locked()?;
        let ask = self.ask(slot);
        if !self.data_locked() {
            ask.writable()?;
            ensure(self.block(), Rule::WriteBlock { slot })?;
            return self.any_encryption(self.encrypted_bit());
        }
        let (with_mac, key) = (self.len == 64, ask.config.write_key());
        let encrypted = ask.config.write_policy() == WritePolicy::Encrypted;
        if !self.block() {
            self.permission(slot, Action::WriteWord)?;
            return ensure(!self.encrypted_bit(), Rule::WriteClearOnly { slot });
        }
        if !(encrypted && with_mac) {
            self.permission(slot, Action::Write)?;
            return ensure(!with_mac, Rule::WriteClearOnly { slot });
        }
        ask.permission(Action::WriteEncrypted)?;
        self.temp_key();
        self.gen_dig_with(key, Rule::WriteKey { slot, key }, |used| Rule::OtherWriteKey { slot, key, used });
        self.temp_key_encrypts();
        self.hidden(Rule::Mac);
        Ok(())
    }

    pub(super) fn lock(&mut self) -> Checked {
        self.no_data()?;
        let target = self.p1 & 0x7F;
        ensure(target < 2 || target & 0x43 == 2, Rule::Mode)?;
        if target > 1 {
            self.config_locked()?;
            return self.permission(Slot::from_nibble(target >> 2), Action::LockSlot);
        }
        if target == 0 {
            ensure(!self.zone.is_config_locked(), Rule::ConfigLocked)?;
        } else {
            self.config_locked()?;
            ensure(!self.data_locked(), Rule::DataLocked)?;
        }
        if self.p1 & 0x80 == 0 {
            self.hidden(Rule::Summary);
        }
        Ok(())
    }

    pub(super) fn update_extra(&mut self) -> Checked {
        self.no_data()?;
        match self.p1 {
            0 | 1 => {
                ensure(self.p2 < 0x100, Rule::Param2)?;
                ensure(self.zone.byte(84 + self.p1) == 0, Rule::ExtraByte)
            }
            2 | 3 => {
                let slot = self.slot()?;
                if self.ask(slot).is(SlotFlags::LIMITED_USE) {
                    ensure(self.zone.counter(CounterId::Counter0) < COUNTER_MAX, Rule::Spent { slot })?;
                    self.limit(slot);
                }
                Ok(())
            }
            _ => Err(Rule::Mode),
        }
    }

    pub(super) fn counter(&mut self) -> Checked {
        self.no_data()?;
        ensure(self.p1 <= 1, Rule::Mode)?;
        let counter = match self.p2 {
            0 => CounterId::Counter0,
            1 => CounterId::Counter1,
            _ => return Err(Rule::Param2),
        };
        if self.p1 == 1 {
            ensure(self.zone.counter(counter) < COUNTER_MAX, Rule::CounterSpent)?;
        }
        Ok(())
    }
}
