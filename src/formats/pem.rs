//! Public keys as PEM, the form OpenSSL and cloud consoles take.

use crate::key::PublicKey;
use core::fmt;
use pem_rfc7468::LineEnding;

/// SubjectPublicKeyInfo of an uncompressed P-256 key: everything before the point (RFC 5480).
const SPKI_PREFIX: [u8; 26] = [
    0x30, 0x59, // SEQUENCE, 89 bytes
    0x30, 0x13, // AlgorithmIdentifier
    0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, // id-ecPublicKey
    0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, // prime256v1
    0x03, 0x42, 0x00, // BIT STRING, 66 bytes, none unused
];

/// Length of a DER SubjectPublicKeyInfo of a P-256 key.
pub const SPKI_LEN: usize = 91;

/// Room that [`PublicKey::to_pem`] needs, in bytes.
pub const PEM_LEN: usize = 178;

/// The buffer is smaller than [`PEM_LEN`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct BufferTooSmall;

impl fmt::Display for BufferTooSmall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the buffer is too small for a PEM public key ({PEM_LEN} bytes)")
    }
}

impl core::error::Error for BufferTooSmall {}

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

    /// PEM SubjectPublicKeyInfo ("BEGIN PUBLIC KEY"), lines ended by LF.
    ///
    /// # Errors
    /// [`BufferTooSmall`] below [`PEM_LEN`] bytes.
    pub fn to_pem<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        pem_rfc7468::encode("PUBLIC KEY", LineEnding::LF, &self.to_spki_der(), buffer)
            .map_err(|_| BufferTooSmall)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::hex;
    use p256::pkcs8::{DecodePublicKey, EncodePublicKey};

    #[test]
    fn what_p256_reads_is_the_same_key() {
        // Public key of chip reference 7.3.
        let xy = hex("8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
             E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86");
        let key = PublicKey::from_bytes(xy.try_into().unwrap());
        let mut buffer = [0; PEM_LEN];
        let pem = key.to_pem(&mut buffer).unwrap();
        assert_eq!(pem.len(), PEM_LEN);
        let parsed = p256::PublicKey::from_public_key_pem(pem).unwrap();
        assert_eq!(parsed.to_sec1_bytes()[..], key.to_sec1());
        assert_eq!(parsed.to_public_key_der().unwrap().as_bytes(), key.to_spki_der());
        assert_eq!(key.to_pem(&mut [0; PEM_LEN - 1]), Err(BufferTooSmall));
    }
}
