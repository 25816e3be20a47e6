//! The time of day: asked from a time server, kept between answers, and never guessed.

mod keeper;
mod sntp;
mod unix_clock;

pub use keeper::TimeKeeper;
pub use sntp::{Answer, query};
pub use unix_clock::{Adjustment, UnixClock};

use crate::NetworkError;
use core::fmt;

/// Why there was no time, or why it was not taken.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum TimeError {
    /// The time server was not reached.
    Network(NetworkError),
    /// The answer is no good time.
    Protocol(sntpc::Error),
    /// By the server's own stamps the answer took longer than it can have taken.
    Stamps,
    /// The answer is before the earliest time that can be.
    TooOld {
        /// The answer, in Unix seconds.
        unix: u64,
        /// The earliest, in Unix seconds.
        floor: u64,
    },
    /// The answer is further from the clock than any drift explains.
    Jump {
        /// Answer less clock, in milliseconds; negative for backwards.
        ms: i64,
    },
}

impl TimeError {
    /// One line about the time server of that name.
    pub(crate) fn write(&self, server: &crate::Server<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(error) => write!(f, "no time: {}", error.at(server)),
            other => write!(f, "time from {} refused: {other}", server.name),
        }
    }
}

impl fmt::Display for TimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use sntpc::Error;
        match self {
            Self::Network(error) => fmt::Display::fmt(error, f),
            Self::Protocol(Error::KissOfDeath(code)) => {
                write!(
                    f,
                    "the server asks to be left alone (code {}); use another time server",
                    code.as_str()
                )
            }
            Self::Protocol(Error::IncorrectOriginTimestamp) => f.write_str(
                "it answers a question that was not asked; it is late, or somebody forges answers",
            ),
            Self::Protocol(Error::IncorrectMode) => f.write_str("it is not a server's answer"),
            Self::Protocol(Error::UnsynchronizedClock) => {
                f.write_str("the server does not know the time itself")
            }
            Self::Protocol(Error::IncorrectStratumHeaders | Error::ExcessiveRootDistance) => {
                f.write_str("the server is too far from any good clock")
            }
            Self::Protocol(Error::IncorrectPayload) => f.write_str("the answer is too short to be NTP"),
            Self::Protocol(error) => write!(f, "not a good NTP answer ({error:?})"),
            Self::Stamps => f.write_str("the server's own stamps contradict each other"),
            Self::TooOld { unix, floor } => write!(
                f,
                "it says {unix} s since 1970, which is before {floor}, when this program did not exist yet"
            ),
            Self::Jump { ms } => {
                let (size, direction) = (ms.unsigned_abs() / 1000, if *ms < 0 { "back" } else { "ahead" });
                write!(f, "it is {size} s {direction} of this device's clock, more than it can have drifted")
            }
        }
    }
}

impl core::error::Error for TimeError {}
