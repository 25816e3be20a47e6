//! By which rule a certificate has its serial number, and the signer's id (chip reference 4.17).

use super::hash::sha256;
use super::parts::Given;
use super::{Compressed, Error, Parts, TemplateError};
use core::fmt;

/// By which rule a certificate has its serial number: high nibble of byte 70 of the compressed form (chip reference
/// 4.17).
///
/// The hashes take the dates as they stand in the compressed form, so the number changes with its version. N is the
/// length that the template's example has: 16 bytes in all of Microchip's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum SerialSource {
    /// 0: it lies somewhere on the chip, as long as in the template's example.
    #[doc(alias = "SNSRC_STORED")]
    Stored = 0x0,
    /// 7: it lies somewhere on the chip behind a byte that says how long it is.
    #[doc(alias = "SNSRC_STORED_DYNAMIC")]
    StoredWithLength = 0x7,
    /// 8: 0x40 and the chip's serial number, 10 bytes.
    #[doc(alias = "SNSRC_DEVICE_SN")]
    ChipSerial = 0x8,
    /// 9: 0x40 and the signer's id, 3 bytes.
    #[doc(alias = "SNSRC_SIGNER_ID")]
    SignerId = 0x9,
    /// A: SHA-256 of the subject's public key and the dates, first N bytes, the top two bits made 01.
    #[doc(alias = "SNSRC_PUB_KEY_HASH")]
    PublicKeyHash = 0xA,
    /// B: SHA-256 of the chip's serial number and the dates, first N bytes, the top two bits made 01.
    #[doc(alias = "SNSRC_DEVICE_SN_HASH")]
    ChipSerialHash = 0xB,
    /// C: as A, only the top bit cleared. Deprecated by Microchip: the number may begin with zeros, which DER leaves out.
    #[doc(alias = "SNSRC_PUB_KEY_HASH_POS")]
    PublicKeyHashPositive = 0xC,
    /// D: as B, only the top bit cleared. Deprecated as C.
    #[doc(alias = "SNSRC_DEVICE_SN_HASH_POS")]
    ChipSerialHashPositive = 0xD,
    /// E: as A, the hash as it is. Deprecated by Microchip: half of these numbers are negative.
    #[doc(alias = "SNSRC_PUB_KEY_HASH_RAW")]
    PublicKeyHashRaw = 0xE,
    /// F: as B, the hash as it is. Deprecated as E.
    #[doc(alias = "SNSRC_DEVICE_SN_HASH_RAW")]
    ChipSerialHashRaw = 0xF,
}

impl SerialSource {
    /// From the nibble; `None` for those that Microchip has not given a meaning.
    #[must_use]
    pub const fn from_nibble(nibble: u8) -> Option<Self> {
        Some(match nibble {
            0x0 => Self::Stored,
            0x7 => Self::StoredWithLength,
            0x8 => Self::ChipSerial,
            0x9 => Self::SignerId,
            0xA => Self::PublicKeyHash,
            0xB => Self::ChipSerialHash,
            0xC => Self::PublicKeyHashPositive,
            0xD => Self::ChipSerialHashPositive,
            0xE => Self::PublicKeyHashRaw,
            0xF => Self::ChipSerialHashRaw,
            _ => return None,
        })
    }

    /// The nibble.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        self as u8
    }

    /// Whether the number is made from the chip's serial number, so that [`Parts`](super::Parts) must have that.
    #[must_use]
    pub const fn needs_chip_serial(self) -> bool {
        matches!(
            self,
            Self::ChipSerial | Self::ChipSerialHash | Self::ChipSerialHashPositive | Self::ChipSerialHashRaw
        )
    }

    /// Whether the number lies somewhere on the chip, so that [`Parts`](super::Parts) must have it.
    #[must_use]
    pub const fn is_stored(self) -> bool {
        matches!(self, Self::Stored | Self::StoredWithLength)
    }
}

/// Which signer of a fleet: 16 bits that stand in the compressed form and, as 4 upper-case hexadecimal digits, in names.
#[doc(alias("atcacert_get_signer_id", "atcacert_set_signer_id"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SignerId(pub u16);

