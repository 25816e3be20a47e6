//! What can go wrong with a connection to a broker, and why it most likely did.

use super::grants::Grants;
use crate::mqtt::packet::Malformed;
use crate::mqtt::{FilterError, LoginError, TopicError};
use core::fmt;

/// Why a server refused the login (MQTT 3.1.1, section 3.2.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoginRefusal {
    /// 1: the server does not speak MQTT 3.1.1.
    ProtocolVersion,
    /// 2: the client id is not one that the server takes.
    ClientId,
    /// 3: the server is there, but its service is not.
    Unavailable,
    /// 4: bad user name or password.
    Credentials,
    /// 5: the client may not connect.
    NotAuthorised,
    /// Any other code. MQTT 3.1.1 has none above 5, servers do.
    Other(u8),
}

impl LoginRefusal {
    pub(in crate::mqtt) const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => None,
            1 => Some(Self::ProtocolVersion),
            2 => Some(Self::ClientId),
            3 => Some(Self::Unavailable),
            4 => Some(Self::Credentials),
            5 => Some(Self::NotAuthorised),
            other => Some(Self::Other(other)),
        }
    }

    /// CONNACK's return code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::ProtocolVersion => 1,
            Self::ClientId => 2,
            Self::Unavailable => 3,
            Self::Credentials => 4,
            Self::NotAuthorised => 5,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for LoginRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "login refused with code {}: ", self.code())?;
        f.write_str(match self {
            Self::ProtocolVersion => "the server does not take MQTT 3.1.1",
            Self::ClientId => {
                "client id rejected; it is empty, too long, has characters that the server does not take, or must be \
                 the name that the server expects of this certificate"
            }
            Self::Unavailable => "the server is not available at the moment; try again later",
            Self::Credentials => {
                "user name or password are not accepted; where a certificate says who the client is, the server did \
                 not ask for it or does not take its name; a token may have expired or be signed by another key"
            }
            Self::NotAuthorised => {
                "the client is not authorised; the server does not know its certificate, name or token, or forbids \
                 this client id"
            }
            // MQTT 5, section 3.2.2.2.
            Self::Other(0x84) => "the server does not take MQTT 3.1.1; it may want MQTT 5",
            Self::Other(0x85) => "client id rejected (a code of MQTT 5)",
            Self::Other(0x86) => "user name or password are not accepted (a code of MQTT 5)",
            Self::Other(0x87) => "the client is not authorised (a code of MQTT 5)",
            Self::Other(0x88 | 0x89) => "the server is not available (a code of MQTT 5); try again later",
            Self::Other(0x8A) => "the client is banned (a code of MQTT 5)",
            Self::Other(0x8C) => "the way to authenticate is not accepted (a code of MQTT 5)",
            Self::Other(0x90 | 0x99 | 0x9A | 0x9B) => {
                "the will is not accepted: its topic, payload, QoS, or that it shall be retained (a code of MQTT 5)"
            }
            Self::Other(0x95) => "the login is too long for the server (a code of MQTT 5)",
            Self::Other(0x97 | 0x9F) => "too many messages or logins (a code of MQTT 5); try again later",
            Self::Other(0x9C | 0x9D) => "the client shall use another server (a code of MQTT 5)",
            Self::Other(_) => {
                "MQTT 3.1.1 has no such code; the server's own documentation or log says what it stands for"
            }
        })
    }
}

impl core::error::Error for LoginRefusal {}

