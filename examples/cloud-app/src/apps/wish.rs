//! What the cloud wants, as it is written.

use atecc608_cloud::json;
use core::fmt;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

/// What the cloud wants of the device: `{"interval_s":60,"led":true}`, each of them or none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish<'a> {
    /// Seconds between two messages.
    pub interval_s: Option<u32>,
    /// Whether the LED is to be on.
    pub led: Option<bool>,
    /// The first member that is none of these.
    pub unknown: Option<&'a str>,
}

impl<'a> Wish<'a> {
    /// What an operator is told to write.
    pub const EXAMPLE: &'static str = "{\"interval_s\":60,\"led\":true}";

    /// Reads a whole message; nothing if it is no JSON object, or a value of another kind, or nested without end.
    #[must_use]
    pub fn read(payload: &'a [u8]) -> Option<Self> {
        json::read(payload)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Wish<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Wish<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Wish::EXAMPLE)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Wish<'de>, A::Error> {
        let mut wish = Wish::default();
        while let Some(name) = members.next_key::<&str>()? {
            match name {
                "interval_s" => wish.interval_s = members.next_value()?,
                "led" => wish.led = members.next_value()?,
                other => {
                    wish.unknown = wish.unknown.or(Some(other));
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes() {
        let read = |text: &'static str| Wish::read(text.as_bytes());
        let wish = |interval_s, led, unknown| Some(Wish { interval_s, led, unknown });
        assert_eq!(read(Wish::EXAMPLE), wish(Some(60), Some(true), None));
        assert_eq!(read("{}"), wish(None, None, None));
        assert_eq!(read(r#"{"led":null}"#), wish(None, None, None));
        assert_eq!(read(r#"{"a":{"led":[true]},"led":false,"b":1}"#), wish(None, Some(false), Some("a")));
        for bad in ["", "on", "[]", r#"{"led":"on"}"#, r#"{"interval_s":-1}"#, r#"{"led":true"#] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    /// The parser calls itself for each level of what it passes over, and a microcontroller's stack is short.
    #[test]
    fn wishes_nested_without_end() {
        let nested = |levels| format!("{{\"a\":{}{}}}", "[".repeat(levels), "]".repeat(levels));
        assert!(Wish::read(nested(10).as_bytes()).is_some());
        assert_eq!(Wish::read(nested(1_000).as_bytes()), None);
        assert_eq!(Wish::read(nested(100_000).as_bytes()), None);
    }
}
