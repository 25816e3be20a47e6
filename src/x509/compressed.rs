//! The 72 bytes in which chips keep a certificate (chip reference 4.17).
//!
//! | Bytes | Content |
//! |---|---|
//! | 0 to 63 | signature: R, S, big endian |
//! | 64 to 66 | [dates](Dates): year, month, day, hour, years to the end |
//! | 67, 68 | signer's id, big endian |
//! | 69 | template in the high nibble, chain in the low one |
//! | 70 | source of the serial number in the high nibble, version in the low one |
//! | 71 | version 0: zero. Versions 1 and 2: the upper bits of year and years, then 4 zeros |

mod dates;
pub(super) mod error;
mod version;

pub use dates::{Dates, Term};
pub use error::CompressedError;
pub use version::Version;

use super::{SerialSource, SignerId};
use crate::key::Signature;
use core::fmt;

/// A certificate as chips keep it: its signature, its dates, and what to make the rest from (chip reference 4.17).
///
/// [`Template::rebuild`](super::Template::rebuild) makes the certificate of it, [`Template::compress`](super::Template::compress)
/// goes the other way.
#[doc(alias = "atcacert_comp_data_t")]
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
// Moved in words, as keys and signatures.
#[repr(align(4))]
pub struct Compressed([u8; Self::LEN]);

impl Compressed {
    /// Its size: exactly one of the slots 9 to 15.
    pub const LEN: usize = 72;

    /// Of a place without contents.
    pub(crate) const BLANK: Self = Self([0xFF; Self::LEN]);

    /// From the bytes as the chip has them, which may be any: what they say is checked when it is asked for.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// From its parts. The version is 0 unless the dates need 1, as Microchip does it.
    ///
    /// # Errors
    /// [`CompressedError::NoNibble`]: a template or a chain above 15.
    pub const fn new(
        signature: &Signature,
        dates: &Dates,
        signer: SignerId,
        template: u8,
        chain: u8,
        source: SerialSource,
    ) -> Result<Self, CompressedError> {
        if template > 0xF {
            return Err(CompressedError::NoNibble(template));
        }
        if chain > 0xF {
            return Err(CompressedError::NoNibble(chain));
        }
        let ([a, b, c], extension) = dates.encode();
        let [high, low] = signer.0.to_be_bytes();
        let version = dates.version().nibble();
        let tail = [a, b, c, high, low, template << 4 | chain, source.nibble() << 4 | version, extension];
        let mut bytes = [0; Self::LEN];
        let (signed, fields) = bytes.split_at_mut(64);
        signed.copy_from_slice(signature.as_bytes());
        fields.copy_from_slice(&tail);
        Ok(Self(bytes))
    }

    /// The bytes as the chip has them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The same, to be read into.
    pub(crate) const fn bytes_mut(&mut self) -> &mut [u8; Self::LEN] {
        &mut self.0
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> Signature {
        let mut signature = [0; 64];
        for (to, from) in signature.iter_mut().zip(&self.0) {
            *to = *from;
        }
        Signature::from_bytes(signature)
    }

    /// The same with another signature.
    #[must_use]
    pub fn with_signature(mut self, signature: &Signature) -> Self {
        for (to, from) in self.0.iter_mut().zip(signature.as_bytes()) {
            *to = *from;
        }
        self
    }

    /// The last 8 bytes.
    const fn fields(&self) -> [u8; 8] {
        let [.., a, b, c, d, e, f, g, h] = self.0;
        [a, b, c, d, e, f, g, h]
    }

    /// Which rules the dates and the serial number follow.
    ///
    /// # Errors
    /// [`CompressedError::Version`]: one that Microchip has not defined.
    pub const fn version(&self) -> Result<Version, CompressedError> {
        let [.., source, _] = self.fields();
        match Version::from_nibble(source & 0xF) {
            Some(version) => Ok(version),
            None => Err(CompressedError::Version(source & 0xF)),
        }
    }

    /// From when to when it is valid.
    ///
    /// # Errors
    /// - [`CompressedError::Version`]: one that Microchip has not defined.
    /// - [`CompressedError::Reserved`]: bits of byte 71 that must be 0 are not.
    /// - [`CompressedError::Dates`]: no day, or no hour of it.
    pub fn dates(&self) -> Result<Dates, CompressedError> {
        let [a, b, c, .., extension] = self.fields();
        let version = self.version()?;
        let reserved = extension & !version.date_bits();
        if reserved != 0 {
            return Err(CompressedError::Reserved(reserved));
        }
        Dates::decode([a, b, c], extension).ok_or(CompressedError::Dates([a, b, c, extension]))
    }

    /// The signer's id.
    #[must_use]
    pub const fn signer(&self) -> SignerId {
        let [_, _, _, high, low, ..] = self.fields();
        SignerId(u16::from_be_bytes([high, low]))
    }

    /// The template's number, 0 to 15.
    #[must_use]
    pub const fn template(&self) -> u8 {
        let [_, _, _, _, _, number, ..] = self.fields();
        number >> 4
    }

    /// The chain's number, 0 to 15.
    #[must_use]
    pub const fn chain(&self) -> u8 {
        let [_, _, _, _, _, number, ..] = self.fields();
        number & 0xF
    }

    /// Where the serial number comes from.
    ///
    /// # Errors
    /// [`CompressedError::SerialSource`]: a rule that Microchip has not defined.
    pub const fn serial_source(&self) -> Result<SerialSource, CompressedError> {
        let [.., source, _] = self.fields();
        match SerialSource::from_nibble(source >> 4) {
            Some(source) => Ok(source),
            None => Err(CompressedError::SerialSource(source >> 4)),
        }
    }

    /// The dates as they are hashed for a serial number: 3 bytes, or 4 from version 1 on.
    pub(super) fn hashed_dates(&self) -> Result<HashedDates, CompressedError> {
        let [a, b, c, .., extension] = self.fields();
        Ok(match self.version()? {
            Version::V0 => HashedDates([a, b, c, 0], 3),
            Version::V1 | Version::V2 => HashedDates([a, b, c, extension & 0xF0], 4),
        })
    }
}

/// 3 or 4 bytes.
pub(super) struct HashedDates([u8; 4], usize);

impl AsRef<[u8]> for HashedDates {
    fn as_ref(&self) -> &[u8] {
        self.0.get(..self.1).unwrap_or(&self.0)
    }
}

impl fmt::Debug for Compressed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Compressed(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

impl From<[u8; Self::LEN]> for Compressed {
    fn from(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }
}

impl From<Compressed> for [u8; Compressed::LEN] {
    fn from(compressed: Compressed) -> Self {
        compressed.0
    }
}

/// An error if there are not 72 bytes.
impl TryFrom<&[u8]> for Compressed {
    type Error = core::array::TryFromSliceError;
    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Self)
    }
}

impl AsRef<[u8; Self::LEN]> for Compressed {
    fn as_ref(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl AsRef<[u8]> for Compressed {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
