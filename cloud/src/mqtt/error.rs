//! What can go wrong in a session, and why it most likely did.

use super::NameError;
use super::client::{ClientError, Grant, LoginRefusal};
use super::packet::Malformed;
use core::fmt;

/// Why the server refused the login (MQTT 3.1.1, section 3.2.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// 1: the server does not speak MQTT 3.1.1.
    ProtocolVersion,
    /// 2: the client id has another form than the server expects.
    ClientId,
    /// 3: the server is there, but its service is not.
    Unavailable,
    /// 4: bad user name or password. The password is the token.
    Token,
    /// 5: the device may not connect.
    NotAuthorised,
    /// Any other code. MQTT 3.1.1 has none above 5, servers do.
    Other(u8),
}

impl Refusal {
    /// CONNACK's return code.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::ProtocolVersion => 1,
            Self::ClientId => 2,
            Self::Unavailable => 3,
            Self::Token => 4,
            Self::NotAuthorised => 5,
            Self::Other(code) => code,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "login refused with code {}: ", self.code())?;
        f.write_str(match self {
            Self::ProtocolVersion => "the server does not take MQTT 3.1.1",
            Self::ClientId => {
                "client id rejected; it must read projects/P/locations/R/registries/G/devices/D with the \
                 names the server knows"
            }
            Self::Unavailable => "the server is not available at the moment; try again later",
            Self::Token => {
                "the token is not accepted; its audience is not the project id, it has expired or lives \
                 longer than 24 hours, this device's clock is off by more than 10 minutes, or the server \
                 has another public key for this device"
            }
            Self::NotAuthorised => {
                "the device is not authorised; it is not registered, is blocked, or is in another registry"
            }
            // MQTT 5, section 3.2.2.2.
            Self::Other(0x84) => "the server does not take MQTT 3.1.1; it may want MQTT 5",
            Self::Other(0x85) => "client id rejected (a code of MQTT 5)",
            Self::Other(0x86) => {
                "the token is not accepted (a code of MQTT 5); look at audience, clock and key"
            }
            Self::Other(0x87) => "the device is not authorised (a code of MQTT 5)",
            Self::Other(0x88 | 0x89) => "the server is not available (a code of MQTT 5); try again later",
            Self::Other(0x8A) => "the device is banned (a code of MQTT 5)",
            Self::Other(0x97 | 0x9F) => "too many messages or logins (a code of MQTT 5); try again later",
            Self::Other(_) => {
                "MQTT 3.1.1 has no such code; the server's own documentation or log says what it stands for"
            }
        })
    }
}

impl core::error::Error for Refusal {}

/// One of the two subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Subscription {
    /// `/devices/D/config`
    Config,
    /// `/devices/D/commands/#`
    Commands,
}

/// A session failed. `E` is the transport's error.
///
/// The connection is of no use afterwards, except after [`Name`](Self::Name) and
/// [`TransmitBuffer`](Self::TransmitBuffer), when nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionError<E> {
    /// The transport failed.
    Transport(E),
    /// The server closed the connection.
    Closed,
    /// The server refused the login.
    Refused(Refusal),
    /// The server refused a subscription.
    NotSubscribed(Subscription),
    /// The server sent something that is not MQTT 3.1.1.
    Malformed(Malformed),
    /// The server sent a packet that is in order, but not at this point.
    Unexpected,
    /// The server sent a message under a topic that is not this device's.
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
    /// A name that is not allowed in a topic. Nothing was sent.
    Name(NameError),
    /// An earlier call failed, or was dropped while it sent: what is on the wire is not known.
    Broken,
}

