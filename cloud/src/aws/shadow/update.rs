//! What a device writes into its shadow.

use super::{DEPTH_MAX, DOCUMENT_MAX, DocumentError, TOKEN_MAX};
use crate::json;
use serde::Serialize;

/// An update of a shadow: what the thing reports. `R` is any `Serialize`: an object, of whose members those that are `None` are
/// written as null, which removes them, unless they are skipped (`skip_serializing_if`).
#[derive(Debug, Clone, Copy)]
pub struct Update<'a, R> {
    reported: &'a R,
    forget_desired: bool,
    version: Option<u64>,
    token: Option<&'a str>,
}

#[derive(Serialize)]
struct Document<'a, R> {
    state: State<'a, R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u64>,
    #[serde(rename = "clientToken", skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
}

#[derive(Serialize)]
struct State<'a, R> {
    reported: &'a R,
    /// null, if it is there at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    desired: Option<Option<()>>,
}

impl<'a, R: Serialize> Update<'a, R> {
    /// Reports.
    #[must_use]
    pub const fn reported(reported: &'a R) -> Self {
        Self { reported, forget_desired: false, version: None, token: None }
    }

    /// Also removes everything that is desired: it is done.
    #[must_use]
    pub const fn and_forget_desired(self) -> Self {
        Self { forget_desired: true, ..self }
    }

    /// Only if the document's version is still this one; else the answer is 409.
    #[must_use]
    pub const fn with_version(self, version: u64) -> Self {
        Self { version: Some(version), ..self }
    }

    /// A token that comes back with the answer: 1 to [`TOKEN_MAX`] printable ASCII characters without `"` and `\`.
    #[must_use]
    pub const fn with_token(self, token: &'a str) -> Self {
        Self { token: Some(token), ..self }
    }

    /// The payload.
    ///
    /// # Errors
    /// [`DocumentError`]: it does not fit the buffer, has more than [`DOCUMENT_MAX`] bytes or [`DEPTH_MAX`] levels, or the token
    /// is not in order.
    pub fn write<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], DocumentError> {
        let is_good = |token: &str| {
            (1..=TOKEN_MAX).contains(&token.len())
                && token.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b'\\')
        };
        if self.token.is_some_and(|token| !is_good(token)) {
            return Err(DocumentError::Token);
        }
        let desired = self.forget_desired.then_some(None);
        let document = Document {
            state: State { reported: self.reported, desired },
            version: self.version,
            token: self.token,
        };
        let capacity = buffer.len();
        let len = json::write(&document, buffer).ok_or(DocumentError::BufferTooSmall { capacity })?;
        let payload = buffer.get(..len).ok_or(DocumentError::BufferTooSmall { capacity })?;
        if len > DOCUMENT_MAX {
            return Err(DocumentError::TooLong { len });
        }
        match json::depth(payload) {
            0..=DEPTH_MAX => Ok(payload),
            depth => Err(DocumentError::TooDeep { depth }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::String;

    #[derive(Serialize)]
    struct Reported<'a> {
        led: Option<bool>,
        #[serde(skip_serializing_if = "Option::is_none")]
        temperature: Option<f32>,
        text: &'a str,
    }

    fn written<R: Serialize>(update: &Update<'_, R>) -> Result<String, DocumentError> {
        let mut buffer = std::vec![0; 2 * DOCUMENT_MAX];
        update.write(&mut buffer).map(|payload| String::from_utf8(payload.to_vec()).unwrap())
    }

    #[test]
    fn updates() {
        let mut reported = Reported { led: None, temperature: None, text: "a\"b" };
        assert_eq!(
            written(&Update::reported(&reported)).unwrap(),
            r#"{"state":{"reported":{"led":null,"text":"a\"b"}}}"#
        );
        reported.temperature = Some(21.5);
        let update = Update::reported(&reported).and_forget_desired().with_version(9).with_token("t");
        assert_eq!(
            written(&update).unwrap(),
            r#"{"state":{"reported":{"led":null,"temperature":21.5,"text":"a\"b"},"desired":null},"version":9,"clientToken":"t"}"#
        );
    }

    #[test]
    fn what_is_too_much() {
        let text = "x".repeat(DOCUMENT_MAX);
        let reported = Reported { led: None, temperature: None, text: &text };
        assert_eq!(
            written(&Update::reported(&reported)),
            Err(DocumentError::TooLong { len: DOCUMENT_MAX + 45 })
        );
        let update = Update::reported(&reported);
        assert_eq!(update.write(&mut [0; 10]), Err(DocumentError::BufferTooSmall { capacity: 10 }));
        // Two levels are around it.
        let (four, five) = ([[[[1]]]], [[[[[1]]]]]);
        assert!(written(&Update::reported(&four)).is_ok());
        assert_eq!(written(&Update::reported(&five)), Err(DocumentError::TooDeep { depth: 7 }));
        let long = "t".repeat(TOKEN_MAX + 1);
        for bad in ["", "a\"", "a\\", "a\n", "ä", &long] {
            assert_eq!(written(&Update::reported(&1).with_token(bad)), Err(DocumentError::Token), "{bad}");
        }
        assert!(written(&Update::reported(&1).with_token(&long[1..])).is_ok());
    }
}
