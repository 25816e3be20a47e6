//! ES256 JSON Web Tokens in a fixed buffer.
//!
//! Two steps, so that the digest can be signed wherever the key lives:
//! [`UnsignedJwt::new`] writes header and claims, [`UnsignedJwt::sign`] appends the signature over
//! [`UnsignedJwt::signing_input`]. Nothing is ever truncated: what does not fit is an error.
//!
//! Claims are a struct or a map with text as keys: anything that serde writes as a JSON object. What JSON has no
//! form for, or readers take in different ways, is [`JwtError::Claims`] and nothing is signed: `char`, bytes
//! (`serialize_bytes`), integers of 128 bits, tuple variants, maps whose keys are no text, fields renamed to
//! something that would have to be escaped, text that claims to be JSON already (`RawValue`, `EscapedStr`), and a
//! `Serialize` that reports an error, whatever it does after that. Numbers that are not finite become `null`, as in
//! `serde_json`. A name that is given twice is written twice.
//!
//! ```
//! use atecc608::{Signature, formats::jwt::{Header, UnsignedJwt}};
//!
//! #[derive(serde::Serialize)]
//! struct Claims<'a> { iat: u64, exp: u64, aud: &'a str }
//!
//! let mut buffer = [0; 256];
//! let claims = Claims { iat: 1_700_000_000, exp: 1_700_003_600, aud: "my-project" };
//! let unsigned = UnsignedJwt::new(&Header::ES256, &claims, &mut buffer)?;
//! assert!(unsigned.signing_input().starts_with(b"eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9."));
//! // Here the chip signs SHA-256 of the signing input.
//! let signature = Signature::from_bytes([0x5A; 64]);
//! let token = unsigned.sign(&signature)?;
//! assert_eq!(token.split('.').count(), 3);
//! # Ok::<(), atecc608::formats::jwt::JwtError>(())
//! ```

use crate::error::BufferTooSmall;
use crate::formats::json;
use crate::key::Signature;
use base64ct::{Base64UrlUnpadded, Encoding};
use core::fmt;
use serde::Serialize;

/// Characters that [`UnsignedJwt::sign`] appends: a dot and 64 bytes in base64url.
pub const SIGNATURE_LEN: usize = 87;

/// The token's first part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Header<'a> {
    alg: &'static str,
    typ: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
}

impl<'a> Header<'a> {
    /// `{"alg":"ES256","typ":"JWT"}`.
    pub const ES256: Self = Self { alg: "ES256", typ: "JWT", kid: None };

    /// The same with a key id, for verifiers that choose among several keys.
    #[must_use]
    pub const fn with_kid(kid: &'a str) -> Self {
        Self { kid: Some(kid), ..Self::ES256 }
    }
}

/// Why no token was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum JwtError {
    /// The buffer is too small for header, claims and signature.
    BufferTooSmall(BufferTooSmall),
    /// The claims can't be written as a JSON object ([module docs](self)), or their `Serialize` reports an
    /// error.
    Claims,
}

impl fmt::Display for JwtError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall(error) => write!(f, "no room for the token: {error}"),
            Self::Claims => f.write_str(
                "the claims can't be written as a JSON object: use a struct or a map with text keys, without char, \
                 bytes, 128-bit integers and tuple variants; or their Serialize reports an error",
            ),
        }
    }
}

impl core::error::Error for JwtError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::BufferTooSmall(error) => Some(error),
            Self::Claims => None,
        }
    }
}

impl From<BufferTooSmall> for JwtError {
    fn from(error: BufferTooSmall) -> Self {
        Self::BufferTooSmall(error)
    }
}

/// Why no signed token was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignJwtError<E> {
    /// The token could not be written.
    Jwt(JwtError),
    /// The chip did not sign.
    Chip(crate::error::Error<E>),
}

impl<E> From<JwtError> for SignJwtError<E> {
    fn from(error: JwtError) -> Self {
        Self::Jwt(error)
    }
}

