//! Keys and tokens, made by ring.

use base64ct::{Base64UrlUnpadded, Encoding};
use mock_clouds::mqtt::Version;
use mock_clouds::mqtt::packet::Connect;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

pub(crate) struct Key(EcdsaKeyPair);

impl Key {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap())
    }

    pub(crate) fn jwks(&self, kid: &str) -> String {
        let point = self.0.public_key().as_ref();
        let [x, y] = [1..33, 33..65].map(|part| Base64UrlUnpadded::encode_string(&point[part]));
        let key = json!({"kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y});
        // Others are passed over.
        json!({"keys": [{"kty": "RSA", "kid": "rsa", "n": "AQ", "e": "AQAB"}, key]}).to_string()
    }

    pub(crate) fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let input = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
        format!("{input}.{}", Base64UrlUnpadded::encode_string(signature.as_ref()))
    }
}

/// A login of `sensor-1` with a token.
pub(crate) fn login(version: Version, token: Option<String>) -> Connect {
    Connect {
        user_name: Some("sensor-1".into()),
        password: token.map(Into::into),
        ..Connect::new(version, "sensor-1")
    }
}
