//! On what terms a command does something.

use crate::memory::Slot;
use core::fmt;

/// What must be there for an allowed command to succeed. Nothing, if all fields are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Needs {
    /// The data are encrypted with TempKey, which GenDig must have made with this slot.
    pub encrypted_with: Option<Slot>,
    /// This other slot's key takes part: parent of DeriveKey and of a validation, key of
    /// CheckMac's copy, SecureBoot's public key.
    pub with: Option<Slot>,
    /// A MAC keyed with this slot must come along.
    pub mac_with: Option<Slot>,
    /// The output is encrypted with the I/O protection key in this slot.
    pub io_key: Option<Slot>,
    /// This slot must have authorised just before (CheckMac or Verify; chip reference 5.0.3).
    pub authorised_by: Option<Slot>,
    /// The public key in this slot must be valid (chip reference 4.16).
    pub valid: Option<Slot>,
    /// The public key in the slot must not be valid.
    pub not_valid: bool,
    /// TempKey must come from a random Nonce (chip reference 4.8).
    pub random: bool,
    /// The persistent latch must be set (chip reference 5.0.5).
    pub latch: bool,
    /// One use is counted on Counter0, which must be below its limit (chip reference 5.0.4).
    pub counted: bool,
}

impl Needs {
    /// Nothing: anyone on the bus may.
    pub const NOTHING: Self = Self {
        encrypted_with: None,
        with: None,
        mac_with: None,
        io_key: None,
        authorised_by: None,
        valid: None,
        not_valid: false,
        random: false,
        latch: false,
        counted: false,
    };

    /// Whether somebody who knows no secret can meet them.
    #[must_use]
    pub const fn anyone(&self) -> bool {
        self.encrypted_with.is_none() && self.mac_with.is_none() && self.authorised_by.is_none()
    }

    /// Whether nothing has to be brought along or there already but the chip itself.
    pub(super) fn is_free(&self) -> bool {
        *self == Self { with: self.with, io_key: self.io_key, ..Self::NOTHING }
    }

    pub(super) const fn or_latch(mut self, latch: bool) -> Self {
        self.latch |= latch;
        self
    }

    pub(super) const fn or_random(mut self, random: bool) -> Self {
        self.random |= random;
        self
    }

    pub(super) const fn or_counted(mut self, counted: bool) -> Self {
        self.counted |= counted;
        self
    }
}

impl fmt::Display for Needs {
    /// A list in words; "by anyone" if it is empty.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::NOTHING {
            return f.write_str("by anyone");
        }
        let mut separator = "";
        for (text, slot) in [
            ("encrypted with", self.encrypted_with),
            ("with", self.with),
            ("MAC with", self.mac_with),
            ("I/O key in", self.io_key),
            ("authorised by", self.authorised_by),
            ("valid public key in", self.valid),
        ] {
            if let Some(slot) = slot {
                write!(f, "{separator}{text} {slot}")?;
                separator = ", ";
            }
        }
        for (text, needed) in [
            ("unless valid", self.not_valid),
            ("random nonce", self.random),
            ("persistent latch set", self.latch),
            ("counted", self.counted),
        ] {
            if needed {
                write!(f, "{separator}{text}")?;
                separator = ", ";
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn in_words() {
        assert_eq!(Needs::NOTHING.to_string(), "by anyone");
        let needs = Needs { encrypted_with: Some(Slot::S4), random: true, ..Needs::NOTHING };
        assert_eq!(needs.to_string(), "encrypted with slot 4, random nonce");
        assert!(!needs.anyone() && Needs::NOTHING.or_counted(true).anyone());
    }
}