impl<E> From<crate::error::Error<E>> for SignJwtError<E> {
    fn from(error: crate::error::Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E: embedded_hal::i2c::Error> fmt::Display for SignJwtError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Jwt(error) => fmt::Display::fmt(error, f),
            Self::Chip(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for SignJwtError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Jwt(error) => Some(error),
            Self::Chip(error) => Some(error),
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for SignJwtError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Jwt(error) => defmt::write!(f, "{}", error),
            Self::Chip(error) => defmt::write!(f, "{}", error),
        }
    }
}

/// Header and claims, encoded, waiting for a signature.
#[derive(Debug)]
pub struct UnsignedJwt<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> UnsignedJwt<'b> {
    /// Encodes header and claims into `buffer`, which must also have room for the signature
    /// ([`SIGNATURE_LEN`]).
    ///
    /// # Errors
    /// [`JwtError::BufferTooSmall`], also when only the signature would not fit, so that nothing
    /// is signed in vain; it says how long the signed token is, and nothing was left out of that; [`JwtError::Claims`] if the claims are no JSON object.
    pub fn new<C: Serialize + ?Sized>(
        header: &Header<'_>,
        claims: &C,
        buffer: &'b mut [u8],
    ) -> Result<Self, JwtError> {
        let area = buffer.get_mut(..room(buffer)).unwrap_or_default();
        let mut len = encode(header, area)?;
        if let Some(dot) = area.get_mut(len) {
            *dot = b'.';
        }
        len = len.saturating_add(1);
        let rest = area.get_mut(len..).unwrap_or_default();
        len = len.saturating_add(encode(claims, rest)?);
        if len > room(buffer) {
            return Err(too_small(len));
        }
        Ok(Self { buffer, len })
    }

    /// The bytes whose SHA-256 the key signs.
    #[must_use]
    pub fn signing_input(&self) -> &[u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }

    /// Appends the signature and returns the whole token.
    ///
    /// # Errors
    /// [`JwtError::BufferTooSmall`] can't happen after [`new`](Self::new) succeeded.
    pub fn sign(self, signature: &Signature) -> Result<&'b str, JwtError> {
        let Self { buffer, len } = self;
        let tail = buffer.get_mut(len..).ok_or(too_small(len))?;
        let (dot, rest) = tail.split_first_mut().ok_or(too_small(len))?;
        *dot = b'.';
        let signature =
            Base64UrlUnpadded::encode(signature.as_bytes(), rest).map_err(|_| too_small(len))?.len();
        let token = buffer.get(..len + 1 + signature).ok_or(too_small(len))?;
        core::str::from_utf8(token).map_err(|_| JwtError::Claims)
    }
}

/// What header and claims may take of a buffer.
const fn room(buffer: &[u8]) -> usize {
    buffer.len().saturating_sub(SIGNATURE_LEN)
}

/// For header and claims of `len` characters.
const fn too_small(len: usize) -> JwtError {
    JwtError::BufferTooSmall(BufferTooSmall::new(len.saturating_add(SIGNATURE_LEN)))
}