impl<E: fmt::Display> fmt::Display for SessionError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Transport(error) => write!(f, "the connection failed: {error}"),
            Self::Closed => f.write_str(
                "the server closed the connection; it does so when the token has expired, after a topic \
                 that is not the device's own, after QoS 2, and when the same device logs in elsewhere",
            ),
            Self::Refused(refusal) => fmt::Display::fmt(refusal, f),
            Self::NotSubscribed(Subscription::Config) => {
                f.write_str("the server refused the subscription to the device's configuration")
            }
            Self::NotSubscribed(Subscription::Commands) => {
                f.write_str("the server refused the subscription to the device's commands")
            }
            Self::Malformed(what) => {
                write!(f, "the server sent {what}; is it an MQTT 3.1.1 server?")
            }
            Self::Unexpected => f.write_str("the server sent a packet that nobody had asked for"),
            Self::ForeignTopic => f.write_str("the server sent a message for somebody else's topic"),
            Self::TooLarge { size, capacity } => {
                write!(f, "the server sent {size} bytes in one packet; there is room for {capacity}")
            }
            Self::TransmitBuffer => f.write_str("the packet does not fit the transmit buffer"),
            Self::Name(error) => fmt::Display::fmt(error, f),
            Self::Broken => {
                f.write_str("an earlier step failed or was cut short; this connection can't be used further")
            }
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for SessionError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            Self::Refused(refusal) => Some(refusal),
            Self::Malformed(what) => Some(what),
            Self::Name(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<Malformed> for SessionError<E> {
    fn from(what: Malformed) -> Self {
        Self::Malformed(what)
    }
}

/// The same, in the bridge's words.
impl From<LoginRefusal> for Refusal {
    fn from(refusal: LoginRefusal) -> Self {
        match refusal {
            LoginRefusal::ProtocolVersion => Self::ProtocolVersion,
            LoginRefusal::ClientId => Self::ClientId,
            LoginRefusal::Unavailable => Self::Unavailable,
            LoginRefusal::Credentials => Self::Token,
            LoginRefusal::NotAuthorised => Self::NotAuthorised,
            LoginRefusal::Other(code) => Self::Other(code),
        }
    }
}

impl<E> From<ClientError<E>> for SessionError<E> {
    // Once, not at each call: flash.
    #[inline(never)]
    fn from(error: ClientError<E>) -> Self {
        match error {
            ClientError::Transport(error) => Self::Transport(error),
            ClientError::ClosedAtLogin | ClientError::Closed => Self::Closed,
            ClientError::Refused(refusal) => Self::Refused(refusal.into()),
            ClientError::NotSubscribed(grants) => Self::NotSubscribed(match grants.get(0) {
                Some(Grant::Refused) => Subscription::Config,
                _ => Subscription::Commands,
            }),
            ClientError::Malformed(what) => Self::Malformed(what),
            ClientError::Unexpected => Self::Unexpected,
            ClientError::ForeignTopic => Self::ForeignTopic,
            ClientError::TooLarge { size, capacity } => Self::TooLarge { size, capacity },
            // What the session makes of checked names is in order.
            ClientError::Login(_)
            | ClientError::Topic(_)
            | ClientError::Filters(_)
            | ClientError::TransmitBuffer => Self::TransmitBuffer,
            ClientError::Broken => Self::Broken,
        }
    }
}

impl<E> From<NameError> for SessionError<E> {
    fn from(error: NameError) -> Self {
        Self::Name(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn refusals_name_the_likely_cause() {
        let from_code = |code| LoginRefusal::from_code(code).map(Refusal::from);
        let text = |code| from_code(code).unwrap().to_string();
        assert!(text(1).contains("MQTT 3.1.1"));
        assert!(text(2).contains("projects/P/locations/R/registries/G/devices/D"));
        for cause in ["audience", "expired", "clock", "public key"] {
            assert!(text(4).contains(cause), "{cause}");
        }
        assert!(text(5).contains("not registered"));
        for code in 1..=5 {
            assert_eq!(from_code(code).map(Refusal::code), Some(code));
            assert!(text(code).contains(&std::format!("code {code}")));
        }
        for code in 6..=255 {
            assert_eq!(from_code(code).map(Refusal::code), Some(code));
            assert!(
                text(code).starts_with(&std::format!("login refused with code {code}: ")),
                "{}",
                text(code)
            );
        }
    }
}
