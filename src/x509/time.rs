//! Dates of certificates.

use crate::x509::der::tag;
use crate::x509::der::write::Writer;
use core::fmt;

/// A moment in UTC, to the second: from 1950 to 9999, what certificates can say.
#[doc(alias(
    "atcacert_date_cmp",
    "atcacert_date_enc",
    "atcacert_date_dec",
    "atcacert_date_enc_rfc5280_utc",
    "atcacert_date_enc_rfc5280_gen",
    "atcacert_date_dec_rfc5280_utc",
    "atcacert_date_dec_rfc5280_gen",
    "atcacert_date_enc_iso8601_sep",
    "atcacert_date_dec_iso8601_sep"
))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct DateTime {
    // In the order in which they are compared.
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
}

/// From this year on certificates have four digits for it.
const FOUR_DIGITS: u16 = 2050;

impl DateTime {
    /// 9999-12-31 23:59:59, which means "no end" (RFC 5280 4.1.2.5).
    #[doc(alias = "atcacert_date_get_max_date")]
    pub const MAX: Self = Self { year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59 };

    /// From its parts; `None` if there is no such date or time, or the year is not in 1950 to 9999. Leap seconds are
    /// none of certificates.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8, hour: u8, minute: u8, second: u8) -> Option<Self> {
        if year < 1950 || year > 9999 || day == 0 || day > days_in(year, month) {
            return None;
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        Some(Self { year, month, day, hour, minute, second })
    }

    /// From seconds since 1970; `None` from the year 10000 on.
    #[doc(alias("atcacert_date_dec_posix_be", "atcacert_date_dec_posix_le"))]
    #[must_use]
    pub const fn from_unix(seconds: u64) -> Option<Self> {
        if seconds > UNIX_MAX {
            return None;
        }
        // March is the first month here, so that the odd day is the last. All of it fits 32 bits.
        let days = (seconds / 86_400) as u32 + 719_468;
        let second = (seconds % 86_400) as u32;
        let day_of_era = days % 146_097;
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        Some(Self {
            year: (days / 146_097 * 400 + year_of_era + carry) as u16,
            month: month as u8,
            day: day as u8,
            hour: (second / 3600) as u8,
            minute: (second / 60 % 60) as u8,
            second: (second % 60) as u8,
        })
    }

    /// Seconds since 1970; `None` before that.
    #[doc(alias("atcacert_date_enc_posix_be", "atcacert_date_enc_posix_le"))]
    #[must_use]
    pub const fn to_unix(self) -> Option<u64> {
        if self.year < 1970 {
            return None;
        }
        let (year, month) =
            if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let (year, month) = (year as u32, month as u32);
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + self.day as u32;
        let seconds = (self.hour as u32 * 60 + self.minute as u32) * 60 + self.second as u32;
        Some((days - 719_469) as u64 * 86_400 + seconds as u64)
    }

    /// 1950 to 9999.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// 0 to 23.
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }

    /// 0 to 59.
    #[must_use]
    pub const fn minute(self) -> u8 {
        self.minute
    }

    /// 0 to 59.
    #[must_use]
    pub const fn second(self) -> u8 {
        self.second
    }

    /// Greater for a later one, in a `const`.
    const fn in_order(self) -> u64 {
        let Self { year, month, day, hour, minute, second } = self;
        let [a, b] = year.to_be_bytes();
        u64::from_be_bytes([0, a, b, month, day, hour, minute, second])
    }

    /// As certificates want it: UTCTime before 2050, GeneralizedTime from then on (RFC 5280 4.1.2.5).
    pub(crate) const fn emit(self, writer: &mut Writer<'_>) {
        let since = writer.len();
        writer.byte(b'Z');
        two_digits(writer, self.second);
        two_digits(writer, self.minute);
        two_digits(writer, self.hour);
        two_digits(writer, self.day);
        two_digits(writer, self.month);
        two_digits(writer, (self.year % 100) as u8);
        if self.year < FOUR_DIGITS {
            writer.wrap(tag::UTC_TIME, since);
        } else {
            two_digits(writer, (self.year / 100) as u8);
            writer.wrap(tag::GENERALIZED_TIME, since);
        }
    }
}

