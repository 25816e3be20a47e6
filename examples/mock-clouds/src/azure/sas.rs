//! Shared access signatures, as the services check them: by ring's HMAC.

use base64ct::{Base64, Encoding};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::hmac;

use super::query;

const START: &str = "SharedAccessSignature ";
/// As Microsoft's libraries encode.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A token, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it opens, decoded.
    pub resource: String,
    /// When it ends, in Unix seconds.
    pub expires: u64,
    /// Name of the policy.
    pub policy: Option<String>,
    signature: Vec<u8>,
    signed: String,
}

impl Token {
    /// Takes a password apart.
    ///
    /// # Errors
    /// In words.
    pub fn parse(password: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(password).map_err(|_| "the token is no text")?;
        let fields = text.strip_prefix(START).ok_or("the token does not start with SharedAccessSignature")?;
        let field =
            |name: &str| fields.split('&').find_map(|field| field.strip_prefix(name)?.strip_prefix('='));
        let raw = field("sr").ok_or("the token has no sr")?;
        let signature = field("sig").and_then(query::decode).ok_or("the token has no sig")?;
        let expires = field("se").ok_or("the token has no se")?;
        Ok(Self {
            resource: query::decode(raw).ok_or("the token's sr is not percent-encoded")?,
            expires: expires.parse().map_err(|_| "the token's se is no number")?,
            policy: field("skn").map(str::to_owned),
            signature: Base64::decode_vec(&signature).map_err(|_| "the token's sig is no base64")?,
            signed: format!("{raw}\n{expires}"),
        })
    }

    /// Whether it was signed with this key.
    pub fn is_signed_with(&self, key: &[u8]) -> bool {
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, key), self.signed.as_bytes(), &self.signature).is_ok()
    }
}

/// HMAC-SHA256, by which keys of enrollment groups' devices are derived, too.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// A token as a client makes it that has the key in software.
pub fn token(resource: &str, key: &[u8], expires: u64, policy: Option<&str>) -> String {
    let encode = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
    let resource = encode(resource);
    let signature = Base64::encode_string(&hmac_sha256(key, format!("{resource}\n{expires}").as_bytes()));
    let policy = policy.map(|name| format!("&skn={name}")).unwrap_or_default();
    format!("{START}sr={resource}&sig={}&se={expires}{policy}", encode(&signature))
}
