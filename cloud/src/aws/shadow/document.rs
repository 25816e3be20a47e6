//! What the service sends.

use super::DocumentError;
use crate::json;
use serde::Deserialize;
use serde_json_core::str::EscapedStr;

/// What is desired and not yet reported. `D` is any `Deserialize` with a member, optional, for each that may differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta<'a, D> {
    /// What differs.
    pub state: D,
    /// The document's version: see [`Versions`].
    pub version: u64,
    /// When AWS sent it, in Unix seconds.
    pub timestamp: Option<u64>,
    /// The token of whoever made the update, as JSON has it: escapes are not undone.
    pub token: Option<&'a str>,
}

/// The whole document, as asked for. `D` and `R` are any `Deserialize`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Document<'a, D, R> {
    /// The state.
    pub state: State<D, R>,
    /// The document's version: see [`Versions`].
    pub version: u64,
    /// When AWS sent it, in Unix seconds.
    pub timestamp: Option<u64>,
    /// The request's token, as JSON has it.
    pub token: Option<&'a str>,
}

/// A shadow's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(bound(deserialize = "D: Deserialize<'de>, R: Deserialize<'de>"))]
pub struct State<D, R> {
    /// What is desired.
    pub desired: Option<D>,
    /// What was reported.
    pub reported: Option<R>,
    /// What is desired and not reported.
    pub delta: Option<D>,
}

/// An update that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted<'a> {
    /// The document's version from now on.
    pub version: u64,
    /// The update's token, as JSON has it.
    pub token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "S: Deserialize<'de>"))]
struct Body<'a, S> {
    state: S,
    version: u64,
    timestamp: Option<u64>,
    #[serde(borrow, rename = "clientToken")]
    token: Option<EscapedStr<'a>>,
}

/// Passed over.
#[derive(Deserialize)]
struct Anything {}

impl<'a, D: Deserialize<'a>> Delta<'a, D> {
    /// Reads the payload of [`Answer::Delta`](super::Answer::Delta).
    ///
    /// # Errors
    /// [`DocumentError::Form`].
    pub fn read(payload: &'a [u8]) -> Result<Self, DocumentError> {
        let Body { state, version, timestamp, token } = json::read(payload).ok_or(DocumentError::Form)?;
        Ok(Self { state, version, timestamp, token: token.map(|token| token.0) })
    }
}

impl<'a, D: Deserialize<'a>, R: Deserialize<'a>> Document<'a, D, R> {
    /// Reads the payload of [`Answer::Got`](super::Answer::Got).
    ///
    /// # Errors
    /// [`DocumentError::Form`].
    pub fn read(payload: &'a [u8]) -> Result<Self, DocumentError> {
        let Body { state, version, timestamp, token } = json::read(payload).ok_or(DocumentError::Form)?;
        Ok(Self { state, version, timestamp, token: token.map(|token| token.0) })
    }
}

impl<'a> Accepted<'a> {
    /// Reads the payload of [`Answer::Updated`](super::Answer::Updated).
    ///
    /// # Errors
    /// [`DocumentError::Form`].
    pub fn read(payload: &'a [u8]) -> Result<Self, DocumentError> {
        let Body { state: Anything {}, version, token, .. } =
            json::read(payload).ok_or(DocumentError::Form)?;
        Ok(Self { version, token: token.map(|token| token.0) })
    }
}

/// Which documents are news. Messages come in any order and more than once, so a delta may be older than what was done already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    last: Option<u64>,
}

impl Versions {
    /// None seen.
    #[must_use]
    pub const fn new() -> Self {
        Self { last: None }
    }

    /// Whether this version is later than all before; if so, it is the last from now on.
    pub fn is_new(&mut self, version: u64) -> bool {
        let new = self.last.is_none_or(|last| version > last);
        if new {
            self.last = Some(version);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Desired {
        led: Option<bool>,
        interval: Option<u32>,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Reported {
        led: bool,
    }

    #[test]
    fn deltas() {
        let payload = br#"{"version":7,"timestamp":1831507200,"state":{"interval":60,"other":{"x":[1]}},
            "metadata":{"interval":{"timestamp":1831507199}},"clientToken":"a\"b"}"#;
        let delta: Delta<'_, Desired> = Delta::read(payload).unwrap();
        assert_eq!(delta.state, Desired { led: None, interval: Some(60) });
        assert_eq!((delta.version, delta.timestamp, delta.token), (7, Some(1_831_507_200), Some(r#"a\"b"#)));
        for bad in [
            &b""[..],
            b"{}",
            b"[]",
            br#"{"state":{"interval":"x"},"version":1}"#,
            br#"{"state":{}}"#,
            b"\xFF",
        ] {
            assert_eq!(Delta::<'_, Desired>::read(bad), Err(DocumentError::Form));
        }
    }

    #[test]
    fn documents() {
        let payload = br#"{"state":{"desired":{"led":true},"reported":{"led":false},"delta":{"led":true}},
            "metadata":{"desired":{"led":{"timestamp":1}}},"version":3,"timestamp":2}"#;
        let document: Document<'_, Desired, Reported> = Document::read(payload).unwrap();
        assert_eq!(document.state.delta, Some(Desired { led: Some(true), interval: None }));
        assert_eq!(document.state.reported, Some(Reported { led: false }));
        let empty: Document<'_, Desired, Reported> = Document::read(br#"{"state":{},"version":4}"#).unwrap();
        assert_eq!(empty.state, State { desired: None, reported: None, delta: None });
        let accepted = Accepted::read(br#"{"state":{"reported":{"x":1}},"version":4,"clientToken":"t"}"#);
        assert_eq!(accepted, Ok(Accepted { version: 4, token: Some("t") }));
    }

    #[test]
    fn old_versions_are_no_news() {
        let mut versions = Versions::new();
        assert!(versions.is_new(0) && !versions.is_new(0) && versions.is_new(5));
        assert!(!versions.is_new(4) && !versions.is_new(5) && versions.is_new(6));
    }
}
