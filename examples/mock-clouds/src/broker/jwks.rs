//! Public keys in a set (RFC 7517), as brokers fetch it.

use mock_servers::jwt;
use serde::Deserialize;

/// Keys with their ids.
#[derive(Debug, Clone, Default)]
pub struct Jwks(Vec<(Option<String>, jwt::Key)>);

#[derive(Deserialize)]
struct Set {
    keys: Vec<Member>,
}

#[derive(Deserialize)]
struct Member {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Jwks {
    /// Those on P-256; others are passed over, as the standard wants it.
    ///
    /// # Errors
    /// In words: no set, or a P-256 key that is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let set: Set = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let mut keys = Vec::new();
        for Member { kty, crv, kid, x, y } in set.keys {
            if let ("EC", Some("P-256"), Some(x), Some(y)) = (&*kty, crv.as_deref(), x, y) {
                let key = jwt::Key::from_coordinates(&x, &y).map_err(|error| error.to_string())?;
                keys.push((kid, key));
            }
        }
        Ok(Self(keys))
    }

    /// The one with this id.
    pub(super) fn named(&self, kid: &str) -> Option<&jwt::Key> {
        self.0.iter().find(|(own, _)| own.as_deref() == Some(kid)).map(|(_, key)| key)
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = &jwt::Key> {
        self.0.iter().map(|(_, key)| key)
    }
}

impl From<jwt::Key> for Jwks {
    fn from(key: jwt::Key) -> Self {
        Self(vec![(None, key)])
    }
}
