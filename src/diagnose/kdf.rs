//! KDF (chip reference 5.10).

use super::Rule;
use super::walk::{Checked, Walk};
use crate::command::KDF_MESSAGE_MAX;
use crate::config::explain::{Action, ensure};
use crate::memory::Slot;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Prf,
    Aes,
    Hkdf,
}

/// What p1, p2 and the four bytes of details ask for.
struct Asked {
    algorithm: Algorithm,
    /// Bytes of the source up to the end of the key.
    key_end: usize,
    long: bool,
    aead: bool,
    /// HKDF's key is zeros.
    zero_key: bool,
    /// Where HKDF finds its message: slot, TempKey, input, or an input that makes an IV.
    location: u8,
    message_slot: Option<Slot>,
}

impl Walk<'_> {
    pub(super) fn kdf(&mut self) -> Checked {
        let asked = self.asked()?;
        let aes = asked.algorithm == Algorithm::Aes;
        let target = self.p1 >> 2 & 7;
        ensure(!aes || self.zone.aes_enabled(), Rule::NoAes)?;
        self.sizes(&asked, target)?;
        ensure(!aes || self.zone.chip_options().kdf_aes(), Rule::KdfAes)?;
        if target == 2 {
            self.config_locked()?;
            self.permission(self.second_slot(), Action::Result)?;
        }
        self.kdf_message(&asked)?;
        let encrypted = target == 5;
        if encrypted {
            self.ask(Slot::S0).io_key()?;
        }
        // IVs may always be seen (UNVERIFIED, chip reference U22).
        let iv = asked.algorithm == Algorithm::Hkdf && asked.location == 3;
        if !iv && (asked.aead || target >= 4) {
            self.ask(Slot::S0).kdf_output(encrypted)?;
        }
        self.source(&asked)
    }

    fn first_slot(&self) -> Slot {
        Slot::from_nibble(self.p2 as u8)
    }

    fn second_slot(&self) -> Slot {
        Slot::from_nibble((self.p2 >> 8) as u8)
    }

    fn message_len(&self) -> usize {
        self.len.saturating_sub(4)
    }

    fn asked(&self) -> Result<Asked, Rule> {
        ensure(self.p1 >> 2 & 7 < 6, Rule::Mode)?;
        self.length(self.len >= 4)?;
        let [low, second, length] = [0, 1, 3].map(|index| self.data(index));
        let index = usize::from(low & 3);
        let mut asked = Asked {
            algorithm: Algorithm::Prf,
            key_end: 16 * (index + 1),
            long: second & 1 != 0,
            aead: second >> 1 & 3 == 1,
            zero_key: false,
            location: 2,
            message_slot: None,
        };
        match self.p1 >> 5 {
            // AEAD needs the long result to be split (UNVERIFIED, chip reference U51).
            0 => ensure(second >> 1 & 3 < 2 && (asked.long || !asked.aead), Rule::Mode)?,
            1 => asked.algorithm = Algorithm::Aes,
            2 => {
                asked.algorithm = Algorithm::Hkdf;
                asked.key_end = 32;
                asked.zero_key = low & 4 != 0;
                asked.location = low & 3;
                asked.message_slot = (asked.location == 0).then(|| Slot::from_nibble(second));
            }
            _ => return Err(Rule::Mode),
        }
        if asked.algorithm != Algorithm::Prf {
            (asked.long, asked.aead) = (false, false);
        }
        let length = if asked.algorithm == Algorithm::Aes { 16 } else { usize::from(length) };
        self.length(length <= KDF_MESSAGE_MAX && self.message_len() == length)?;
        Ok(asked)
    }

    /// Sizes that no state of the chip makes fit.
    fn sizes(&self, asked: &Asked, target: u8) -> Checked {
        let [first, second] = self.p2.to_le_bytes();
        if !asked.zero_key {
            match self.p1 & 3 {
                0 => ensure(asked.key_end <= 64, Rule::KeyRange)?,
                2 => {
                    let slot = self.first_slot();
                    ensure(first < 16, Rule::Param2)?;
                    ensure(asked.key_end <= slot.size(), Rule::KeyBlock { slot })?;
                }
                _ => ensure(asked.key_end <= 32, Rule::KeyRange)?,
            }
        }
        let size = if asked.long && !asked.aead { 64 } else { 32 };
        if target == 2 {
            ensure(second < 16, Rule::Param2)?;
            ensure(size <= self.second_slot().size(), Rule::TargetSize)?;
        }
        if let Some(slot) = asked.message_slot {
            ensure(self.message_len() <= slot.size(), Rule::MessageSize { slot })?;
        }
        ensure(!(matches!(target, 1 | 3) && size > 32), Rule::TargetSize)
    }

    /// UNVERIFIED, chip reference U21.
    fn kdf_message(&mut self, asked: &Asked) -> Checked {
        if asked.algorithm != Algorithm::Hkdf {
            return Ok(());
        }
        match asked.location {
            0 => {
                self.config_locked()?;
                self.ask(asked.message_slot.unwrap_or(Slot::S0)).not_private()?;
            }
            1 if self.message_len() == 64 => self.temp_key_upper(),
            1 => self.temp_key(),
            3 => {
                let (at, [first, second]) = self.zone.kdf_iv();
                let at = usize::from(at);
                let there =
                    at + 2 <= self.message_len() && self.data(4 + at) == first && self.data(5 + at) == second;
                ensure(there, Rule::KdfIv)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn source(&mut self, asked: &Asked) -> Checked {
        let message_key = asked.message_slot.and_then(|slot| {
            let key = self.ask(slot).authorisation().authorised_by?;
            Some((slot, key))
        });
        if !asked.zero_key {
            match self.p1 & 3 {
                0 if asked.key_end > 32 => self.temp_key_upper(),
                0 => self.temp_key(),
                1 => self.hidden(Rule::TempKeyUpper),
                3 => self.hidden(Rule::AlternateKey),
                _ => {
                    self.config_locked()?;
                    let slot = self.first_slot();
                    let needs = self.ask(slot).kdf_key(asked.algorithm == Algorithm::Aes)?;
                    self.needs(slot, &needs);
                    // One authorisation serves both keys.
                    if let (Some(own), Some((other, key))) = (needs.authorised_by, message_key) {
                        ensure(own == key, Rule::AuthorisationOfTwo { slot, other })?;
                    }
                }
            }
        }
        if let Some((slot, key)) = message_key {
            self.authorised(key, Rule::Authorisation { slot, key });
        }
        Ok(())
    }
}
