//! Entries as no station makes them: signed all the same.

use crate::workshop::{MANIFEST_SIGNER, key, signing_certificate};
use atecc608_fleet::manifest::{Entry, Manifest};
use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::{Signature, signature::Signer};
use serde_json::{Value, json};

pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

pub(crate) fn from_base64url(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).unwrap()
}

/// An entry as JSON, and its members.
pub(crate) fn opened(entry: &Entry) -> (Value, Value, Value) {
    let value = serde_json::to_value(entry).unwrap();
    let member = |name: &str| serde_json::from_slice(&from_base64url(value[name].as_str().unwrap())).unwrap();
    let (protected, payload) = (member("protected"), member("payload"));
    (value, protected, payload)
}

/// The protected header as it should be.
pub(crate) fn protected() -> Value {
    let certificate = signing_certificate(MANIFEST_SIGNER);
    json!({ "alg": "ES256", "kid": certificate.kid(), "x5t#S256": certificate.x5t() })
}

/// A manifest with one entry, whose header and payload are these, as text. Signed by the station's key.
pub(crate) fn signed_text(protected: &str, payload: &str, unique_id: &str) -> Vec<u8> {
    let (protected, payload) = (base64url(protected.as_bytes()), base64url(payload.as_bytes()));
    let signature: Signature = key(MANIFEST_SIGNER).sign(format!("{protected}.{payload}").as_bytes());
    let entry = json!({
        "payload": payload,
        "protected": protected,
        "header": { "uniqueId": unique_id },
        "signature": base64url(&signature.to_bytes()),
    });
    serde_json::to_vec(&json!([entry])).unwrap()
}

/// The same, of JSON, with the payload's own `uniqueId`.
pub(crate) fn signed(protected: &Value, payload: &Value) -> Manifest {
    let unique_id = payload["uniqueId"].as_str().unwrap_or_default().to_owned();
    Manifest::parse(&signed_text(&protected.to_string(), &payload.to_string(), &unique_id)).unwrap()
}
