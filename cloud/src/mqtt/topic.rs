//! Topic names and topic filters, checked before they are sent (MQTT 3.1.1, section 4.7).

use core::fmt;
use core::ops::Deref;

/// The longest text in a packet, in bytes (section 1.5.3): topics, filters, ids, names. Servers take less: AWS a
/// topic of 256.
pub const TEXT_MAX: usize = 65_535;

/// What is wrong with a topic or a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TopicError {
    /// It is empty.
    Empty,
    /// It is longer than [`TEXT_MAX`].
    TooLong {
        /// Its length in bytes.
        len: usize,
    },
    /// It has a NUL in it.
    Nul,
    /// A topic that is published to has a wildcard, `#` or `+`, in it.
    Wildcard(char),
    /// A filter's `#` is not the last level, or shares its level with other characters.
    MultiLevel,
    /// A filter's `+` shares its level with other characters.
    SingleLevel,
}

impl fmt::Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the topic is empty"),
            Self::TooLong { len } => {
                write!(f, "the topic has {len} bytes; MQTT has room for {TEXT_MAX}")
            }
            Self::Nul => f.write_str("the topic has a NUL in it"),
            Self::Wildcard(c) => {
                write!(f, "the topic has {c:?} in it; wildcards are for subscriptions, not for publishing")
            }
            Self::MultiLevel => {
                f.write_str("'#' must be the last level of a filter, and alone in it, as in \"a/#\"")
            }
            Self::SingleLevel => f.write_str("'+' must be alone in its level of a filter, as in \"a/+/b\""),
        }
    }
}

impl core::error::Error for TopicError {}

const fn check_text(text: &str) -> Result<(), TopicError> {
    match text.len() {
        0 => Err(TopicError::Empty),
        1..=TEXT_MAX => Ok(()),
        len => Err(TopicError::TooLong { len }),
    }
}

/// A topic that can be published to: 1 to 65,535 bytes without wildcards and NUL. It is a `str` behind a `&`.
///
/// Topics that begin with `$` belong to the server. MQTT lets it refuse or ignore what is published there, and
/// clouds have their own services behind them (`$aws/`, `$iothub/`), so they are not refused here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicName<'a>(&'a str);

impl<'a> TopicName<'a> {
    /// Checks a topic.
    ///
    /// # Errors
    /// [`TopicError`].
    pub fn new(topic: &'a str) -> Result<Self, TopicError> {
        check_text(topic)?;
        match topic.chars().find(|c| matches!(c, '#' | '+' | '\0')) {
            None => Ok(Self(topic)),
            Some('\0') => Err(TopicError::Nul),
            Some(c) => Err(TopicError::Wildcard(c)),
        }
    }

    /// The topic.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

impl Deref for TopicName<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for TopicName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// What can be subscribed to: a topic, or one with `+` for any one level and `#` for all that follow. It is a `str`
/// behind a `&`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TopicFilter<'a>(&'a str);

impl<'a> TopicFilter<'a> {
    /// Checks a filter.
    ///
    /// # Errors
    /// [`TopicError`].
    pub fn new(filter: &'a str) -> Result<Self, TopicError> {
        check_text(filter)?;
        if filter.contains('\0') {
            return Err(TopicError::Nul);
        }
        let mut levels = filter.split('/');
        while let Some(level) = levels.next() {
            if level.contains('#') && (level != "#" || levels.next().is_some()) {
                return Err(TopicError::MultiLevel);
            }
            if level.contains('+') && level != "+" {
                return Err(TopicError::SingleLevel);
            }
        }
        Ok(Self(filter))
    }

    /// The filter.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    /// Whether a message of this topic is meant. A `#` matches its parent level, too (section 4.7.1.2); not so at
    /// AWS. A wildcard at the start does not match topics that begin with `$` (section 4.7.2).
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        if topic.starts_with('$') && self.0.starts_with(['#', '+']) {
            return false;
        }
        let (mut filter, mut topic) = (self.0.split('/'), topic.split('/'));
        loop {
            match (filter.next(), topic.next()) {
                (Some("#"), _) | (None, None) => return true,
                (Some("+"), Some(_)) => {}
                (Some(level), Some(other)) if level == other => {}
                _ => return false,
            }
        }
    }
}

impl Deref for TopicFilter<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for TopicFilter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn topics() {
        let long = "x".repeat(TEXT_MAX + 1);
        for good in ["a", "/", "a//b", "$aws/things/t/shadow/update", "ä b", &long[..TEXT_MAX]] {
            assert_eq!(TopicName::new(good).map(|topic| topic.as_str()), Ok(good));
        }
        for (bad, error) in [
            ("", TopicError::Empty),
            (&long, TopicError::TooLong { len: TEXT_MAX + 1 }),
            ("a\0", TopicError::Nul),
            ("a/#", TopicError::Wildcard('#')),
            ("a+b", TopicError::Wildcard('+')),
        ] {
            assert_eq!(TopicName::new(bad), Err(error));
        }
        assert!(TopicError::Wildcard('+').to_string().contains("'+'"));
    }

    #[test]
    fn filters() {
        for good in ["#", "+", "+/+", "/+", "a/+/b/#", "$share/group/a/#", "a"] {
            assert_eq!(TopicFilter::new(good).map(|filter| filter.as_str()), Ok(good));
        }
        for (bad, error) in [
            ("", TopicError::Empty),
            ("a\0", TopicError::Nul),
            ("a/#/b", TopicError::MultiLevel),
            ("#/", TopicError::MultiLevel),
            ("a#", TopicError::MultiLevel),
            ("a/b#", TopicError::MultiLevel),
            ("a+", TopicError::SingleLevel),
            ("a/+b/c", TopicError::SingleLevel),
            ("++", TopicError::SingleLevel),
        ] {
            assert_eq!(TopicFilter::new(bad), Err(error), "{bad}");
        }
    }

    /// The examples of sections 4.7.1.2, 4.7.1.3 and 4.7.2.
    #[test]
    fn matching() {
        for (filter, topic, is) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/tennis/player1/#", "sport/tennis/player2", false),
            ("sport/#", "sport", true),
            ("sport/tennis/+", "sport/tennis/player1", true),
            ("sport/tennis/+", "sport/tennis/player1/ranking", false),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("+/+", "/finance", true),
            ("/+", "/finance", true),
            ("+", "/finance", false),
            ("#", "$SYS/uptime", false),
            ("+/monitor/Clients", "$SYS/monitor/Clients", false),
            ("$SYS/#", "$SYS/monitor", true),
            ("a", "a", true),
            ("a", "A", false),
            ("a", "a/", false),
        ] {
            assert_eq!(TopicFilter::new(filter).unwrap().matches(topic), is, "{filter} {topic}");
        }
    }
}
