//! The operator's upload.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use crate::jwt;

/// Why a JWKS can't be uploaded.
#[derive(Debug)]
pub enum JwksError {
    /// It is no JSON, or has other members than those that can be uploaded.
    Json(serde_json::Error),
    /// A key is not one for ES256.
    Key(String),
}

impl fmt::Display for JwksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "this JWKS can't be uploaded: {error}"),
            Self::Key(reason) => write!(f, "a key of this JWKS can't be used: {reason}"),
        }
    }
}

impl std::error::Error for JwksError {}

/// Public keys by key id.
pub(super) type Keys = HashMap<String, jwt::Key>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    kty: String,
    alg: String,
    #[serde(rename = "use")]
    usage: String,
    kid: String,
    crv: String,
    x: String,
    y: String,
}

pub(super) fn parse(text: &str) -> Result<Keys, JwksError> {
    let jwks: Jwks = serde_json::from_str(text).map_err(JwksError::Json)?;
    if jwks.keys.is_empty() {
        return Err(JwksError::Key("there is none".into()));
    }
    let mut keys = HashMap::new();
    for Jwk { kty, alg, usage, kid, crv, x, y } in jwks.keys {
        for (member, value, expected) in
            [("kty", &kty, "EC"), ("alg", &alg, "ES256"), ("use", &usage, "sig"), ("crv", &crv, "P-256")]
        {
            if value != expected {
                return Err(JwksError::Key(format!("{member} is {value:?} and not {expected:?}")));
            }
        }
        let key = jwt::Key::from_coordinates(&x, &y).map_err(|error| JwksError::Key(error.to_string()))?;
        if keys.insert(kid.clone(), key).is_some() {
            return Err(JwksError::Key(format!("{kid:?} is there twice")));
        }
    }
    Ok(keys)
}
