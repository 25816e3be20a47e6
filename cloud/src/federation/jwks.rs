//! The device's public key as the operator uploads it.

use super::names::{Field, FieldError, KEY_ID_MAX};
use atecc608::PublicKey;
use atecc608::formats::jwk::JWK_LEN;
use core::fmt;

const START: &str = "{\"keys\":[";
const END: &str = "]}";

/// A buffer for any output of [`jwks`], in bytes.
pub const JWKS_LEN: usize = START.len() + JWK_LEN + "\"kid\":\"\",".len() + KEY_ID_MAX + END.len();

/// Why there is no JWKS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JwksError {
    /// The key id is not in order.
    KeyId(FieldError),
    /// The buffer is too small; [`JWKS_LEN`] bytes are always enough.
    BufferTooSmall,
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyId(error) => fmt::Display::fmt(error, f),
            Self::BufferTooSmall => write!(f, "the buffer is too small for a JWKS ({JWKS_LEN} bytes)"),
        }
    }
}

impl core::error::Error for JwksError {}

/// Writes `{"keys":[{...}]}` with the one key, its members kty, alg, use, kid, crv, x and y and no others:
/// the file for `gcloud iam workload-identity-pools providers create-oidc --jwk-json-path`.
///
/// # Errors
/// [`JwksError`]: a key id that tokens can't have, or a buffer that is too small.
pub fn jwks<'b>(key: &PublicKey, key_id: &str, buffer: &'b mut [u8]) -> Result<&'b str, JwksError> {
    let key_id = Field::KeyId.check(key_id).map_err(JwksError::KeyId)?;
    write(key, key_id, buffer).ok_or(JwksError::BufferTooSmall)
}

fn write<'b>(key: &PublicKey, key_id: &str, buffer: &'b mut [u8]) -> Option<&'b str> {
    let (start, rest) = buffer.split_at_mut_checked(START.len())?;
    start.copy_from_slice(START.as_bytes());
    let len = key.to_jwk(Some(key_id), rest).ok()?.len();
    rest.get_mut(len..)?.get_mut(..END.len())?.copy_from_slice(END.as_bytes());
    core::str::from_utf8(buffer.get(..START.len() + len + END.len())?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn exactly_the_members_that_can_be_uploaded() {
        let key = PublicKey::from_bytes(core::array::from_fn(|i| i as u8));
        let mut buffer = [0; JWKS_LEN];
        let json: serde_json::Value =
            serde_json::from_str(jwks(&key, "key-1", &mut buffer).unwrap()).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 1);
        let keys = json["keys"].as_array().unwrap();
        let members: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
        let mut expected = ["kty", "alg", "use", "kid", "crv", "x", "y"].map(String::from);
        expected.sort();
        assert_eq!(keys.len(), 1);
        assert_eq!(members, expected.iter().collect::<Vec<_>>());
        assert_eq!(keys[0]["kid"], "key-1");
    }

    #[test]
    fn the_longest_fits_and_one_byte_less_does_not() {
        let key = PublicKey::from_bytes([0xFF; 64]);
        let longest = "k".repeat(KEY_ID_MAX);
        assert_eq!(jwks(&key, &longest, &mut [0; JWKS_LEN]).unwrap().len(), JWKS_LEN);
        for short in 0..JWKS_LEN {
            let mut buffer = std::vec![0; short];
            assert_eq!(jwks(&key, &longest, &mut buffer), Err(JwksError::BufferTooSmall));
        }
        assert!(matches!(jwks(&key, "", &mut [0; JWKS_LEN]), Err(JwksError::KeyId(_))));
        assert!(matches!(jwks(&key, "a\"", &mut [0; JWKS_LEN]), Err(JwksError::KeyId(_))));
    }
}
