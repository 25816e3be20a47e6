//! What happens to the device, one clear line each.

mod counters;

pub use counters::Counters;

use crate::time::{Adjustment, TimeError};
use crate::{NetworkError, Server};
use atecc608_cloud::mqtt::{LoginRefusal, Refusal, Skipped};
use core::fmt::{self, Display, Write as _};

/// Hears of everything that happens. Firmware prints it, tests look at it.
pub trait Observer {
    /// Something has happened. It is called between two awaits, so it should be quick.
    fn event(&mut self, event: &Event<'_>);
}

impl<F: FnMut(&Event<'_>)> Observer for F {
    fn event(&mut self, event: &Event<'_>) {
        self(event);
    }
}

/// A step that a server or the chip must answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To connect and prove the server's name.
    Dial,
    /// To have the chip sign.
    Sign,
    /// To log in.
    Login,
    /// To subscribe.
    Subscribe,
    /// To publish.
    Publish,
    /// To answer a ping.
    Ping,
    /// To receive a message that has begun to arrive.
    Receive,
    /// To exchange the token for an access token.
    Exchange,
    /// To give an access token of a service account.
    Impersonate,
}

impl Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dial => "connecting",
            Self::Sign => "signing",
            Self::Login => "logging in",
            Self::Subscribe => "subscribing",
            Self::Publish => "publishing",
            Self::Ping => "a ping",
            Self::Receive => "receiving",
            Self::Exchange => "exchanging the token",
            Self::Impersonate => "asking for the service account's token",
        })
    }
}

/// Something that happened. [`Display`] gives one line.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The clock was set or corrected.
    Time {
        /// Unix time now, in seconds.
        unix: u64,
        /// What was done.
        adjustment: Adjustment,
    },
    /// There was no time, or it was refused.
    NoTime {
        /// The time server.
        server: Server<'a>,
        /// Why.
        error: TimeError,
    },
    /// A connection is being opened.
    Connecting {
        /// The server.
        server: Server<'a>,
    },
    /// The server was not reached.
    Unreachable {
        /// The server.
        server: Server<'a>,
        /// Why.
        error: NetworkError,
    },
    /// The server has proved its name.
    Verified {
        /// The server.
        server: Server<'a>,
        /// How.
        proof: &'a dyn Display,
    },
    /// The server did not prove its name; nothing was sent to it.
    Untrusted {
        /// The server.
        server: Server<'a>,
        /// Why.
        cause: &'a dyn Display,
    },
    /// The server has asked who connects, and was shown the device's certificate; the chip has signed.
    Proved {
        /// The server.
        server: Server<'a>,
    },
    /// The server has not asked for the device's certificate.
    NotAsked {
        /// The server.
        server: Server<'a>,
    },
    /// The chip has not signed with the certificate's key, so there is no connection.
    NotProved {
        /// The server.
        server: Server<'a>,
        /// Why.
        cause: &'a dyn Display,
    },
    /// The chip has signed a token.
    Signed {
        /// When the token expires, in Unix seconds.
        expires: u64,
    },
    /// The chip has not signed a token.
    NotSigned {
        /// Why.
        cause: &'a dyn Display,
    },
    /// There was no answer in time, and the connection was given up.
    TimedOut {
        /// What was waited for.
        step: Step,
        /// How long, in milliseconds.
        after_ms: u64,
    },
    /// The device is logged in.
    LoggedIn {
        /// The server.
        server: Server<'a>,
        /// Seconds until it renews the login.
        renewal_s: u64,
        /// It did so with a token, which ends; else with its certificate alone.
        token: bool,
    },
    /// The bridge refused the login.
    Refused(Refusal),
    /// A broker refused the login.
    LoginRefused(LoginRefusal),
    /// A service did not do what it was asked, or can't be asked by this device.
    Denied {
        /// The server.
        server: Server<'a>,
        /// Why, and where to look.
        cause: &'a dyn Display,
    },
    /// A message that can never be sent was taken out.
    Unsendable {
        /// Why.
        cause: &'a dyn Display,
    },
    /// What the server would not take was taken out, so that the rest is not held up.
    GivenUp {
        /// Payload, in bytes.
        length: usize,
        /// Times that the server refused it, or closed the connection on it.
        tries: u32,
        /// It was the device's state, not telemetry.
        state: bool,
    },
    /// The server sent what the receive buffer can't hold. It was passed over, and acknowledged.
    Skipped(Skipped),
    /// The server has taken telemetry.
    Published {
        /// Payload, in bytes.
        length: usize,
        /// Messages that still wait.
        waiting: usize,
    },
    /// The server has taken the device's state.
    StatePublished {
        /// Payload, in bytes.
        length: usize,
    },
    /// The server has taken a message that the application made beside telemetry and state.
    OwnPublished {
        /// Payload, in bytes.
        length: usize,
    },
    /// Telemetry made way for newer one while there was no connection, or a slow one.
    Dropped {
        /// Messages since the last such event.
        count: u64,
    },
    /// The connection was closed in order to log in anew, before the token or the connection is at its end.
    Renewing,
    /// The connection failed.
    Lost {
        /// Why.
        cause: &'a dyn Display,
    },
    /// The next try is not at once.
    Waiting {
        /// How long, in milliseconds.
        ms: u64,
        /// Failures in a row.
        failures: u32,
    },
}

