//! What AWS IoT Core's message broker takes, as far as a device can know it before it sends.
//!
//! From "AWS IoT Core endpoints and quotas" as others quote it; figures marked *unverified* are from memory and were not
//! checked at AWS. Beyond a limit the connection is closed, so a device checks first.

use crate::mqtt::{TopicError, TopicFilter, TopicName};
use core::fmt;

/// Longest payload, in bytes.
pub const PAYLOAD_MAX: usize = 128 * 1024;
/// Longest topic and filter, in bytes, without `$aws/rules/NAME/`. *Unverified.*
pub const TOPIC_MAX: usize = 256;
/// Most slashes in a topic or filter, without those of `$aws/rules/NAME/`.
pub const SLASHES_MAX: usize = 7;
/// Most filters in a SUBSCRIBE: as many as [`Client::subscribe`](crate::mqtt::Client::subscribe) takes.
pub const FILTERS_MAX: usize = crate::mqtt::FILTERS_MAX;
/// Most subscriptions of a connection.
pub const SUBSCRIPTIONS_MAX: usize = 50;
/// Most messages to a device, and from it, that wait for their acknowledgement.
/// [`Client`](crate::mqtt::Client) has one at a time.
pub const IN_FLIGHT_MAX: usize = 100;
/// Most messages of a connection in a second. *Unverified.*
pub const PUBLISHES_PER_SECOND: u32 = 100;
/// Shortest keep alive that AWS honours, in seconds; a shorter one counts as this. *Unverified*; older pages have 5.
pub const KEEP_ALIVE_MIN: u16 = 30;
/// Longest keep alive that AWS honours, in seconds. The connection is closed after one and a half times the keep alive in silence.
pub const KEEP_ALIVE_MAX: u16 = 1200;
/// How long a session that is not clean is kept, in seconds, unless the account has another value.
pub const SESSION_LIFE: u32 = 60 * 60;

/// More than AWS takes, or no topic at all. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimitError {
    /// MQTT itself forbids it.
    Topic(TopicError),
    /// The topic or filter is longer than [`TOPIC_MAX`].
    TopicLength {
        /// Its length in bytes.
        len: usize,
    },
    /// The topic or filter has more than [`SLASHES_MAX`] slashes.
    Slashes {
        /// How many it has.
        count: usize,
    },
    /// A retained message is for a topic that begins with `$`.
    RetainReserved,
    /// The payload is longer than [`PAYLOAD_MAX`].
    Payload {
        /// Its length in bytes.
        len: usize,
    },
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Topic(error) => fmt::Display::fmt(error, f),
            Self::TopicLength { len } => {
                write!(f, "the topic has {len} bytes; AWS takes {TOPIC_MAX} and closes the connection above")
            }
            Self::Slashes { count } => {
                write!(
                    f,
                    "the topic has {count} slashes; AWS takes {SLASHES_MAX} and closes the connection above"
                )
            }
            Self::RetainReserved => f.write_str("AWS retains nothing on its own topics, which begin with $"),
            Self::Payload { len } => {
                write!(
                    f,
                    "the payload has {len} bytes; AWS takes {PAYLOAD_MAX} and closes the connection above"
                )
            }
        }
    }
}

impl core::error::Error for LimitError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Topic(error) => Some(error),
            _ => None,
        }
    }
}

/// Checks a topic to publish to.
///
/// # Errors
/// [`LimitError`].
pub fn check_topic(topic: &str) -> Result<(), LimitError> {
    TopicName::new(topic).map_err(LimitError::Topic)?;
    check_size(topic)
}

/// Checks a filter to subscribe to.
///
/// # Errors
/// [`LimitError`].
pub fn check_filter(filter: &str) -> Result<(), LimitError> {
    TopicFilter::new(filter).map_err(LimitError::Topic)?;
    check_size(filter)
}

/// Checks a message: its topic, its length, and whether it can be retained.
///
/// # Errors
/// [`LimitError`].
pub fn check_message(topic: &str, payload: &[u8], retain: bool) -> Result<(), LimitError> {
    check_topic(topic)?;
    if retain && topic.starts_with('$') {
        return Err(LimitError::RetainReserved);
    }
    match payload.len() {
        0..=PAYLOAD_MAX => Ok(()),
        len => Err(LimitError::Payload { len }),
    }
}

fn check_size(topic: &str) -> Result<(), LimitError> {
    // "Basic Ingest": what stands before the topic of the rule does not count.
    let counted = topic
        .strip_prefix("$aws/rules/")
        .and_then(|rest| rest.split_once('/'))
        .map_or(topic, |(_, counted)| counted);
    if counted.len() > TOPIC_MAX {
        return Err(LimitError::TopicLength { len: counted.len() });
    }
    match counted.matches('/').count() {
        0..=SLASHES_MAX => Ok(()),
        count => Err(LimitError::Slashes { count }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_and_filters() {
        let long = "x".repeat(257);
        for good in [&long[..256], "a/b/c/d/e/f/g/h", "$aws/rules/rule/a/b/c/d/e/f/g/h"] {
            assert_eq!(check_topic(good), Ok(()));
            assert_eq!(check_filter(good), Ok(()));
        }
        for (bad, error) in [
            (long.as_str(), LimitError::TopicLength { len: 257 }),
            ("a/b/c/d/e/f/g/h/i", LimitError::Slashes { count: 8 }),
            ("$aws/rules/rule/a/b/c/d/e/f/g/h/i", LimitError::Slashes { count: 8 }),
        ] {
            assert_eq!(check_topic(bad), Err(error));
            assert_eq!(check_filter(bad), Err(error));
        }
        assert_eq!(check_topic("a/+"), Err(LimitError::Topic(TopicError::Wildcard('+'))));
        assert_eq!(check_filter("a/+"), Ok(()));
        assert_eq!(check_filter("a/#/b"), Err(LimitError::Topic(TopicError::MultiLevel)));
    }

    #[test]
    fn messages() {
        let payload = std::vec![0; PAYLOAD_MAX + 1];
        assert_eq!(check_message("a", &payload[1..], true), Ok(()));
        assert_eq!(check_message("a", &payload, false), Err(LimitError::Payload { len: PAYLOAD_MAX + 1 }));
        assert_eq!(check_message("$aws/x", b"", true), Err(LimitError::RetainReserved));
        assert_eq!(check_message("$aws/x", b"", false), Ok(()));
    }
}
