//! A key that Azure and the chip share.

use atecc608::Secret;
use base64ct::{Base64, Encoding};
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroize;

use super::super::field::{Field, FieldError};

/// Bytes of the chip's HMAC key.
pub const KEY_LEN: usize = 32;
/// Azure's shortest key, in bytes.
const SHORTEST: usize = 16;
/// Azure's longest key, in bytes.
const LONGEST: usize = 64;
/// Base64 of [`KEY_LEN`] bytes.
const TEXT_LEN: usize = 44;

/// A symmetric key as Azure shows it, in the 32 bytes that go into a slot. Wiped when dropped, not `Copy`, not printed.
#[derive(Clone, PartialEq, Eq)]
pub struct SymmetricKey(Secret<KEY_LEN>);

impl SymmetricKey {
    /// A key in base64, as Azure shows it. Shorter ones than 32 bytes are filled with zeros, which gives the same HMAC.
    ///
    /// # Errors
    /// [`KeyError`]: no base64, or not 16 to 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; LONGEST];
        let key = decode(text, &mut bytes).and_then(Self::from_bytes);
        bytes.zeroize();
        key
    }

    /// A key of one's own, 16 to 32 bytes. The caller's copy is the caller's to wipe.
    ///
    /// # Errors
    /// [`KeyError::Short`], [`KeyError::Long`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() < SHORTEST {
            return Err(KeyError::Short { len: bytes.len() });
        }
        let mut filled = [0; KEY_LEN];
        match filled.get_mut(..bytes.len()) {
            Some(start) => start.copy_from_slice(bytes),
            None => return Err(KeyError::Long { len: bytes.len() }),
        }
        let key = Secret::new(filled);
        filled.zeroize();
        Ok(Self(key))
    }

    /// The key of one device of an enrollment group: HMAC-SHA256 of its registration id under the group's key, which has 16 to
    /// 64 bytes ("Symmetric key attestation", group enrollments; `az iot dps enrollment-group compute-device-key` gives
    /// the same). To be run at the factory: **the group's key must never be on a device**, as it makes every device's.
    ///
    /// The registration id has to be in lower case, so that device and service derive the same key.
    ///
    /// ```
    /// use atecc608_cloud::azure::sas::SymmetricKey;
    ///
    /// // The example of Azure's page.
    /// let group = "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
    /// let key = SymmetricKey::derived(group, "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6")?;
    /// assert_eq!(key.to_base64(&mut [0; 44]), "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyError`] for the group's key or the registration id.
    pub fn derived(group_key: &str, registration_id: &str) -> Result<Self, KeyError> {
        Field::RegistrationId.check(registration_id).map_err(KeyError::RegistrationId)?;
        if registration_id.contains(|c: char| c.is_ascii_uppercase()) {
            return Err(KeyError::UpperCase);
        }
        let mut bytes = [0; LONGEST];
        let key = decode(group_key, &mut bytes).and_then(|group| derive(group, registration_id));
        bytes.zeroize();
        key
    }

    /// The 32 bytes for the slot.
    #[must_use]
    pub const fn secret(&self) -> &Secret<KEY_LEN> {
        &self.0
    }

    /// In base64, for `az iot hub device-identity create --primary-key`: what a key of one's own is registered with. The
    /// buffer is the caller's to wipe.
    #[must_use]
    pub fn to_base64<'b>(&self, buffer: &'b mut [u8; TEXT_LEN]) -> &'b str {
        // 32 bytes have exactly this length.
        Base64::encode(self.0.expose(), buffer).unwrap_or_default()
    }
}

impl fmt::Debug for SymmetricKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SymmetricKey")
    }
}

fn derive(group: &[u8], registration_id: &str) -> Result<SymmetricKey, KeyError> {
    if group.len() < SHORTEST {
        return Err(KeyError::Short { len: group.len() });
    }
    // HMAC takes keys of any length.
    let mut mac = Hmac::<Sha256>::new_from_slice(group).map_err(|_| KeyError::Base64)?;
    mac.update(registration_id.as_bytes());
    let mut bytes: [u8; KEY_LEN] = mac.finalize().into_bytes().into();
    let key = SymmetricKey::from_bytes(&bytes);
    bytes.zeroize();
    key
}

