//! How long a token is good.

use core::fmt;

/// How long a token is good: 1 second to 24 hours, the bridge's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime(u32);

impl Lifetime {
    /// One hour.
    pub const HOUR: Self = Self(60 * 60);

    /// 24 hours.
    pub const MAX: Self = Self(24 * 60 * 60);

    /// A lifetime in seconds.
    ///
    /// # Errors
    /// [`LifetimeError`] for 0 and above 86,400.
    pub const fn from_secs(seconds: u64) -> Result<Self, LifetimeError> {
        if seconds == 0 || seconds > Self::MAX.as_secs() {
            return Err(LifetimeError);
        }
        Ok(Self(seconds as u32))
    }

    /// Seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0 as u64
    }
}

/// A token lifetime the bridge does not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LifetimeError;

impl fmt::Display for LifetimeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token must live at least 1 second and at most 24 hours")
    }
}

impl core::error::Error for LifetimeError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_end_at_24_hours() {
        assert_eq!(Lifetime::from_secs(0), Err(LifetimeError));
        assert_eq!(Lifetime::from_secs(86_401), Err(LifetimeError));
        assert_eq!(Lifetime::from_secs(u64::from(u32::MAX) + 2), Err(LifetimeError));
        assert_eq!(Lifetime::from_secs(86_400), Ok(Lifetime::MAX));
    }
}
