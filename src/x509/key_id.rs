//! Key identifiers.

use super::hash::sha1;
use crate::key::PublicKey;
use core::fmt;

/// What names a key in certificates: SHA-1 over the 65 bytes 0x04, X, Y (RFC 5280 4.2.1.2, method 1). No secret, and
/// nothing depends on SHA-1's strength: signatures decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KeyId([u8; 20]);

impl KeyId {
    /// From its bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Its 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl AsRef<[u8]> for KeyId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// 40 hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl PublicKey {
    /// What certificates call this key: the subject key id of its own, the authority key id of those it signs.
    #[must_use]
    #[doc(alias = "atcacert_get_key_id")]
    pub fn key_id(&self) -> KeyId {
        KeyId(sha1(&[&[0x04], self.as_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::golden::hex;

    #[test]
    fn as_the_hasher_has_it() {
        use sha1::{Digest, Sha1};
        for byte in 0..=255 {
            let key = PublicKey::from_bytes(core::array::from_fn(|i| byte ^ (i as u8).wrapping_mul(7)));
            assert_eq!(key.key_id().as_ref(), &Sha1::digest(key.to_sec1())[..]);
        }
    }

    /// Key and key id of Microchip's Crypto Authentication Root CA 002.
    #[test]
    fn of_a_published_certificate() {
        let key = hex("bd54e66de3875484006b53ae1580d50aa069e78adf5578d85ce2d54dd5b83029\
             6bffdd6e6f7256fbd99ef1a116b11d33ad49103aa1858739dcfae437e19d634e");
        let id = PublicKey::from_bytes(key.try_into().unwrap()).key_id();
        assert_eq!(std::format!("{id}"), "7aed7d6dc6b7789db23801a5e84a8cb0a40e2a8c");
    }
}