fn decode<'b>(text: &str, buffer: &'b mut [u8; LONGEST]) -> Result<&'b [u8], KeyError> {
    let text = text.trim_ascii();
    // Longer than what 64 bytes make: say so, rather than "no base64".
    if text.len() > LONGEST.div_ceil(3) * 4 {
        return Err(KeyError::Long { len: text.len() / 4 * 3 });
    }
    Base64::decode(text, buffer).map_err(|_| KeyError::Base64)
}

/// Why a key can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// It is no base64 with padding.
    Base64,
    /// Shorter than Azure's 16 bytes.
    Short {
        /// Its length, in bytes.
        len: usize,
    },
    /// Longer than the chip's 32 bytes; the group's key: longer than Azure's 64.
    Long {
        /// Its length, in bytes.
        len: usize,
    },
    /// The registration id is not in order.
    RegistrationId(FieldError),
    /// The registration id has capital letters.
    UpperCase,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Base64 => f.write_str("the key is no base64; Azure shows keys in standard base64, with = at the end"),
            Self::Short { len } => write!(f, "the key has {len} bytes; Azure takes keys of 16 to 64"),
            Self::Long { len } => write!(
                f,
                "the key has {len} bytes, and the chip's HMAC key has room for {KEY_LEN}; keys that Azure makes are longer in DPS: \
                 register a key of {KEY_LEN} random bytes of your own (--primary-key), or use an enrollment group and the \
                 device key derived from it (az iot dps enrollment-group compute-device-key)"
            ),
            Self::RegistrationId(error) => error.fmt(f),
            Self::UpperCase => f.write_str(
                "the registration id must be in lower case: DPS does not tell cases apart, the derived key does",
            ),
        }
    }
}

impl core::error::Error for KeyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;
    use std::string::ToString;

    fn text(len: usize) -> std::string::String {
        Base64::encode_string(&std::vec![0xA5; len])
    }

    #[test]
    fn keys_that_fit_are_filled_with_zeros() {
        for len in SHORTEST..=KEY_LEN {
            let key = SymmetricKey::from_base64(&text(len)).unwrap();
            assert!(key.secret().expose()[..len].iter().all(|byte| *byte == 0xA5));
            assert!(key.secret().expose()[len..].iter().all(|byte| *byte == 0));
        }
        assert_eq!(
            SymmetricKey::from_base64(&format!(" {}\n", text(32))).unwrap().to_base64(&mut [0; 44]),
            text(32)
        );
    }

    #[test]
    fn others_are_refused_in_words_that_help() {
        assert_eq!(SymmetricKey::from_base64(&text(15)).unwrap_err(), KeyError::Short { len: 15 });
        for len in [33, 48, 64] {
            let error = SymmetricKey::from_base64(&text(len)).unwrap_err();
            assert_eq!(error, KeyError::Long { len });
            let words = error.to_string();
            for help in [&format!("has {len} bytes"), "32", "--primary-key", "compute-device-key"] {
                assert!(words.contains(help), "{words}");
            }
        }
        assert!(matches!(SymmetricKey::from_base64(&text(300)), Err(KeyError::Long { .. })));
        for wrong in ["", "=", "a", "not base64 at all!", "YWJjZGVmZ2hpamtsbW5vcA"] {
            let error = SymmetricKey::from_base64(wrong).unwrap_err();
            assert!(matches!(error, KeyError::Base64 | KeyError::Short { .. }), "{wrong}: {error}");
        }
    }

    #[test]
    fn keys_of_groups() {
        let derived = |group: &str, id| SymmetricKey::derived(group, id);
        assert_ne!(derived(&text(64), "a").unwrap(), derived(&text(64), "b").unwrap());
        assert_ne!(derived(&text(64), "a").unwrap(), derived(&text(63), "a").unwrap());
        assert_eq!(derived(&text(64), "A").unwrap_err(), KeyError::UpperCase);
        assert!(matches!(derived(&text(64), "a b").unwrap_err(), KeyError::RegistrationId(_)));
        assert_eq!(derived(&text(8), "a").unwrap_err(), KeyError::Short { len: 8 });
        assert_eq!(derived("?", "a").unwrap_err(), KeyError::Base64);
    }

    #[test]
    fn nothing_is_printed() {
        assert_eq!(format!("{:?}", SymmetricKey::from_base64(&text(32)).unwrap()), "SymmetricKey");
    }
}
