//! Dates as Google writes them.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;

/// Unix seconds of a date like `2026-05-04T12:34:56.789Z`; fractions are cut off.
pub(super) fn unix_seconds(text: &str) -> Option<u64> {
    OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp().try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::unix_seconds;

    #[test]
    fn dates() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2014-10-02T15:01:23.045123456Z", 1_412_262_083),
            ("2014-10-02T20:31:23+05:30", 1_412_262_083),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            assert_eq!(unix_seconds(text), Some(seconds), "{text}");
        }
        for wrong in [
            "",
            "2014-10-02",
            "2014-13-02T15:01:23Z",
            "2014-02-29T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2014-10-02T15:01:23",
            "2014-10-02T15:01:23Zx",
        ] {
            assert_eq!(unix_seconds(wrong), None, "{wrong}");
        }
    }
}
