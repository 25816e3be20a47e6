//! The keep-alive interval.

use core::fmt;

/// How long the connection may be idle before the server gives it up: 1 second to just under 20 minutes. The bridge
/// closes after 20 idle minutes, and the clouds have limits close to it: AWS 1200 seconds, Azure IoT Hub 1177, Event
/// Grid 1160.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAlive(u16);

impl KeepAlive {
    /// Ten minutes.
    pub const DEFAULT: Self = Self(600);

    /// An interval in seconds.
    ///
    /// # Errors
    /// [`KeepAliveError`] for 0, which would mean "for ever", and from 1200 on.
    pub const fn from_secs(seconds: u16) -> Result<Self, KeepAliveError> {
        if seconds == 0 || seconds >= 20 * 60 { Err(KeepAliveError) } else { Ok(Self(seconds)) }
    }

    /// Seconds.
    #[must_use]
    pub const fn as_secs(self) -> u16 {
        self.0
    }
}

/// A keep-alive interval that servers do not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeepAliveError;

impl fmt::Display for KeepAliveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the keep-alive interval must be 1 to 1199 seconds: servers close after 20 idle minutes")
    }
}

impl core::error::Error for KeepAliveError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_twenty_minutes() {
        assert_eq!(KeepAlive::from_secs(0), Err(KeepAliveError));
        assert_eq!(KeepAlive::from_secs(1200), Err(KeepAliveError));
        assert_eq!(KeepAlive::from_secs(1199).map(KeepAlive::as_secs), Ok(1199));
    }
}