impl fmt::Display for SignerId {
    /// 4 upper-case hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

/// The serial number of a certificate, made by the rule of a [`SerialSource`] or read from the chip.
#[derive(Debug, Clone, Copy)]
pub struct CertificateSerial<'p>(Bytes<'p>);

#[derive(Debug, Clone, Copy)]
enum Bytes<'p> {
    Made([u8; 32], usize),
    Given(&'p [u8]),
}

impl<'p> CertificateSerial<'p> {
    pub(super) const EMPTY: Self = Self(Bytes::Given(&[]));

    /// By the rule of the compressed certificate: from it, from the parts, and `len` bytes long if it is a hash or
    /// stored with a fixed length.
    ///
    /// # Errors
    /// - [`Error::Compressed`]: a rule or version that is not defined.
    /// - [`Error::Template`]: something is missing in the parts or has a wrong length; `len` above 32 for a hash.
    #[doc(alias = "atcacert_gen_cert_sn")]
    #[doc(alias = "atcacert_generate_sn")]
    pub fn new(compressed: &Compressed, len: usize, parts: &Parts<'p>) -> Result<Self, Error> {
        Self::of(compressed, len, &parts.given())
    }

    pub(super) fn of(compressed: &Compressed, len: usize, parts: &Given<'_, 'p>) -> Result<Self, Error> {
        use SerialSource as S;
        let source = compressed.serial_source()?;
        let chip_serial = || parts.chip_serial.ok_or(TemplateError::NoChipSerial);
        Ok(Self(match source {
            S::Stored | S::StoredWithLength => {
                let serial = parts.serial.ok_or(TemplateError::NoSerial)?;
                let fits = if source == S::Stored { serial.len() == len } else { !serial.is_empty() };
                if !fits {
                    return Err(TemplateError::SerialLength { expected: len, found: serial.len() }.into());
                }
                Bytes::Given(serial)
            }
            S::ChipSerial => Self::made(&[0x40], &chip_serial()?.0),
            S::SignerId => Self::made(&[0x40], &compressed.signer().0.to_be_bytes()),
            S::PublicKeyHash | S::PublicKeyHashPositive | S::PublicKeyHashRaw => {
                Self::hash(source, len, parts.subject_key.as_bytes(), compressed)?
            }
            S::ChipSerialHash | S::ChipSerialHashPositive | S::ChipSerialHashRaw => {
                Self::hash(source, len, &chip_serial()?.0, compressed)?
            }
        }))
    }

    fn made(first: &[u8], rest: &[u8]) -> Bytes<'p> {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(first.iter().chain(rest)) {
            *to = *from;
        }
        Bytes::Made(bytes, first.len() + rest.len())
    }

    fn hash(
        source: SerialSource,
        len: usize,
        what: &[u8],
        compressed: &Compressed,
    ) -> Result<Bytes<'p>, Error> {
        let mut hash = sha256(&[what, compressed.hashed_dates()?.as_ref()]);
        if len == 0 || len > hash.len() {
            return Err(TemplateError::HashTooShort.into());
        }
        let [first, ..] = &mut hash;
        match source {
            SerialSource::PublicKeyHash | SerialSource::ChipSerialHash => *first = *first & 0x7F | 0x40,
            SerialSource::PublicKeyHashPositive | SerialSource::ChipSerialHashPositive => *first &= 0x7F,
            _ => {}
        }
        Ok(Bytes::Made(hash, len))
    }

    /// As the rule has it.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Made(bytes, len) => bytes.get(..*len).unwrap_or_default(),
            Bytes::Given(bytes) => bytes,
        }
    }

    /// As it stands in a certificate: content of the INTEGER, without the bytes in front that DER leaves out. Only the
    /// deprecated rules make such, and what is stored may have them.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        let mut bytes = self.as_bytes();
        while let [0x00, 0x00..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] = bytes {
            bytes = bytes.get(1..).unwrap_or_default();
        }
        bytes
    }
}
