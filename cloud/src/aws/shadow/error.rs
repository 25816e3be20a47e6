//! What can be wrong with a document, here and at the service.

use super::{DEPTH_MAX, DOCUMENT_MAX, TOKEN_MAX};
use crate::json;
use core::fmt;
use serde::Deserialize;
use serde_json_core::str::EscapedStr;

/// A document was not written or not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is no JSON, or not of the form asked for.
    Form,
    /// It does not fit the buffer, or can't be written as JSON.
    BufferTooSmall {
        /// The buffer's size, in bytes.
        capacity: usize,
    },
    /// It is longer than [`DOCUMENT_MAX`].
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// It has more levels than [`DEPTH_MAX`].
    TooDeep {
        /// How many it has.
        depth: usize,
    },
    /// The client token is empty, longer than [`TOKEN_MAX`], or has characters that are not taken here.
    Token,
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("the document is no JSON, or not of the form that was asked for"),
            Self::BufferTooSmall { capacity } => {
                write!(f, "the document does not fit the buffer of {capacity} bytes")
            }
            Self::TooLong { len } => {
                write!(f, "the document has {len} bytes; a shadow takes {DOCUMENT_MAX}")
            }
            Self::TooDeep { depth } => {
                write!(f, "the document has {depth} levels; a shadow takes {DEPTH_MAX}")
            }
            Self::Token => write!(
                f,
                "the client token must have 1 to {TOKEN_MAX} printable ASCII characters without \" and \\"
            ),
        }
    }
}

impl core::error::Error for DocumentError {}

/// What the service refused ("Device Shadow error messages").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The code, as of HTTP.
    pub code: u16,
    /// AWS's words, cut to 96 bytes.
    pub message: heapless::String<96>,
    /// The request's token, cut to 64 bytes; empty if there is none.
    pub token: heapless::String<TOKEN_MAX>,
}

#[derive(Deserialize)]
struct Body<'a> {
    code: u16,
    #[serde(borrow)]
    message: Option<EscapedStr<'a>>,
    #[serde(borrow, rename = "clientToken")]
    token: Option<EscapedStr<'a>>,
}

impl Rejected {
    /// Reads the payload of an answer that refuses.
    ///
    /// # Errors
    /// [`DocumentError::Form`].
    pub fn read(payload: &[u8]) -> Result<Self, DocumentError> {
        let body: Body<'_> = json::read(payload).ok_or(DocumentError::Form)?;
        let text = |text: Option<_>| text.unwrap_or(EscapedStr(""));
        Ok(Self {
            code: body.code,
            message: json::copy(text(body.message)),
            token: json::copy(text(body.token)),
        })
    }

    /// Whether there is no such shadow: so it is before the first update.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        self.code == 404
    }

    /// Whether the document has another version than the update had.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        self.code == 409
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the shadow service refused with code {}: ", self.code)?;
        f.write_str(match self.code {
            400 => "the document is not in order",
            401 | 403 => "a policy forbids it",
            404 => "there is no such shadow yet, or no such thing; the first update makes the shadow",
            409 => "the document has another version by now; get it and update that version",
            413 => "the document would be longer than 8 KB",
            415 => "the document is not UTF-8",
            422 => "the request could not be processed",
            429 => "more than 10 requests are under way on this connection; wait for answers",
            500.. => "the service is not available; try again later",
            _ => "AWS's documents have no such code",
        })?;
        if self.message.is_empty() { Ok(()) } else { write!(f, " (AWS says: {})", self.message) }
    }
}

impl core::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn refusals_have_words() {
        let read = |payload: &str| Rejected::read(payload.as_bytes());
        let conflict =
            read(r#"{"code":409,"message":"Version conflict","timestamp":1,"clientToken":"t"}"#).unwrap();
        assert!(conflict.is_conflict() && !conflict.is_missing() && conflict.token == "t");
        let text = conflict.to_string();
        assert!(text.contains("another version") && text.ends_with("(AWS says: Version conflict)"), "{text}");
        let mut seen = std::collections::BTreeSet::new();
        for code in [400, 401, 404, 409, 413, 415, 422, 429, 500, 777] {
            assert!(
                seen.insert(read(&std::format!(r#"{{"code":{code}}}"#)).unwrap().to_string().split_off(45))
            );
        }
        assert!(read(r#"{"code":404}"#).unwrap().is_missing());
        for bad in ["", "{}", r#"{"code":"409"}"#, r#"{"code":70000}"#] {
            assert_eq!(read(bad), Err(DocumentError::Form), "{bad}");
        }
    }
}
