//! Why there is no token.

use atecc608::formats::jwt::JwtError;
use core::fmt;

/// Why there is no token. `E` is the signer's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenError<E> {
    /// The time given is before 2020: the clock was never set.
    ClockNotSet {
        /// The time given, in Unix seconds.
        now: u64,
    },
    /// Own claims have one that the token sets itself.
    ReservedClaim(&'static str),
    /// The token was not encoded.
    Jwt(JwtError),
    /// The signer failed.
    Signer(E),
}

impl<E: fmt::Display> fmt::Display for TokenError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockNotSet { now } => {
                write!(f, "the clock was never set (it shows {now} s since 1970), so no token was made")
            }
            Self::ReservedClaim(name) => write!(
                f,
                "the claim {name:?} is the token's own and can't be among the own claims; no token was made"
            ),
            Self::Jwt(error) => write!(f, "the token was not made: {error}"),
            Self::Signer(error) => write!(f, "the token was not signed: {error}"),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for TokenError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::ClockNotSet { .. } | Self::ReservedClaim(_) => None,
            Self::Jwt(error) => Some(error),
            Self::Signer(error) => Some(error),
        }
    }
}
