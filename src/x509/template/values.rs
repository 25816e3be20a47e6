//! What stands in a certificate in place of what the example has: dates and digits.

use super::error::TemplateError;
use crate::x509::certificate::Time;
use crate::x509::{DateTime, Dates, Error, Term};

/// The digits of a date, with the Z behind them.
pub(super) struct Digits {
    bytes: [u8; 15],
    /// Where they begin: 2 if the year has two digits.
    start: usize,
}

impl Digits {
    pub(super) fn of_issue(dates: &Dates, time: Time) -> Result<Self, Error> {
        let at = dates.issued();
        Self::new(time, at.year(), [at.month(), at.day(), at.hour(), 0, 0])
    }

    /// Of a 29 February, too, that there is not: the signature covers it.
    pub(super) fn of_end(dates: &Dates, time: Time) -> Result<Self, Error> {
        let at = dates.issued();
        match dates.term() {
            Term::Years(years) => {
                let year = at.year().saturating_add(u16::from(years));
                Self::new(time, year, [at.month(), at.day(), at.hour(), 0, 0])
            }
            Term::Forever => {
                let at = time.last();
                Self::new(time, at.year(), [at.month(), at.day(), at.hour(), at.minute(), at.second()])
            }
        }
    }

    fn new(time: Time, year: u16, rest: [u8; 5]) -> Result<Self, Error> {
        if time.utc && !(1950..2050).contains(&year) {
            return Err(TemplateError::NotInUtcTime { year }.into());
        }
        let mut bytes = [b'Z'; 15];
        let [month, day, hour, minute, second] = rest;
        let pairs = [(year / 100) as u8, (year % 100) as u8, month, day, hour, minute, second];
        for (to, number) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(pairs) {
            for (to, digit) in to.iter_mut().zip([number / 10, number % 10]) {
                *to = b'0' + digit;
            }
        }
        Ok(Self { bytes, start: if time.utc { 2 } else { 0 } })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).unwrap_or_default()
    }
}

impl Time {
    /// The last second that this type of time can say.
    pub(super) const fn last(self) -> DateTime {
        if self.utc { LAST_UTC } else { DateTime::MAX }
    }
}

/// RFC 5280 4.1.2.5.1.
const LAST_UTC: DateTime = match DateTime::new(2049, 12, 31, 23, 59, 59) {
    Some(date) => date,
    None => DateTime::MAX,
};

/// Hexadecimal digits in capital letters.
pub(super) fn hex<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut digits = [0; N];
    for (to, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        for (to, nibble) in to.iter_mut().zip([byte >> 4, byte & 0xF]) {
            *to = if nibble < 10 { b'0' + nibble } else { b'A' - 10 + nibble };
        }
    }
    digits
}
