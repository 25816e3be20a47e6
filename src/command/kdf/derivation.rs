//! What is computed: algorithm, its details, message.

use super::{KDF_MESSAGE_MAX, KdfSource};
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Sent in place of a message that the chip has inside: it wants as many bytes as it takes.
static IGNORED: [u8; KDF_MESSAGE_MAX] = [0; KDF_MESSAGE_MAX];

/// Length of the PRF's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum PrfKeyLen {
    /// 16 bytes.
    L16 = 0,
    /// 32 bytes.
    L32 = 1,
    /// 48 bytes.
    L48 = 2,
    /// 64 bytes.
    L64 = 3,
}

/// A key derivation: algorithm and message.
#[doc(alias = "atcab_kdf")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Derivation<'a> {
    algorithm: u8,
    pub(super) details: [u8; 4],
    message: &'a [u8],
    /// PRF with 64 bytes of output.
    pub(super) long: bool,
}

opaque_debug!(Derivation<'_>);

impl<'a> Derivation<'a> {
    pub(super) const fn with_message(algorithm: u8, mut details: [u8; 4], message: &'a [u8]) -> Option<Self> {
        if message.len() > KDF_MESSAGE_MAX {
            return None;
        }
        // The length sits in the last of the four bytes (chip reference D24).
        details[3] = message.len() as u8;
        Some(Self { algorithm, details, message, long: false })
    }

    /// TLS 1.2 PRF (P_SHA256) of label and seed, 32 bytes; `None` above [`KDF_MESSAGE_MAX`].
    #[must_use]
    pub const fn prf32(key_len: PrfKeyLen, message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x00, [key_len as u8, 0x00, 0, 0], message)
    }

    /// The same with 64 bytes of output, which fill both halves of TempKey.
    #[must_use]
    pub const fn prf64(key_len: PrfKeyLen, message: &'a [u8]) -> Option<Self> {
        match Self::with_message(0x00, [key_len as u8, 0x01, 0, 0], message) {
            Some(derivation) => Some(Self { long: true, ..derivation }),
            None => None,
        }
    }

    /// AES-128 of a 16-byte message with 16-byte key `index` (0 to 3) of the source; `None` beyond.
    #[must_use]
    pub const fn aes(index: u8, message: &'a [u8; 16]) -> Option<Self> {
        if index > 3 {
            return None;
        }
        Some(Self { algorithm: 0x20, details: [index, 0, 0, 0], message, long: false })
    }

    /// HMAC-SHA256 of the message: HKDF-Extract, or a round of HKDF-Expand if the message ends in
    /// info and 0x01. `None` above [`KDF_MESSAGE_MAX`].
    #[must_use]
    pub const fn hkdf(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x02, 0, 0, 0], message)
    }

    /// The same with a key of 32 zero bytes in place of the source.
    #[must_use]
    pub const fn hkdf_zero_key(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x06, 0, 0, 0], message)
    }

    /// HKDF of a message that must hold the two bytes of the configuration's KdfIvStr at its
    /// KdfIvLoc: for initialisation vectors.
    #[must_use]
    pub const fn hkdf_iv(message: &'a [u8]) -> Option<Self> {
        Self::with_message(0x40, [0x03, 0, 0, 0], message)
    }

    /// HKDF of the first `len` bytes of a slot; `None` above [`KDF_MESSAGE_MAX`]. UNVERIFIED, chip
    /// reference U21.
    #[must_use]
    pub fn hkdf_of_slot(slot: Slot, len: u8) -> Option<Self> {
        let ignored = IGNORED.get(..usize::from(len))?;
        Self::with_message(0x40, [0x00, slot.number(), 0, 0], ignored)
    }

    /// HKDF of the 32 bytes in TempKey. UNVERIFIED, chip reference U21.
    #[must_use]
    pub fn hkdf_of_temp_key() -> Self {
        Self::of_temp_key(&[0; 32])
    }

    /// HKDF of the 64 bytes in TempKey. UNVERIFIED, chip reference U21.
    #[must_use]
    pub fn hkdf_of_temp_key64() -> Self {
        Self::of_temp_key(&[0; 64])
    }

    fn of_temp_key<const N: usize>(ignored: &'static [u8; N]) -> Self {
        Self { algorithm: 0x40, details: [0x01, 0, 0, N as u8], message: ignored, long: false }
    }

    /// Whether it gives 64 bytes instead of 32.
    #[must_use]
    pub const fn is_long(&self) -> bool {
        self.long
    }

    pub(super) fn request(&self, source: KdfSource, target: u8, target_slot: u8) -> Request<'_> {
        let (source, source_slot) = match source {
            KdfSource::TempKey => (0, 0),
            KdfSource::TempKeyUpper => (1, 0),
            KdfSource::Slot(slot) => (2, slot.number()),
            KdfSource::AlternateKey => (3, 0),
        };
        let p1 = self.algorithm | target << 2 | source;
        let p2 = u16::from_le_bytes([source_slot, target_slot]);
        Request::with_data(Opcode::Kdf, p1, p2, [&self.details, self.message, &[]])
    }
}