impl fmt::Debug for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Event({self})")
    }
}

impl Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time { unix, adjustment } => match adjustment {
                Adjustment::First => write!(f, "clock set: {unix} s since 1970"),
                Adjustment::Corrected { by_ms, after_ms } => {
                    write!(f, "clock corrected by {by_ms} ms after {} s", after_ms / 1000)
                }
                Adjustment::Replaced { by_ms } => {
                    write!(f, "clock was wrong by {} s, and is set anew: {unix} s since 1970", by_ms / 1000)
                }
            },
            Self::NoTime { server, error } => error.write(server, f),
            Self::Connecting { server } => write!(f, "connecting to {server}"),
            Self::Unreachable { server, error } => Display::fmt(&error.at(server), f),
            Self::Verified { server, proof } => {
                write!(f, "{} is verified: ", server.name)?;
                write!(OneLine(f), "{proof}")
            }
            Self::Untrusted { server, cause } => {
                write!(f, "{} is not trusted: {cause}; nothing was sent", server.name)
            }
            Self::Proved { server } => {
                write!(f, "{} has seen this device's certificate, and the chip's signature", server.name)
            }
            Self::NotAsked { server } => write!(
                f,
                "{} has not asked for this device's certificate; does it know devices by that on this port?",
                server.name
            ),
            Self::NotProved { server, cause } => write!(f, "not connected to {}: {cause}", server.name),
            Self::Signed { expires } => write!(f, "token signed by the chip; good until {expires}"),
            Self::NotSigned { cause } => write!(f, "no token: {cause}; is the chip plugged in?"),
            Self::TimedOut { step, after_ms } => {
                write!(f, "no answer within {} s while {step}; the connection is given up", after_ms / 1000)
            }
            Self::LoggedIn { server, renewal_s, token } => {
                let what = if *token { "token" } else { "connection" };
                write!(f, "logged in to {}; the {what} is renewed in {renewal_s} s", server.name)
            }
            Self::Refused(refusal) => write!(f, "token refused: {refusal}"),
            Self::LoginRefused(refusal) => Display::fmt(refusal, f),
            Self::Denied { server, cause } => write!(f, "{}: {cause}", server.name),
            Self::Unsendable { cause } => write!(f, "a message can't be sent and is dropped: {cause}"),
            Self::GivenUp { length, tries, state } => {
                let what = if *state { "the state" } else { "a message" };
                write!(
                    f,
                    "{what} of {length} bytes is dropped: the server has refused it, or closed the connection on \
                     it, {tries} times"
                )
            }
            Self::Skipped(skipped) => Display::fmt(skipped, f),
            Self::Published { length, waiting } => {
                write!(f, "published {length} bytes; {waiting} messages wait")
            }
            Self::StatePublished { length } => write!(f, "published the state, {length} bytes"),
            Self::OwnPublished { length } => {
                write!(f, "published the application's own message, {length} bytes")
            }
            Self::Dropped { count } => {
                write!(f, "{count} messages dropped: the outbox was full, and the oldest made way")
            }
            Self::Renewing => f.write_str("renewing the login"),
            Self::Lost { cause } => write!(f, "connection lost: {cause}"),
            Self::Waiting { ms, failures } => {
                write!(f, "next try in {}.{} s (failure {failures})", ms / 1000, ms % 1000 / 100)
            }
        }
    }
}

/// Puts what has several lines, such as a chain of certificates, into one.
struct OneLine<'f, 'g>(&'f mut fmt::Formatter<'g>);

impl fmt::Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.0.write_str("; issued by ")?;
            }
            self.0.write_str(part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
