//! Public keys and signatures as the chip gives and takes them.

#[cfg(any(feature = "p256-014", feature = "p256-013"))]
mod convert;

use core::array::TryFromSliceError;
use core::fmt;

/// A P-256 public key: X then Y, 32 bytes each, big endian (chip reference 4.16).
///
/// Not checked to lie on the curve: the chip does that when it uses the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
// Moved in words, not in bytes.
#[repr(align(4))]
pub struct PublicKey([u8; 64]);

impl PublicKey {
    /// From X and Y.
    #[must_use]
    pub const fn from_bytes(xy: [u8; 64]) -> Self {
        Self(xy)
    }

    /// From an uncompressed SEC1 point (0x04, X, Y); `None` if the first byte is another.
    #[must_use]
    pub fn from_sec1(point: &[u8; 65]) -> Option<Self> {
        Self::try_from_sec1(point).ok()
    }

    /// From a SEC1 point of any length.
    fn try_from_sec1(point: &[u8]) -> Result<Self, InvalidPublicKey> {
        match point.split_first_chunk::<1>() {
            Some(([0x04], xy)) => xy.try_into().map(Self).map_err(|_| InvalidPublicKey),
            _ => Err(InvalidPublicKey),
        }
    }

    /// X and Y.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// X, 32 bytes.
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.0.split_at(32).0
    }

    /// Y, 32 bytes.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        self.0.split_at(32).1
    }

    /// Uncompressed SEC1 point: 0x04, X, Y.
    #[must_use]
    pub fn to_sec1(&self) -> [u8; 65] {
        let mut point = [0x04; 65];
        if let Some(xy) = point.get_mut(1..) {
            xy.copy_from_slice(&self.0);
        }
        point
    }
}

/// Size of a public key in a slot.
pub(crate) const PADDED: usize = 72;

/// In slots (chip reference 4.16): four bytes that do not count, X, four more, Y.
impl PublicKey {
    pub(crate) fn to_padded(self) -> [u8; PADDED] {
        let mut bytes = [0; PADDED];
        let places = bytes.iter_mut().enumerate().filter(|(offset, _)| counts(*offset));
        places.zip(self.0).for_each(|((_, to), from)| *to = from);
        bytes
    }

    pub(crate) fn from_padded(bytes: &[u8; PADDED]) -> Self {
        let mut key = [0; 64];
        let places = bytes.iter().enumerate().filter(|(offset, _)| counts(*offset));
        key.iter_mut().zip(places).for_each(|(to, (_, from))| *to = *from);
        Self(key)
    }
}

const fn counts(offset: usize) -> bool {
    matches!(offset, 4..36 | 40..72)
}

/// Not an uncompressed point, which is 65 bytes: 0x04, X, Y.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct InvalidPublicKey;

impl fmt::Display for InvalidPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an uncompressed P-256 point (04, X, Y: 65 bytes)")
    }
}

impl core::error::Error for InvalidPublicKey {}

/// Where a key comes from that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KeyOrigin {
    /// It was there.
    Found,
    /// It was made just now.
    Made,
}

/// An ECDSA P-256 signature: R then S, 32 bytes each, big endian. S may be in the upper half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
// See `PublicKey`.
#[repr(align(4))]
pub struct Signature([u8; 64]);

impl Signature {
    /// From R and S.
    #[must_use]
    pub const fn from_bytes(rs: [u8; 64]) -> Self {
        Self(rs)
    }

    /// R and S, the form that JWT (ES256) and PKCS#11 use.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// R, 32 bytes.
    #[must_use]
    pub fn r(&self) -> &[u8] {
        self.0.split_at(32).0
    }

    /// S, 32 bytes.
    #[must_use]
    pub fn s(&self) -> &[u8] {
        self.0.split_at(32).1
    }
}

/// 64 bytes to and from; what they stand for says each type.
macro_rules! bytes {
    ($type:ident) => {
        impl From<[u8; 64]> for $type {
            fn from(bytes: [u8; 64]) -> Self {
                Self(bytes)
            }
        }

        impl From<$type> for [u8; 64] {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        /// An error if there are not 64 bytes.
        impl TryFrom<&[u8]> for $type {
            type Error = TryFromSliceError;
            fn try_from(bytes: &[u8]) -> Result<Self, TryFromSliceError> {
                bytes.try_into().map(Self)
            }
        }

        impl AsRef<[u8; 64]> for $type {
            fn as_ref(&self) -> &[u8; 64] {
                &self.0
            }
        }

        impl AsRef<[u8]> for $type {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }
    };
}

bytes!(PublicKey);
bytes!(Signature);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padded_as_in_a_slot() {
        let key = PublicKey::from_bytes(core::array::from_fn(|i| i as u8 + 1));
        let bytes = key.to_padded();
        assert_eq!((&bytes[..5], &bytes[35..41]), (&[0, 0, 0, 0, 1][..], &[32, 0, 0, 0, 0, 33][..]));
        let mut other = bytes;
        // The upper half of byte 0 is the validity of some keys.
        (other[0], other[38]) = (0x50, 7);
        assert_eq!(PublicKey::from_padded(&other), key);
    }

    #[test]
    fn sec1_round_trip() {
        let mut xy = [0u8; 64];
        for (i, byte) in xy.iter_mut().enumerate() {
            *byte = i as u8;
        }
        let key = PublicKey::from_bytes(xy);
        let mut point = key.to_sec1();
        assert_eq!(point[..2], [0x04, 0x00]);
        assert_eq!(point[64], 63);
        assert_eq!(PublicKey::from_sec1(&point), Some(key));
        assert_eq!((key.x()[31], key.y()[0]), (31, 32));
        point[0] = 0x02;
        assert_eq!(PublicKey::from_sec1(&point), None);
    }
}
