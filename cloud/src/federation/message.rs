//! What is published.

use super::base64::Standard;
use core::fmt;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// Most messages in one call.
pub const MESSAGES_MAX: usize = 16;
/// Most attributes of a message.
const ATTRIBUTES_MAX: usize = 100;
/// Longest attribute key, in bytes.
const KEY_MAX: usize = 256;
/// Longest attribute value, in bytes.
const VALUE_MAX: usize = 1024;

/// A message for a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Message<'a> {
    /// Any bytes; may be empty if there are attributes.
    pub data: &'a [u8],
    /// Names and values that subscribers can filter by: up to 100, names up to 256 bytes that do not start
    /// with `goog`, values up to 1,024 bytes.
    pub attributes: &'a [(&'a str, &'a str)],
}

impl Message<'_> {
    /// What Pub/Sub would refuse.
    pub(super) fn check(&self) -> Result<(), MessageError> {
        if self.data.is_empty() && self.attributes.is_empty() {
            return Err(MessageError::Empty);
        }
        if self.attributes.len() > ATTRIBUTES_MAX {
            return Err(MessageError::Attributes);
        }
        for (index, (key, value)) in self.attributes.iter().enumerate() {
            if key.is_empty() || key.len() > KEY_MAX || key.starts_with("goog") {
                return Err(MessageError::Key);
            }
            if value.len() > VALUE_MAX {
                return Err(MessageError::Value);
            }
            if self.attributes.iter().take(index).any(|(earlier, _)| earlier == key) {
                return Err(MessageError::SameKey);
            }
        }
        Ok(())
    }
}

/// Why Pub/Sub would refuse a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageError {
    /// No message, or more than [`MESSAGES_MAX`].
    Count,
    /// Neither data nor attributes.
    Empty,
    /// More than 100 attributes.
    Attributes,
    /// An attribute's key is empty, longer than 256 bytes, or starts with `goog`.
    Key,
    /// Two attributes have the same key.
    SameKey,
    /// An attribute's value is longer than 1,024 bytes.
    Value,
}

impl fmt::Display for MessageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Count => "1 to 16 messages can be published at once",
            Self::Empty => "a message must have data or an attribute",
            Self::Attributes => "a message can have at most 100 attributes",
            Self::Key => "an attribute's key must have 1 to 256 bytes and must not start with goog",
            Self::SameKey => "two attributes of a message have the same key",
            Self::Value => "an attribute's value can have at most 1024 bytes",
        })
    }
}

impl core::error::Error for MessageError {}

/// The request's body: `{"messages":[...]}`.
pub(super) struct Messages<'a>(pub(super) &'a [Message<'a>]);

impl Serialize for Messages<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut body = serializer.serialize_struct("Messages", 1)?;
        body.serialize_field("messages", self.0)?;
        body.end()
    }
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let attributes = !self.attributes.is_empty();
        let mut message = serializer.serialize_struct("Message", 1 + usize::from(attributes))?;
        message.serialize_field("data", &Standard(self.data))?;
        if attributes {
            message.serialize_field("attributes", &Attributes(self.attributes))?;
        }
        message.end()
    }
}

struct Attributes<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.0 {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::super::json;
    use super::*;
    use base64ct::{Base64, Encoding};
    use std::vec::Vec;

    fn encoded(messages: &[Message<'_>]) -> serde_json::Value {
        let mut buffer = [0; 4096];
        let len = json::write(&Messages(messages), &mut buffer).unwrap();
        serde_json::from_slice(&buffer[..len]).unwrap()
    }

    #[test]
    fn data_of_every_length_is_standard_base64_with_padding() {
        for len in 0..200 {
            let data: Vec<u8> = (0..len).map(|i| (i * 7 + 250) as u8).collect();
            let json = encoded(&[Message { data: &data, attributes: &[] }]);
            let text = json["messages"][0]["data"].as_str().unwrap();
            assert_eq!(Base64::decode_vec(text).unwrap(), data);
            assert!(json["messages"][0].get("attributes").is_none());
        }
    }

    #[test]
    fn attributes_survive_whatever_they_hold() {
        let attributes = [("a", "\"\\\n\u{1}\u{7f}é€𐍈/"), ("b\"", "")];
        let json = encoded(&[Message { data: b"x", attributes: &attributes }, Message::default()]);
        let read = json["messages"][0]["attributes"].as_object().unwrap();
        assert_eq!(read.len(), 2);
        for (key, value) in attributes {
            assert_eq!(read[key], value);
        }
        assert_eq!(json["messages"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn what_pub_sub_refuses_is_refused_here() {
        let check = |attributes: &[(&str, &str)]| Message { data: b"x", attributes }.check();
        let (key, value) = ("k".repeat(257), "v".repeat(1025));
        assert_eq!(Message::default().check(), Err(MessageError::Empty));
        assert_eq!(Message { data: b"", attributes: &[("a", "b")] }.check(), Ok(()));
        assert_eq!(check(&[("", "v")]), Err(MessageError::Key));
        assert_eq!(check(&[("google", "v")]), Err(MessageError::Key));
        assert_eq!(check(&[(&key, "v")]), Err(MessageError::Key));
        assert_eq!(check(&[(&key[1..], &value[1..])]), Ok(()));
        assert_eq!(check(&[("a", &value)]), Err(MessageError::Value));
        assert_eq!(check(&[("a", "1"), ("b", "2"), ("a", "3")]), Err(MessageError::SameKey));
        let names: Vec<_> = (0..101).map(|i| std::format!("{i}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(check(&many), Err(MessageError::Attributes));
        assert_eq!(check(&many[1..]), Ok(()));
    }
}
