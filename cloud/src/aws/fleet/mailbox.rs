//! What comes back, kept beyond the packet that it came in.

use super::error::{FleetError, FleetRefusal, Step};
use crate::aws::{Field, FieldError, THING_NAME_MAX};
use crate::json;
use crate::mqtt::{Messages, Text};
use serde::Deserialize;
use serde_json_core::str::{EscapedStr, EscapedStringFragment};

/// Length of a certificate's id: SHA-256 in hexadecimal digits.
pub(super) const ID_LEN: usize = 64;

/// Waits for one answer.
pub(super) trait Mailbox {
    /// The answer, or why it is none.
    type Answer;

    /// The answer, if it has come.
    fn take(&mut self) -> Option<Self::Answer>;
}

/// Why an answer is none.
#[derive(Debug)]
pub(super) enum Wrong {
    Refused(FleetRefusal),
    Unreadable,
    /// It does not fit where it is to be kept.
    Room,
    Thing(FieldError),
}

impl Wrong {
    pub(super) fn at<E>(self, step: Step) -> FleetError<E> {
        match self {
            Self::Refused(refusal) => FleetError::Refused(step, refusal),
            Self::Unreadable => FleetError::Answer(step),
            Self::Room => FleetError::Room,
            Self::Thing(error) => FleetError::Thing(error),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created<'a> {
    #[serde(borrow)]
    certificate_ownership_token: EscapedStr<'a>,
    certificate_id: &'a str,
    #[serde(borrow)]
    certificate_pem: EscapedStr<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registered<'a> {
    thing_name: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused<'a> {
    status_code: u16,
    #[serde(borrow)]
    error_code: Option<EscapedStr<'a>>,
    #[serde(borrow)]
    error_message: Option<EscapedStr<'a>>,
}

fn refused(payload: &[u8]) -> Wrong {
    let Some(refused) = json::read::<Refused<'_>>(payload) else { return Wrong::Unreadable };
    let text = |text: Option<_>| text.unwrap_or(EscapedStr(""));
    Wrong::Refused(FleetRefusal {
        status: refused.status_code,
        code: json::copy(text(refused.error_code)),
        message: json::copy(text(refused.error_message)),
    })
}

/// Copies a text with its escapes undone; its length.
fn keep(text: EscapedStr<'_>, into: &mut [u8]) -> Result<usize, Wrong> {
    let mut len = 0_usize;
    let mut push = |bytes: &[u8]| {
        let end = len.saturating_add(bytes.len());
        into.get_mut(len..end).ok_or(Wrong::Room)?.copy_from_slice(bytes);
        len = end;
        Ok(())
    };
    for fragment in text.fragments() {
        match fragment.map_err(|_| Wrong::Unreadable)? {
            EscapedStringFragment::NotEscaped(part) => push(part.as_bytes())?,
            EscapedStringFragment::Escaped(c) => push(c.encode_utf8(&mut [0; 4]).as_bytes())?,
        }
    }
    Ok(len)
}

/// For the certificate: its id, then the lengths of token and PEM, which lie one after the other in what is kept.
type Made = Result<(Text<ID_LEN>, usize, usize), Wrong>;

/// Takes the certificate.
pub(super) struct Creation<'t, 'b> {
    accepted: &'t str,
    rejected: &'t str,
    kept: &'b mut [u8],
    answer: Option<Made>,
}

impl<'t, 'b> Creation<'t, 'b> {
    pub(super) fn new(accepted: &'t str, rejected: &'t str, kept: &'b mut [u8]) -> Self {
        Self { accepted, rejected, kept, answer: None }
    }

    pub(super) fn into_kept(self) -> &'b mut [u8] {
        self.kept
    }

    fn made(&mut self, payload: &[u8]) -> Made {
        let created: Created<'_> = json::read(payload).ok_or(Wrong::Unreadable)?;
        let id = created.certificate_id;
        if id.len() != ID_LEN || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Wrong::Unreadable);
        }
        let token_len = keep(created.certificate_ownership_token, self.kept)?;
        let rest = self.kept.get_mut(token_len..).ok_or(Wrong::Room)?;
        let pem_len = keep(created.certificate_pem, rest)?;
        Ok((Text::fitting(format_args!("{id}")), token_len, pem_len))
    }
}