/// A connection to a broker failed. `E` is the transport's error.
///
/// The connection is of no use afterwards, except after [`Topic`](Self::Topic), [`Filters`](Self::Filters) and
/// [`TransmitBuffer`](Self::TransmitBuffer), when nothing was sent, and after [`NotSubscribed`](Self::NotSubscribed).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientError<E> {
    /// The transport failed.
    Transport(E),
    /// The server closed the connection instead of answering the login.
    ClosedAtLogin,
    /// The server closed the connection later.
    Closed,
    /// The server refused the login.
    Refused(LoginRefusal),
    /// The server refused at least one filter. Those granted are subscribed.
    NotSubscribed(Grants),
    /// The server sent something that is not MQTT 3.1.1.
    Malformed(Malformed),
    /// The server sent a packet that is in order, but not at this point.
    Unexpected,
    /// The server sent a message that [`Messages::accepts`](crate::mqtt::Messages::accepts) does not take.
    ForeignTopic,
    /// The server sent a packet that the receive buffer can't hold, and that is no message: those are passed over.
    TooLarge {
        /// The packet's size, in bytes.
        size: usize,
        /// The buffer's.
        capacity: usize,
    },
    /// The transmit buffer is too small for this packet, or the payload too long for MQTT.
    TransmitBuffer,
    /// A login that no server would take. Nothing was sent.
    Login(LoginError),
    /// A topic that can't be published to. Nothing was sent.
    Topic(TopicError),
    /// Filters that can't be subscribed to. Nothing was sent.
    Filters(FilterError),
    /// An earlier call failed, or was dropped while it sent: what is on the wire is not known.
    Broken,
}

impl<E: fmt::Display> fmt::Display for ClientError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "the connection failed: {error}"),
            Self::ClosedAtLogin => f.write_str(
                "the server closed the connection instead of answering the login; it does so when it does not know \
                 the client's certificate or has just registered it for the first time, when a policy forbids this \
                 client id, and when the port is for another protocol",
            ),
            Self::Closed => f.write_str(
                "the server closed the connection; it does so when a policy forbids the topic, when the same client \
                 id logs in elsewhere, after a payload that is too long, after silence, and when a token or \
                 certificate has expired",
            ),
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::NotSubscribed(grants) => {
                write!(f, "the server refused to subscribe: {grants}; the client may not read there")
            }
            Self::Malformed(what) => write!(f, "the server sent {what}; is it an MQTT 3.1.1 server?"),
            Self::Unexpected => f.write_str("the server sent a packet that nobody had asked for"),
            Self::ForeignTopic => f.write_str("the server sent a message that is not meant for this client"),
            Self::TooLarge { size, capacity } => {
                write!(f, "the server sent {size} bytes in one packet; there is room for {capacity}")
            }
            Self::TransmitBuffer => f.write_str("the packet does not fit the transmit buffer"),
            Self::Login(error) => fmt::Display::fmt(error, f),
            Self::Topic(error) => fmt::Display::fmt(error, f),
            Self::Filters(error) => fmt::Display::fmt(error, f),
            Self::Broken => {
                f.write_str("an earlier step failed or was cut short; this connection can't be used further")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for ClientError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Refused(refusal) => Some(refusal),
            Self::Malformed(what) => Some(what),
            Self::Login(error) => Some(error),
            Self::Topic(error) => Some(error),
            Self::Filters(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<Malformed> for ClientError<E> {
    fn from(what: Malformed) -> Self {
        Self::Malformed(what)
    }
}

impl<E> From<LoginError> for ClientError<E> {
    fn from(error: LoginError) -> Self {
        Self::Login(error)
    }
}

impl<E> From<TopicError> for ClientError<E> {
    fn from(error: TopicError) -> Self {
        Self::Topic(error)
    }
}

impl<E> From<FilterError> for ClientError<E> {
    fn from(error: FilterError) -> Self {
        Self::Filters(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn every_code_has_its_words() {
        assert_eq!(LoginRefusal::from_code(0), None);
        for code in 1..=255 {
            let refusal = LoginRefusal::from_code(code).unwrap();
            assert_eq!(refusal.code(), code);
            let text = refusal.to_string();
            assert!(text.starts_with(&std::format!("login refused with code {code}: ")), "{text}");
            // Words of one cloud do not belong here.
            assert!(!text.contains("projects/") && !text.contains("registr"), "{text}");
        }
    }
}
