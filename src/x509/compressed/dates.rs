//! Dates as the compressed form has them: an hour and a number of years.

use super::{CompressedError, Version};
use crate::x509::DateTime;

/// How long after its issue a certificate ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Term {
    /// So many years, 1 to 127: the same day and hour.
    Years(u8),
    /// Never: the last second that the template's type of time can say, of 2049 or of 9999.
    Forever,
}

/// When a certificate was issued, to the hour, and for how long: all that the compressed form can say.
#[doc(alias(
    "atcacert_date_enc_compcert",
    "atcacert_date_enc_compcert_ext",
    "atcacert_date_dec_compcert",
    "atcacert_date_dec_compcert_ext"
))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dates {
    issued: DateTime,
    term: Term,
}

/// The first year of the compressed form.
const FIRST_YEAR: u16 = 2000;
/// How many years can be said: 7 bits.
const YEARS: u16 = 128;
/// The same in version 0: 5 bits.
const YEARS_V0: u16 = 32;

impl Dates {
    /// From the hour of issue (UTC, 2000 to 2127), for 1 to 127 years or for ever.
    ///
    /// # Errors
    /// - [`CompressedError::NotAnHour`]: minutes and seconds, which the compressed form has not.
    /// - [`CompressedError::IssueYear`], [`CompressedError::TermYears`]: outside of what it can say.
    /// - [`CompressedError::NoSuchEnd`]: 29 February, to a year that has none. Issue a day earlier or later.
    pub const fn new(issued: DateTime, term: Term) -> Result<Self, CompressedError> {
        if issued.minute() != 0 || issued.second() != 0 {
            return Err(CompressedError::NotAnHour(issued));
        }
        let year = issued.year();
        if year < FIRST_YEAR || year >= FIRST_YEAR + YEARS {
            return Err(CompressedError::IssueYear(year));
        }
        if let Term::Years(years) = term
            && (years == 0 || years as u16 >= YEARS)
        {
            return Err(CompressedError::TermYears(years as u16));
        }
        let dates = Self { issued, term };
        if let (Term::Years(_), None) = (term, dates.ends()) {
            return Err(CompressedError::NoSuchEnd(issued));
        }
        Ok(dates)
    }

    /// When it was issued.
    #[must_use]
    pub const fn issued(&self) -> DateTime {
        self.issued
    }

    /// For how long.
    #[must_use]
    pub const fn term(&self) -> Term {
        self.term
    }

    /// When it ends: the same day and hour some years later. `None` if that year has no such day (29 February), and
    /// if it is issued for ever, when the end is the template's.
    #[must_use]
    pub const fn ends(&self) -> Option<DateTime> {
        match self.term {
            Term::Forever => None,
            Term::Years(years) => {
                let at = self.issued;
                DateTime::new(at.year() + years as u16, at.month(), at.day(), at.hour(), 0, 0)
            }
        }
    }

    /// The version that can say them.
    #[must_use]
    pub const fn version(&self) -> Version {
        let long = match self.term {
            Term::Years(years) => years as u16 >= YEARS_V0,
            Term::Forever => false,
        };
        if long || self.issued.year() >= FIRST_YEAR + YEARS_V0 { Version::V1 } else { Version::V0 }
    }

    /// Bytes 64 to 66, and 71.
    pub(super) const fn encode(&self) -> ([u8; 3], u8) {
        let at = self.issued;
        let year = at.year() - FIRST_YEAR;
        let years = match self.term {
            Term::Years(years) => years,
            Term::Forever => 0,
        };
        let fields = ((year as u32 & 0x1F) << 19)
            | ((at.month() as u32) << 15)
            | ((at.day() as u32) << 10)
            | ((at.hour() as u32) << 5)
            | (years as u32 & 0x1F);
        let [_, a, b, c] = fields.to_be_bytes();
        // In version 0 both are below 32, so that this is 0.
        ([a, b, c], ((year as u8 & 0x60) << 1) | ((years & 0x60) >> 1))
    }

    /// From bytes 64 to 66, and 71, which is 0 in version 0. A day that the last year has not is taken: the
    /// signature covers it.
    pub(super) fn decode([a, b, c]: [u8; 3], extension: u8) -> Option<Self> {
        let fields = u32::from_be_bytes([0, a, b, c]);
        let bits = |shift: u32, mask: u32| (fields >> shift & mask) as u8;
        let year = bits(19, 0x1F) | (extension >> 1 & 0x60);
        let (month, day, hour) = (bits(15, 0xF), bits(10, 0x1F), bits(5, 0x1F));
        let issued = DateTime::new(FIRST_YEAR + u16::from(year), month, day, hour, 0, 0)?;
        let term = match bits(0, 0x1F) | (extension << 1 & 0x60) {
            0 => Term::Forever,
            years => Term::Years(years),
        };
        Some(Self { issued, term })
    }
}
