//! What goes with a message, in its topic.

use super::super::url::Encode;
use core::fmt;

/// A property of a message to the hub: a name and a value, for routing and for whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Property<'a> {
    name: &'a str,
    value: &'a str,
}

impl Property<'static> {
    /// The payload is JSON. With [`UTF_8`](Self::UTF_8) the hub's routes can look into it.
    pub const JSON: Self = Self { name: "$.ct", value: "application/json" };
    /// The payload is UTF-8.
    pub const UTF_8: Self = Self { name: "$.ce", value: "utf-8" };
}

impl<'a> Property<'a> {
    /// The message's id.
    #[must_use]
    pub const fn message_id(value: &'a str) -> Self {
        Self { name: "$.mid", value }
    }

    /// The id of what the message belongs to.
    #[must_use]
    pub const fn correlation_id(value: &'a str) -> Self {
        Self { name: "$.cid", value }
    }

    /// The payload's type.
    #[must_use]
    pub const fn content_type(value: &'a str) -> Self {
        Self { name: "$.ct", value }
    }

    /// The application's own.
    ///
    /// # Errors
    /// [`PropertyError::Name`] for a name that is empty, starts with `$`, which is the hub's, or is not made of letters, digits and
    /// ``! # $ % & ' * + - . ^ _ ` | ~``.
    pub fn own(name: &'a str, value: &'a str) -> Result<Self, PropertyError> {
        // "Create and read IoT Hub messages": what property names may have.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || name.starts_with('$') || !name.chars().all(allowed) {
            return Err(PropertyError::Name);
        }
        Ok(Self { name, value })
    }
}

/// Why a message can't have these properties.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PropertyError {
    /// A name that is not allowed.
    Name,
    /// Two properties have the same name.
    SameName,
    /// The topic gets longer than [`TOPIC_MAX`](super::TOPIC_MAX).
    TooLong,
}

impl fmt::Display for PropertyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name => f.write_str(
                "a property's name must be made of letters, digits and ! # $ % & ' * + - . ^ _ ` | ~, and not start with $",
            ),
            Self::SameName => f.write_str("two properties of a message have the same name"),
            Self::TooLong => write!(
                f,
                "the properties, percent-encoded, make a topic longer than {} bytes",
                super::TOPIC_MAX
            ),
        }
    }
}

impl core::error::Error for PropertyError {}

pub(super) fn check(properties: &[Property<'_>]) -> Result<(), PropertyError> {
    let twice = properties
        .iter()
        .enumerate()
        .any(|(index, property)| properties.iter().take(index).any(|earlier| earlier.name == property.name));
    if twice { Err(PropertyError::SameName) } else { Ok(()) }
}

/// `NAME=VALUE&NAME=VALUE`, percent-encoded.
pub(super) struct Bag<'a>(pub(super) &'a [Property<'a>]);

impl fmt::Display for Bag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Property { name, value }) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "&" };
            write!(f, "{separator}{}={}", Encode(name), Encode(value))?;
        }
        Ok(())
    }
}
