//! The ends of the validity (RFC 5280 4.1.2.5).

use crate::x509::der::read::{Reader, Span};
use crate::x509::der::tag;
use crate::x509::malformed::Malformed;
use crate::x509::{DateTime, Error};

/// One end of the validity.
#[derive(Debug, Clone, Copy)]
pub(in crate::x509) struct Time {
    /// Its digits.
    pub(in crate::x509) span: Span,
    /// Whether the year has two of them.
    pub(in crate::x509) utc: bool,
    /// `None`: a 29 February that there is not.
    pub(super) date: Option<DateTime>,
}

impl Time {
    pub(super) const NONE: Self = Self { span: Span::EMPTY, utc: false, date: None };

    /// The next of the two.
    pub(super) fn read(validity: &mut Reader<'_>) -> Result<Self, Error> {
        let (value, utc) = match validity.optional(tag::UTC_TIME)? {
            Some(value) => (value, true),
            None => (validity.expect(tag::GENERALIZED_TIME)?, false),
        };
        let wrong = value.wrong(Malformed::Time);
        let [digits @ .., b'Z'] = value.bytes() else { return Err(wrong) };
        let (year, digits) = if utc {
            let (year, digits) = two_digits(digits).ok_or(wrong)?;
            // RFC 5280 4.1.2.5.1.
            (u16::from(year) + if year < 50 { 2000 } else { 1900 }, digits)
        } else {
            let (century, digits) = two_digits(digits).ok_or(wrong)?;
            let (year, digits) = two_digits(digits).ok_or(wrong)?;
            (u16::from(century) * 100 + u16::from(year), digits)
        };
        let (month, digits) = two_digits(digits).ok_or(wrong)?;
        let (day, digits) = two_digits(digits).ok_or(wrong)?;
        let (hour, digits) = two_digits(digits).ok_or(wrong)?;
        let (minute, digits) = two_digits(digits).ok_or(wrong)?;
        let (second, digits) = two_digits(digits).ok_or(wrong)?;
        let new = |day| DateTime::new(year, month, day, hour, minute, second);
        match new(day) {
            _ if !digits.is_empty() => Err(wrong),
            None if (month, day) != (2, 29) || new(28).is_none() => Err(wrong),
            date => Ok(Self { span: value.content, utc, date }),
        }
    }
}

fn two_digits(digits: &[u8]) -> Option<(u8, &[u8])> {
    match digits {
        [a @ b'0'..=b'9', b @ b'0'..=b'9', rest @ ..] => Some(((a - b'0') * 10 + (b - b'0'), rest)),
        _ => None,
    }
}
