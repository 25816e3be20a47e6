//! ChipOptions (chip reference 4.13).

use crate::memory::Slot;

/// Who sees the result of ECDH or KDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum OutputProtection {
    /// Clear output is allowed.
    Clear = 0,
    /// Output must be encrypted with the I/O protection key.
    Encrypted = 1,
    /// The result may not leave the chip.
    Inside = 2,
    /// An invalid code.
    Invalid = 3,
}

impl OutputProtection {
    const fn from_bits(bits: u16) -> Self {
        match bits & 3 {
            0 => Self::Clear,
            1 => Self::Encrypted,
            2 => Self::Inside,
            _ => Self::Invalid,
        }
    }
}

/// ChipOptions, bytes 90 and 91.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChipOptions(u16);

impl ChipOptions {
    /// From the word, low byte first in memory.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The word.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Self tests run at power-up and wake, which then take up to 20 ms.
    #[must_use]
    pub const fn power_on_self_test(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The slot of the I/O protection key, if its functions are on.
    #[must_use]
    pub const fn io_protection_key(self) -> Option<Slot> {
        if self.0 & 0x02 != 0 { Some(Slot::from_nibble((self.0 >> 12) as u8)) } else { None }
    }

    /// KDF may use AES.
    #[must_use]
    pub const fn kdf_aes(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// A failed health test clears itself once reported.
    #[must_use]
    pub const fn auto_clear_first_fail(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Who sees the result of ECDH.
    #[must_use]
    pub const fn ecdh_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 8)
    }

    /// Who sees the result of KDF.
    #[must_use]
    pub const fn kdf_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 10)
    }
}