const UNIX_MAX: u64 = match DateTime::MAX.to_unix() {
    Some(seconds) => seconds,
    None => 0,
};

const fn two_digits(writer: &mut Writer<'_>, number: u8) {
    writer.byte(b'0' + number % 10);
    writer.byte(b'0' + number / 10);
}

/// Days of a month; 0 if there is no such month.
const fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

/// As RFC 3339 has it: `2031-12-31T23:59:59Z`.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// From when to when a certificate holds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Validity {
    /// The first second.
    pub not_before: DateTime,
    /// The last second.
    pub not_after: DateTime,
}

impl Validity {
    /// Whether it holds at this time.
    #[must_use]
    pub fn contains(&self, now: DateTime) -> bool {
        self.not_before <= now && now <= self.not_after
    }

    /// Whether it ends before it begins.
    pub(crate) const fn is_reversed(&self) -> bool {
        self.not_after.in_order() < self.not_before.in_order()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_dates_that_there_are() {
        for (year, month, days) in [(2023, 2, 28), (2024, 2, 29), (2100, 2, 28), (2000, 2, 29), (2026, 4, 30)]
        {
            assert!(DateTime::new(year, month, days, 0, 0, 0).is_some());
            assert!(DateTime::new(year, month, days + 1, 0, 0, 0).is_none());
            assert!(DateTime::new(year, month, 0, 0, 0, 0).is_none());
        }
        let new = |hour, minute, second| DateTime::new(2026, 1, 1, hour, minute, second);
        assert!(new(23, 59, 59).is_some());
        assert!(new(24, 0, 0).or(new(0, 60, 0)).or(new(0, 0, 60)).is_none());
        assert!(DateTime::new(2026, 0, 1, 0, 0, 0).or(DateTime::new(2026, 13, 1, 0, 0, 0)).is_none());
        assert!(DateTime::new(1949, 1, 1, 0, 0, 0).or(DateTime::new(10_000, 1, 1, 0, 0, 0)).is_none());
    }

    #[test]
    fn unix_seconds() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_700_000_000, "2023-11-14T22:13:20Z"),
            (4_294_967_295, "2106-02-07T06:28:15Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            let time = DateTime::from_unix(seconds).unwrap();
            assert_eq!(std::format!("{time}"), text);
            assert_eq!(time.to_unix(), Some(seconds));
        }
        assert_eq!(DateTime::from_unix(253_402_300_800), None);
        assert_eq!(DateTime::new(1969, 12, 31, 23, 59, 59).unwrap().to_unix(), None);
    }

    /// A calendar that is walked day by day says the same.
    #[test]
    fn every_day() {
        let mut seconds = 0;
        for year in 1970..=9999 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some(time) = DateTime::new(year, month, day, 1, 2, 3) else { continue };
                    assert_eq!(time.to_unix(), Some(seconds + 3723));
                    assert_eq!(DateTime::from_unix(seconds + 3723), Some(time));
                    seconds += 86_400;
                }
            }
        }
    }

    #[test]
    fn utc_time_until_2049() {
        let der = |time: DateTime| {
            let mut buffer = [0; 17];
            let mut writer = Writer::new(&mut buffer);
            time.emit(&mut writer);
            let len = writer.len();
            std::vec::Vec::from(&buffer[17 - len..])
        };
        let time = |year| DateTime::new(year, 12, 31, 23, 59, 58).unwrap();
        assert_eq!(der(time(1950)), *b"\x17\x0d501231235958Z");
        assert_eq!(der(time(2049)), *b"\x17\x0d491231235958Z");
        assert_eq!(der(time(2050)), *b"\x18\x0f20501231235958Z");
        assert_eq!(der(DateTime::MAX), *b"\x18\x0f99991231235959Z");
    }

    #[test]
    fn both_ends_are_included() {
        let at = |second| DateTime::new(2026, 1, 1, 0, 0, second).unwrap();
        let validity = Validity { not_before: at(10), not_after: at(20) };
        for (second, holds) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(validity.contains(at(second)), holds);
        }
        let reversed = Validity { not_before: at(20), not_after: at(10) };
        assert!(reversed.is_reversed() && !validity.is_reversed());
    }
}
