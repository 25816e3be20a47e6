//! Public keys as DER SubjectPublicKeyInfo (RFC 5280, RFC 5480): the form in certificates, and in a PEM public key.

use crate::key::PublicKey;

/// SubjectPublicKeyInfo of an uncompressed P-256 key: everything before the point (RFC 5480).
pub(crate) const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, // SEQUENCE, 89 bytes
    0x30, 0x13, // AlgorithmIdentifier
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, // id-ecPublicKey
    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, // prime256v1
    0x03, 0x42, 0x00, // BIT STRING, 66 bytes, none unused
];

/// Length of a DER SubjectPublicKeyInfo of a P-256 key.
pub const SPKI_LEN: usize = 91;

impl PublicKey {
    /// DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn to_spki_der(&self) -> [u8; SPKI_LEN] {
        let mut der = [0; SPKI_LEN];
        let (prefix, point) = der.split_at_mut(SPKI_PREFIX.len());
        prefix.copy_from_slice(&SPKI_PREFIX);
        point.copy_from_slice(&self.to_sec1());
        der
    }

    /// From a DER SubjectPublicKeyInfo of an uncompressed P-256 key, [`SPKI_LEN`] bytes; `None` if it is something
    /// else. Not checked to lie on the curve.
    #[must_use]
    pub fn from_spki_der(der: &[u8]) -> Option<Self> {
        let (prefix, point) = der.split_first_chunk()?;
        if *prefix != SPKI_PREFIX {
            return None;
        }
        Self::from_sec1(point.try_into().ok()?)
    }
}

#[cfg(any(feature = "spki-08", feature = "spki-07"))]
macro_rules! encode {
    ($spki:ident) => {
        impl $spki::EncodePublicKey for PublicKey {
            fn to_public_key_der(&self) -> $spki::Result<$spki::Document> {
                Ok($spki::Document::try_from(&self.to_spki_der()[..])?)
            }
        }
    };
}

#[cfg(feature = "spki-08")]
encode!(spki);
#[cfg(feature = "spki-07")]
encode!(spki_07);