impl Messages for Creation<'_, '_> {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        // The first answer counts: at QoS 1 it may come twice.
        if self.answer.is_some() {
        } else if topic == self.accepted {
            self.answer = Some(self.made(payload));
        } else if topic == self.rejected {
            self.answer = Some(Err(refused(payload)));
        }
    }
}

impl Mailbox for Creation<'_, '_> {
    type Answer = Made;

    fn take(&mut self) -> Option<Self::Answer> {
        self.answer.take()
    }
}

/// Takes the thing's name.
pub(super) struct Registration<'t> {
    accepted: &'t str,
    rejected: &'t str,
    answer: Option<Result<Text<THING_NAME_MAX>, Wrong>>,
}

impl<'t> Registration<'t> {
    pub(super) const fn new(accepted: &'t str, rejected: &'t str) -> Self {
        Self { accepted, rejected, answer: None }
    }
}

impl Messages for Registration<'_> {
    fn message(&mut self, topic: &str, payload: &[u8]) {
        if topic == self.accepted {
            let registered = json::read(payload).ok_or(Wrong::Unreadable);
            self.answer = Some(registered.and_then(|Registered { thing_name }| {
                let name = Field::Thing.check(thing_name).map_err(Wrong::Thing)?;
                Ok(Text::fitting(format_args!("{name}")))
            }));
        } else if topic == self.rejected {
            self.answer = Some(Err(refused(payload)));
        }
    }
}

impl Mailbox for Registration<'_> {
    type Answer = Result<Text<THING_NAME_MAX>, Wrong>;

    fn take(&mut self) -> Option<Self::Answer> {
        self.answer.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn created(payload: &str, room: usize) -> Made {
        let mut kept = std::vec![0; room];
        let mut creation = Creation::new("y", "n", &mut kept);
        creation.message("other", b"{}");
        assert!(creation.take().is_none());
        creation.message("y", payload.as_bytes());
        creation.take().unwrap()
    }

    #[test]
    fn a_certificate_is_kept_with_its_escapes_undone() {
        let payload = std::format!(
            r#"{{"certificateOwnershipToken":"a\u003db","certificateId":"{ID}","certificatePem":"-\nB\/C\n"}}"#
        );
        let mut kept = [0; 20];
        let mut creation = Creation::new("y", "n", &mut kept);
        creation.message("y", payload.as_bytes());
        // A second answer changes nothing.
        creation.message("n", br#"{"statusCode":400}"#);
        let (id, token_len, pem_len) = creation.take().unwrap().unwrap();
        assert_eq!((id.as_str(), token_len, pem_len), (ID, 3, 6));
        assert_eq!(&kept[..9], b"a=b-\nB/C\n");
        assert!(matches!(created(&payload, 8), Err(Wrong::Room)));
        assert!(created(&payload, 9).is_ok());
        for (from, to) in
            [(ID, "x"), ("certificatePem", "pem"), (r"\u003d", r"\ud83d"), ("0123456789", "012345678g")]
        {
            assert!(matches!(created(&payload.replace(from, to), 99), Err(Wrong::Unreadable)), "{from}");
        }
    }

    #[test]
    fn a_thing_has_a_name_that_can_be_one() {
        let registered = |topic: &str, payload: &str| {
            let mut registration = Registration::new("y", "n");
            registration.message(topic, payload.as_bytes());
            registration.take()
        };
        assert!(registered("x", r#"{"thingName":"t"}"#).is_none());
        let taken = registered("y", r#"{"deviceConfiguration":{"a":"b"},"thingName":"t"}"#);
        assert_eq!(taken.unwrap().unwrap(), "t");
        assert!(matches!(registered("y", r#"{"thingName":"a/b"}"#), Some(Err(Wrong::Thing(_)))));
        assert!(matches!(registered("y", "{}"), Some(Err(Wrong::Unreadable))));
        assert!(matches!(registered("n", r#"{"statusCode":404}"#), Some(Err(Wrong::Refused(_)))));
        assert!(matches!(registered("n", "no"), Some(Err(Wrong::Unreadable))));
    }
}
