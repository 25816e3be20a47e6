//! How options and short files are written: slots, times, hexadecimal digits.

use std::time::{SystemTime, UNIX_EPOCH};

use atecc608::Slot;
use atecc608::x509::DateTime;

use crate::failure::{Failure, Kind};

/// A slot: 0 to 15.
pub(crate) fn slot(text: &str) -> Result<Slot, String> {
    let number: u8 = text.parse().map_err(|_| String::from("a slot is a number, 0 to 15"))?;
    Slot::try_from(number).map_err(|error| error.to_string())
}

/// A time: seconds since 1970, or as in RFC 3339, in UTC (2026-11-30T05:00:00Z).
pub(crate) fn time(text: &str) -> Result<DateTime, String> {
    let time = match text.parse() {
        Ok(seconds) => DateTime::from_unix(seconds),
        Err(_) => rfc3339(text),
    };
    time.ok_or_else(|| "a time is 2026-11-30T05:00:00Z (UTC), or seconds since 1970".into())
}

fn rfc3339(text: &str) -> Option<DateTime> {
    let numbers: Option<Vec<u16>> =
        text.strip_suffix('Z')?.split(['-', 'T', ':']).map(|part| part.parse().ok()).collect();
    let [year, rest @ ..] = <[u16; 6]>::try_from(numbers?).ok()?;
    let [month, day, hour, minute, second] = rest.map(|part| u8::try_from(part).unwrap_or(u8::MAX));
    DateTime::new(year, month, day, hour, minute, second)
}

/// The time, or what this machine's clock says.
pub(crate) fn time_or_now(given: Option<DateTime>) -> Result<DateTime, Failure> {
    let now = || DateTime::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs());
    given.or_else(now).ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            "this machine was asked for the time",
            "its clock is before 1970 or after 9999",
            "set the clock, or give --time",
        )
    })
}

/// A span: seconds, or 90s, 30m, 12h, 7d.
pub(crate) fn span(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(digits) => (digits, text.as_bytes().last()),
        None => (text, None),
    };
    let factor = match unit {
        Some(b'm') => 60,
        Some(b'h') => 3600,
        Some(b'd') => 86_400,
        _ => 1,
    };
    let seconds = digits.parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    seconds.filter(|seconds| *seconds > 0).ok_or_else(|| "a span is 90s, 30m, 12h, 7d or seconds".into())
}

/// As hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// From hexadecimal digits, between which there may be blanks, colons and line ends.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != ':')
        .map(|character| character.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    let digits = digits?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots() {
        assert_eq!(slot("15"), Ok(Slot::S15));
        assert!(slot("16").is_err_and(|why| why.contains("0 to 15")));
        assert!(slot("zero").is_err() && slot("-1").is_err() && slot("0x0").is_err());
    }

    #[test]
    fn times() {
        let given = DateTime::new(2026, 11, 30, 5, 0, 1);
        assert_eq!(time("2026-11-30T05:00:01Z").ok(), given);
        assert_eq!(time("1796014801").ok(), given);
        for wrong in
            ["", "2026-11-30", "2026-13-30T05:00:01Z", "2026-11-30T05:00:01", "2026-11-30T300:00:00Z", "-1"]
        {
            assert!(time(wrong).is_err(), "{wrong}");
        }
        assert_eq!(time_or_now(given).ok(), given);
    }

    #[test]
    fn spans() {
        assert_eq!(
            [span("90"), span("90s"), span("2m"), span("1h"), span("2d")].map(Result::unwrap),
            [90, 90, 120, 3600, 172_800]
        );
        for wrong in ["", "h", "0", "1w", "-1", "99999999999999999999", "18446744073709551615d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn hexadecimal_digits() {
        assert_eq!(from_hex("00 fF:a0\n"), Some(vec![0, 0xFF, 0xA0]));
        assert_eq!(hex(&[0, 0xFF, 0xA0]), "00ffa0");
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("0g"), None);
    }
}