/// Writes `value` as base64url of its JSON to the start of `area`; returns the length. If that is more than the
/// area, nothing of use is there.
fn encode<T: Serialize + ?Sized>(value: &T, area: &mut [u8]) -> Result<usize, JwtError> {
    let json = json::write(value, area).map_err(|_| JwtError::Claims)?;
    // No space before it: the writer puts none.
    if area.first().is_some_and(|byte| *byte != b'{') {
        return Err(JwtError::Claims);
    }
    let encoded = json.saturating_mul(4).div_ceil(3);
    if encoded > area.len() {
        return Ok(encoded);
    }
    // One buffer does for both: the JSON moves to the end and is encoded towards it. The text
    // written (4 for 3) can't catch up with the JSON unread, since all of it fits.
    let start = area.len() - json;
    // From its end; `copy_within` would bring its panics.
    for (from, to) in (0..json).rev().zip((start..area.len()).rev()) {
        if let Some(&byte) = area.get(from)
            && let Some(place) = area.get_mut(to)
        {
            *place = byte;
        }
    }
    let (mut read, mut write) = (start, 0);
    while read < area.len() {
        let mut chunk = [0; 3];
        let n = (area.len() - read).min(3);
        for (to, from) in chunk.iter_mut().zip(area.iter().skip(read).take(n)) {
            *to = *from;
        }
        let mut text = [0; 4];
        let text =
            Base64UrlUnpadded::encode(chunk.get(..n).unwrap_or_default(), &mut text).unwrap_or_default();
        for (to, from) in area.iter_mut().skip(write).zip(text.bytes()) {
            *to = from;
        }
        read += n;
        write += text.len();
    }
    Ok(write)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{string::String, vec, vec::Vec};

    #[derive(Serialize)]
    struct Claims<'a> {
        iat: u64,
        exp: u64,
        aud: &'a str,
    }

    fn decode(part: &str) -> Vec<u8> {
        Base64UrlUnpadded::decode_vec(part).expect("strict base64url")
    }

    #[test]
    fn every_length_of_claim_decodes_to_the_same_json() {
        let signature = Signature::from_bytes(core::array::from_fn(|i| (i * 4 + 3) as u8));
        for n in 0..200 {
            // Characters that need escaping, and some outside ASCII, at every alignment.
            let aud: String = "a\"\\\n\u{1}é€𐍈/".chars().cycle().take(n).collect();
            let claims = Claims { iat: u64::MAX, exp: n as u64, aud: &aud };
            let mut buffer = vec![0xEE; 2000];
            let unsigned = UnsignedJwt::new(&Header::ES256, &claims, &mut buffer).unwrap();
            let input = unsigned.signing_input().to_vec();
            let token = unsigned.sign(&signature).unwrap();
            let parts: Vec<&str> = token.split('.').collect();
            assert_eq!(parts.len(), 3);
            assert_eq!(input, token.as_bytes()[..token.rfind('.').unwrap()]);
            assert_eq!(decode(parts[0]), br#"{"alg":"ES256","typ":"JWT"}"#);
            let json: serde_json::Value = serde_json::from_slice(&decode(parts[1])).unwrap();
            assert_eq!(json["iat"], u64::MAX);
            assert_eq!(json["aud"], aud);
            assert_eq!(decode(parts[2]), signature.as_bytes());
            assert_eq!(parts[2].len() + 1, SIGNATURE_LEN);
        }
    }

    #[test]
    fn every_buffer_size_either_fits_or_is_refused() {
        let claims = Claims { iat: 1, exp: 2, aud: "project" };
        let signature = Signature::from_bytes([0xA5; 64]);
        let mut big = [0; 400];
        let whole = String::from(
            UnsignedJwt::new(&Header::ES256, &claims, &mut big).unwrap().sign(&signature).unwrap(),
        );
        for size in 0..400 {
            let mut buffer = vec![0; size];
            match UnsignedJwt::new(&Header::ES256, &claims, &mut buffer) {
                Ok(unsigned) => {
                    assert!(size >= whole.len(), "{size}");
                    assert_eq!(unsigned.sign(&signature).unwrap(), whole);
                }
                Err(error) => {
                    assert!(size < whole.len(), "{size}");
                    assert_eq!(error, JwtError::BufferTooSmall(BufferTooSmall::new(whole.len())));
                }
            }
        }
    }

    #[test]
    fn a_key_id_goes_into_the_header() {
        let mut buffer = [0; 300];
        let token =
            UnsignedJwt::new(&Header::with_kid("dev\"1"), &Claims { iat: 1, exp: 2, aud: "p" }, &mut buffer)
                .unwrap()
                .sign(&Signature::from_bytes([0; 64]))
                .unwrap();
        let header: serde_json::Value =
            serde_json::from_slice(&decode(token.split('.').next().unwrap())).unwrap();
        assert_eq!(header, serde_json::json!({"alg": "ES256", "typ": "JWT", "kid": "dev\"1"}));
    }
}
