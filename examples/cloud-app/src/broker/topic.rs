//! Room for one topic.

use crate::online::Unsendable;
use core::fmt::{self, Write};
use heapless::String;

/// Longest topic or filter, in bytes: AWS takes no longer ones.
pub const TOPIC_MAX: usize = 256;

/// Room for one topic or filter. An application writes to it; one that is too long is not sent, and told.
///
/// ```
/// let mut topic = cloud_app::Topic::new();
/// topic.set(format_args!("devices/{}/state", "lamp-1"));
/// assert_eq!(topic.as_str(), "devices/lamp-1/state");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Topic {
    text: String<TOPIC_MAX>,
    /// Bytes that were to be written.
    wanted: usize,
}

impl Topic {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self { text: String::new(), wanted: 0 }
    }

    /// Writes the whole topic, in place of what there was.
    pub fn set(&mut self, topic: fmt::Arguments<'_>) {
        self.clear();
        // What does not fit is counted.
        let _ = self.write_fmt(topic);
    }

    /// What is written; nothing, if it was too long.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if self.wanted > TOPIC_MAX { "" } else { &self.text }
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.wanted = 0;
    }

    /// The topic, if it fits.
    pub(super) fn check(&self) -> Result<&str, Unsendable> {
        if self.wanted > TOPIC_MAX {
            return Err(Unsendable::TooLong { length: self.wanted, capacity: TOPIC_MAX });
        }
        Ok(&self.text)
    }
}

impl fmt::Write for Topic {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.wanted = self.wanted.saturating_add(text.len());
        // To the end, so that the length is known.
        let _ = self.text.push_str(text);
        Ok(())
    }
}
