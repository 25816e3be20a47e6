//! ES256 tokens (RFC 7515, RFC 7519): taken apart with serde_json, checked by ring.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What stands before the point in the DER of a P-256 public key: its type, curve and length (RFC 5480).
const P256_SPKI: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86,
    0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// An uncompressed point (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// What is wrong with a key or a token.
#[derive(Debug)]
#[non_exhaustive]
pub enum JwtError {
    /// No P-256 public key.
    InvalidKey,
    /// Not three parts in base64url.
    InvalidToken,
    /// Header or claims are not the JSON expected.
    Json(serde_json::Error),
    /// Not ES256.
    InvalidAlgorithm,
    /// Not signed by this key.
    InvalidSignature,
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "JSON: {error}"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl std::error::Error for JwtError {}

/// A device's public key.
#[derive(Debug, Clone)]
pub struct Key([u8; 65]);

impl Key {
    /// From PEM.
    ///
    /// # Errors
    /// If it is no P-256 public key.
    pub fn from_pem(pem: &str) -> Result<Self, JwtError> {
        let der =
            SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| JwtError::InvalidKey)?;
        let point = der.strip_prefix(&P256_SPKI).ok_or(JwtError::InvalidKey)?;
        Self::from_point(point)
    }

    /// From the two members of a JSON Web Key.
    ///
    /// # Errors
    /// If they are none of a P-256 public key.
    pub fn from_coordinates(x: &str, y: &str) -> Result<Self, JwtError> {
        let mut point = vec![UNCOMPRESSED];
        for text in [x, y] {
            let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| JwtError::InvalidKey)?;
            let coordinate: [u8; 32] = bytes.try_into().map_err(|_| JwtError::InvalidKey)?;
            point.extend_from_slice(&coordinate);
        }
        Self::from_point(&point)
    }

    fn from_point(point: &[u8]) -> Result<Self, JwtError> {
        let point: [u8; 65] = point.try_into().map_err(|_| JwtError::InvalidKey)?;
        if point[0] == UNCOMPRESSED { Ok(Self(point)) } else { Err(JwtError::InvalidKey) }
    }
}

/// A token's header, as far as it is looked at.
#[derive(Debug, Deserialize)]
pub struct Header {
    /// How it is signed.
    pub alg: String,
    /// What it is.
    pub typ: Option<String>,
    /// With which key.
    pub kid: Option<String>,
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, JwtError> {
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| JwtError::InvalidToken)?;
    serde_json::from_slice(&bytes).map_err(JwtError::Json)
}

/// A token's header. Nothing is checked yet.
///
/// # Errors
/// It has none.
pub fn header(token: &str) -> Result<Header, JwtError> {
    let (header, _) = token.split_once('.').ok_or(JwtError::InvalidToken)?;
    part(header)
}

/// The claims of an ES256 token that this key has signed. What they say is the caller's to check.
///
/// # Errors
/// If it is none, or another key's.
pub fn verified<T: DeserializeOwned>(token: &str, key: &Key) -> Result<T, JwtError> {
    if header(token)?.alg != "ES256" {
        return Err(JwtError::InvalidAlgorithm);
    }
    let (input, signature) = token.rsplit_once('.').ok_or(JwtError::InvalidToken)?;
    let (_, claims) = input.split_once('.').ok_or(JwtError::InvalidToken)?;
    let signature = Base64UrlUnpadded::decode_vec(signature).map_err(|_| JwtError::InvalidToken)?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.0)
        .verify(input.as_bytes(), &signature)
        .map_err(|_| JwtError::InvalidSignature)?;
    part(claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::SigningKey;
    use p256::pkcs8::{EncodePrivateKey, EncodePublicKey};
    use serde_json::{Value, json};

    /// Another library's tokens; the same library agrees on every verdict.
    #[test]
    fn another_library_agrees() {
        let secret = SigningKey::from_slice(&[7; 32]).unwrap();
        let public = p256::PublicKey::from(secret.verifying_key());
        let pem = public.to_public_key_pem(Default::default()).unwrap();
        let signer = jsonwebtoken::EncodingKey::from_ec_der(secret.to_pkcs8_der().unwrap().as_bytes());
        let claims = json!({"aud": "proj", "exp": 4_000_000_000_u64});
        let header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
        let good = jsonwebtoken::encode(&header, &claims, &signer).unwrap();

        let key = Key::from_pem(&pem).unwrap();
        let other = Key::from_pem(
            &p256::PublicKey::from(SigningKey::from_slice(&[8; 32]).unwrap().verifying_key())
                .to_public_key_pem(Default::default())
                .unwrap(),
        )
        .unwrap();
        assert_eq!(verified::<Value>(&good, &key).unwrap(), claims);
        assert!(matches!(verified::<Value>(&good, &other), Err(JwtError::InvalidSignature)));

        let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
        validation.validate_aud = false;
        let theirs = jsonwebtoken::DecodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        // Every byte of the token changed, in turn.
        for place in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let bent = String::from_utf8(bytes).unwrap();
            let ours = verified::<Value>(&bent, &key).is_ok();
            let other = jsonwebtoken::decode::<Value>(&bent, &theirs, &validation).is_ok();
            assert_eq!((ours, other), (false, false), "{place}: {bent}");
        }
    }

    #[test]
    fn keys_that_are_none() {
        for pem in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"] {
            assert!(matches!(Key::from_pem(pem), Err(JwtError::InvalidKey)), "{pem}");
        }
        let coordinate = Base64UrlUnpadded::encode_string(&[1; 32]);
        for (x, y) in [("?", &*coordinate), (&*coordinate, "AA"), (&*coordinate, "")] {
            assert!(matches!(Key::from_coordinates(x, y), Err(JwtError::InvalidKey)), "{x} {y}");
        }
        assert!(Key::from_coordinates(&coordinate, &coordinate).is_ok());
    }
}
