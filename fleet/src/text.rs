//! Serial numbers, times and bytes as text.

use atecc608::SerialNumber;
use atecc608::x509::DateTime;
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt::Write;

/// Hexadecimal digits, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The inverse; upper case is read, too.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

/// A serial number from 18 hexadecimal digits.
pub(crate) fn serial_from_hex(text: &str) -> Option<SerialNumber> {
    SerialNumber::try_from(from_hex(text)?.as_slice()).ok()
}

/// A time as in RFC 3339, in UTC; parts of a second are dropped.
pub(crate) fn time_from_rfc3339(text: &str) -> Option<DateTime> {
    let (time, rest) = (text.get(..19)?, text.get(19..)?);
    let fraction = rest.strip_suffix('Z')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !fraction.is_empty() && !fraction.strip_prefix('.').is_some_and(digits) {
        return None;
    }
    let number = |from: usize, to: usize| -> Option<u16> {
        let text = time.get(from..to)?;
        if digits(text) { text.parse().ok() } else { None }
    };
    let byte = |from: usize| u8::try_from(number(from, from + 2)?).ok();
    let separators = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")];
    if separators.iter().any(|(at, separator)| time.get(*at..at + 1) != Some(separator)) {
        return None;
    }
    DateTime::new(number(0, 4)?, byte(5)?, byte(8)?, byte(11)?, byte(14)?, byte(17)?)
}

/// A member that has bytes, as hexadecimal digits.
pub(crate) mod as_hex {
    use super::{Deserialize, Deserializer, Serializer, from_hex, hex};
    use serde::de::Error;

    pub(crate) fn serialize<S: Serializer>(
        bytes: impl AsRef<[u8]>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(bytes.as_ref()))
    }

    pub(crate) fn deserialize<'de, T: TryFrom<Vec<u8>>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = from_hex(&text).ok_or_else(|| D::Error::custom("not pairs of hexadecimal digits"))?;
        let len = bytes.len();
        T::try_from(bytes).map_err(|_| D::Error::custom(format_args!("{len} bytes are too few or too many")))
    }

    /// The same for one that may be left out.
    pub(crate) mod option {
        use super::{Deserializer, Serializer};

        pub(crate) fn serialize<S: Serializer>(
            bytes: &Option<impl AsRef<[u8]>>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            match bytes {
                Some(bytes) => super::serialize(bytes, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, T: TryFrom<Vec<u8>>, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<T>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let time = DateTime::new(2026, 1, 31, 12, 5, 9);
        assert!(time.is_some());
        assert_eq!(time_from_rfc3339("2026-01-31T12:05:09Z"), time);
        assert_eq!(time_from_rfc3339("2026-01-31T12:05:09.123Z"), time);
        for wrong in [
            "",
            "2026-01-31",
            "2026-01-31T12:05:09",
            "2026-01-31T12:05:09.Z",
            "2026-01-31 12:05:09Z",
            "2026-13-31T12:05:09Z",
            "2026-01-31T12:05:09+00:00",
            "+026-01-31T12:05:09Z",
            "2026-01-31T12:05:09.1xZ",
            "2026-02-29T12:05:09Z",
            "ä026-01-31T12:05:09Z",
        ] {
            assert_eq!(time_from_rfc3339(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn bytes_there_and_back() {
        assert_eq!(hex(&[0x01, 0xAB]), "01ab");
        assert_eq!(from_hex("01aB"), Some(vec![0x01, 0xAB]));
        assert_eq!((from_hex("1"), from_hex("0g"), from_hex("")), (None, None, Some(vec![])));
        assert_eq!(
            serial_from_hex("0123a23f29f9366a01").map(|serial| serial.to_string()).as_deref(),
            Some("0123a23f29f9366a01")
        );
        assert_eq!(serial_from_hex("0123"), None);
    }
}
