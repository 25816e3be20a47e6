//! Properties of MQTT 5 (section 2.2.2).

use bytes::Bytes;

/// Numbers of properties.
#[expect(missing_docs, reason = "as the protocol names them")]
pub mod number {
    pub const MESSAGE_EXPIRY: u8 = 2;
    pub const CONTENT_TYPE: u8 = 3;
    pub const RESPONSE_TOPIC: u8 = 8;
    pub const CORRELATION_DATA: u8 = 9;
    pub const SUBSCRIPTION_ID: u8 = 11;
    pub const SESSION_EXPIRY: u8 = 17;
    pub const ASSIGNED_CLIENT_ID: u8 = 18;
    pub const SERVER_KEEP_ALIVE: u8 = 19;
    pub const AUTHENTICATION_METHOD: u8 = 21;
    pub const AUTHENTICATION_DATA: u8 = 22;
    pub const WILL_DELAY: u8 = 24;
    pub const REASON_STRING: u8 = 31;
    pub const RECEIVE_MAXIMUM: u8 = 33;
    pub const TOPIC_ALIAS_MAXIMUM: u8 = 34;
    pub const TOPIC_ALIAS: u8 = 35;
    pub const MAXIMUM_QOS: u8 = 36;
    pub const RETAIN_AVAILABLE: u8 = 37;
    pub const USER_PROPERTY: u8 = 38;
    pub const MAXIMUM_PACKET_SIZE: u8 = 39;
    pub const WILDCARDS_AVAILABLE: u8 = 40;
    pub const SUBSCRIPTION_IDS_AVAILABLE: u8 = 41;
    pub const SHARED_AVAILABLE: u8 = 42;
}

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Byte,
    Two,
    Four,
    Variable,
    Text,
    Bytes,
    Pair,
}

/// The kind of a property; none: there is no such property.
pub(super) fn kind(number: u8) -> Option<Kind> {
    Some(match number {
        1 | 23 | 25 | 36 | 37 | 40..=42 => Kind::Byte,
        19 | 33..=35 => Kind::Two,
        2 | 17 | 24 | 39 => Kind::Four,
        11 => Kind::Variable,
        3 | 8 | 18 | 21 | 26 | 28 | 31 => Kind::Text,
        9 | 22 => Kind::Bytes,
        38 => Kind::Pair,
        _ => return None,
    })
}

/// A property's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One, two, four bytes or a variable byte integer; the number says which.
    Number(u32),
    /// UTF-8.
    Text(String),
    /// Any bytes.
    Bytes(Bytes),
    /// A user property: name, value.
    Pair(String, String),
}

/// Properties in the order in which they were sent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Properties(pub Vec<(u8, Value)>);

impl Properties {
    /// With one more.
    pub fn with(mut self, number: u8, value: Value) -> Self {
        self.0.push((number, value));
        self
    }

    /// With one more, a number.
    pub fn with_number(self, number: u8, value: u32) -> Self {
        self.with(number, Value::Number(value))
    }

    /// With one more, text.
    pub fn with_text(self, number: u8, value: impl Into<String>) -> Self {
        self.with(number, Value::Text(value.into()))
    }

    /// With one more user property.
    pub fn with_pair(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.with(number::USER_PROPERTY, Value::Pair(name.into(), value.into()))
    }

    fn get(&self, number: u8) -> Option<&Value> {
        self.0.iter().find(|(own, _)| *own == number).map(|(_, value)| value)
    }

    /// A number.
    pub fn number(&self, number: u8) -> Option<u32> {
        match self.get(number) {
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// A text.
    pub fn text(&self, number: u8) -> Option<&str> {
        match self.get(number) {
            Some(Value::Text(value)) => Some(value),
            _ => None,
        }
    }

    /// Bytes.
    pub fn bytes(&self, number: u8) -> Option<&Bytes> {
        match self.get(number) {
            Some(Value::Bytes(value)) => Some(value),
            _ => None,
        }
    }

    /// A user property by its name.
    pub fn pair(&self, name: &str) -> Option<&str> {
        self.0.iter().find_map(|(_, value)| match value {
            Value::Pair(own, value) if own == name => Some(value.as_str()),
            _ => None,
        })
    }

    /// What belongs to a message, not to the connection that it came by.
    pub(super) fn forwarded(&self) -> Self {
        let of_connection = |number| matches!(number, number::TOPIC_ALIAS | number::SUBSCRIPTION_ID);
        Self(self.0.iter().filter(|(number, _)| !of_connection(*number)).cloned().collect())
    }
}
