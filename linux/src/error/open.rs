//! Why a chip can't be opened.

use std::error::Error as StdError;
use std::fmt;

use atecc608::Address;
#[cfg(feature = "sim")]
use atecc608_sim::state::StateError;

use super::ChipError;
use crate::location::LocationError;
use crate::lock::LockError;
#[cfg(feature = "sim")]
use crate::tcp::TcpError;
use crate::trouble::Trouble;

/// A chip's bus can't be opened.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// The location is none.
    Location(LocationError),
    /// The bus of this machine.
    Bus(Trouble),
    /// The lock.
    Lock(LockError),
    /// The file of the simulated chip.
    #[cfg(feature = "sim")]
    State(StateError),
    /// The simulator behind a connection.
    #[cfg(feature = "sim")]
    Tcp(TcpError),
    /// No address was given, and no chip answers at the usual ones.
    NoChip {
        /// Where it was looked for.
        addresses: Vec<Address>,
        /// What the first said.
        error: ChipError,
    },
    /// No address was given, and what was found can't be used.
    Chip(ChipError),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Location(error) => fmt::Display::fmt(error, f),
            Self::Bus(trouble) => fmt::Display::fmt(trouble, f),
            Self::Lock(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "sim")]
            Self::State(error) => {
                fmt::Display::fmt(error, f)?;
                match error {
                    StateError::InUse { .. } => f.write_str(
                        ". For several programs at one simulated chip start `atecc608-sim serve --state FILE`, and open \
                         tcp:HOST:PORT",
                    ),
                    StateError::Contents { .. } => f.write_str(
                        ". Name a file that this program or atecc608-sim has made, or one that does not exist yet",
                    ),
                    _ => Ok(()),
                }
            }
            #[cfg(feature = "sim")]
            Self::Tcp(error) => fmt::Display::fmt(error, f),
            Self::NoChip { addresses, error } => {
                let addresses: Vec<String> = addresses.iter().map(Address::to_string).collect();
                write!(f, "no chip answers at {}; of the first: {error}", addresses.join(", "))
            }
            Self::Chip(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl StdError for OpenError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(match self {
            Self::Location(error) => error,
            Self::Bus(trouble) => trouble,
            Self::Lock(error) => error,
            #[cfg(feature = "sim")]
            Self::State(error) => error,
            #[cfg(feature = "sim")]
            Self::Tcp(error) => error,
            Self::NoChip { error, .. } | Self::Chip(error) => error,
        })
    }
}

impl From<LocationError> for OpenError {
    fn from(error: LocationError) -> Self {
        Self::Location(error)
    }
}

impl From<Trouble> for OpenError {
    fn from(trouble: Trouble) -> Self {
        Self::Bus(trouble)
    }
}

impl From<LockError> for OpenError {
    fn from(error: LockError) -> Self {
        Self::Lock(error)
    }
}
