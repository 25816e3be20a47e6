//! SecureBoot (chip reference 4.12).

use crate::memory::Slot;

/// How secure boot checks an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum SecureBootMode {
    /// Not at all.
    Disabled = 0,
    /// Digest and signature every time.
    FullBoth = 1,
    /// The signature is stored.
    FullSignature = 2,
    /// The digest is stored.
    FullDigest = 3,
}

/// SecureBoot, bytes 70 and 71.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SecureBoot(u16);

impl SecureBoot {
    /// Off.
    pub const DISABLED: Self = Self(0);

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

    /// How images are checked.
    #[must_use]
    pub const fn mode(self) -> SecureBootMode {
        match self.0 & 3 {
            0 => SecureBootMode::Disabled,
            1 => SecureBootMode::FullBoth,
            2 => SecureBootMode::FullSignature,
            _ => SecureBootMode::FullDigest,
        }
    }

    /// Success sets the persistent latch.
    #[must_use]
    pub const fn sets_latch(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The encrypted form needs a random nonce.
    #[must_use]
    pub const fn needs_random_nonce(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Slot of the stored digest or signature.
    #[must_use]
    pub const fn digest_slot(self) -> Slot {
        Slot::from_nibble((self.0 >> 8) as u8)
    }

    /// Slot of the code signer's public key.
    #[must_use]
    pub const fn key_slot(self) -> Slot {
        Slot::from_nibble((self.0 >> 12) as u8)
    }

    /// The same, but the encrypted form needs a random nonce.
    #[must_use]
    pub const fn with_random_nonce(self) -> Self {
        Self(self.0 | 0x10)
    }

    /// On, with these slots.
    #[must_use]
    pub const fn new(mode: SecureBootMode, digest_slot: Slot, key_slot: Slot) -> Self {
        Self(mode as u16 | (digest_slot.number() as u16) << 8 | (key_slot.number() as u16) << 12)
    }
}
