//! Public keys as JSON Web Keys (RFC 7517), the form identity providers take.

use crate::error::BufferTooSmall;
use crate::formats::json;
use crate::key::PublicKey;
use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;

/// Room that [`PublicKey::to_jwk`] needs without a key id, in bytes.
pub const JWK_LEN: usize = 152;

#[derive(Serialize)]
struct Jwk<'a> {
    kty: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'a str>,
    crv: &'static str,
    x: &'a str,
    y: &'a str,
}

impl PublicKey {
    /// JSON Web Key with the members kty, alg, use, kid (if given), crv, x, y.
    ///
    /// # Errors
    /// [`BufferTooSmall`]: [`JWK_LEN`] bytes are needed, and 9 and the length of `kid` as JSON.
    pub fn to_jwk<'b>(&self, kid: Option<&str>, buffer: &'b mut [u8]) -> Result<&'b str, BufferTooSmall> {
        let (mut x, mut y) = ([0; 43], [0; 43]);
        let jwk = Jwk {
            kty: "EC",
            alg: "ES256",
            usage: "sig",
            kid,
            crv: "P-256",
            // 32 bytes are 43 characters.
            x: Base64UrlUnpadded::encode(self.x(), &mut x).unwrap_or_default(),
            y: Base64UrlUnpadded::encode(self.y(), &mut y).unwrap_or_default(),
        };
        // There is nothing in it that JSON can't say.
        let len = json::write(&jwk, buffer).unwrap_or_default();
        let text = buffer.get(..len).ok_or(BufferTooSmall::new(len))?;
        core::str::from_utf8(text).map_err(|_| BufferTooSmall::new(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[test]
    fn members_and_sizes() {
        let key = PublicKey::from_bytes(core::array::from_fn(|i| (255 - i) as u8));
        let mut buffer = [0; JWK_LEN];
        let text = String::from(key.to_jwk(None, &mut buffer).unwrap());
        assert_eq!(text.len(), JWK_LEN);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        for (member, value) in [("kty", "EC"), ("alg", "ES256"), ("use", "sig"), ("crv", "P-256")] {
            assert_eq!(json[member], value);
        }
        let decode = |member: &str| Base64UrlUnpadded::decode_vec(json[member].as_str().unwrap()).unwrap();
        assert_eq!(decode("x"), key.x());
        assert_eq!(decode("y"), key.y());
        assert_eq!(key.to_jwk(None, &mut [0; JWK_LEN - 1]), Err(BufferTooSmall::new(JWK_LEN)));
        let mut buffer = [0; JWK_LEN + 9 + 4];
        let json: serde_json::Value =
            serde_json::from_str(key.to_jwk(Some("k\"1"), &mut buffer).unwrap()).unwrap();
        assert_eq!(json["kid"], "k\"1");
        for room in 0..buffer.len() {
            assert_eq!(
                key.to_jwk(Some("k\"1"), &mut buffer[..room]),
                Err(BufferTooSmall::new(JWK_LEN + 9 + 4))
            );
        }
    }
}
