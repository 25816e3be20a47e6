//! What a program reads when the chip can't be used.

mod open;

use std::error::Error as StdError;
use std::fmt;

use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind, Status};
#[cfg(feature = "sim")]
use atecc608_sim::state::StateError;

use crate::bus::BusError;
use crate::lock::{Busy, LockError, NotHeld};
#[cfg(feature = "sim")]
use crate::tcp::TcpError;
use crate::trouble::Trouble;
pub use open::OpenError;

/// A chip was asked for something, and that failed.
///
/// Its text is what was asked, what the driver says, and, for a bus of this machine, what the kernel's error means here and
/// what helps.
#[derive(Debug)]
pub struct ChipError(Box<Parts>);

#[derive(Debug)]
struct Parts {
    /// What was, and that it failed.
    tried: String,
    failure: Failure,
    trouble: Option<Trouble>,
}

/// Why it failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Failure {
    /// The chip, or the way to it.
    Chip(Error<BusError>),
    /// The request or certificate.
    #[cfg(feature = "x509")]
    X509(atecc608::x509::Error),
    /// Somebody else has the chip.
    Busy(Busy),
    /// Its lock can't be used.
    Lock(LockError),
    /// The simulated chip could not be kept in its file.
    #[cfg(feature = "sim")]
    State(StateError),
    /// Something else: of the driver, or what a closure that was given to [`SharedChip::with`](crate::SharedChip::with)
    /// failed with.
    Other(Box<dyn StdError + Send + Sync>),
}

impl ChipError {
    pub(crate) fn new(tried: String, failure: Failure, trouble: Option<Trouble>) -> Self {
        Self(Box::new(Parts { tried, failure, trouble }))
    }

    /// Why it failed.
    #[must_use]
    pub fn failure(&self) -> &Failure {
        &self.0.failure
    }

    /// What the kernel's error means on this machine, if it had something to say.
    #[must_use]
    pub fn trouble(&self) -> Option<&Trouble> {
        self.0.trouble.as_ref()
    }

    /// The driver's error, if there is one behind it.
    #[must_use]
    pub fn chip(&self) -> Option<&Error<BusError>> {
        self.0.failure.chip()
    }

    /// What the connection to a simulator failed with, if it is that.
    #[must_use]
    pub fn connection(&self) -> Option<&str> {
        match &self.chip()?.kind {
            #[cfg(feature = "sim")]
            ErrorKind::Bus(BusError::Tcp(TcpError::Connection(why)))
            | ErrorKind::NoDevice(BusError::Tcp(TcpError::Connection(why)))
            | ErrorKind::Timeout(BusError::Tcp(TcpError::Connection(why))) => Some(why),
            _ => None,
        }
    }

    /// Nobody answers: the chip, or the way to it, is gone. Once it is back, the same handle works again.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let kind = self.chip().map(|error| &error.kind);
        matches!(kind, Some(ErrorKind::NoDevice(_) | ErrorKind::Bus(_)))
    }

    /// No chip that the driver fits is at the address, as far as the way to it is good.
    pub(crate) fn is_absent(&self) -> bool {
        let kind = self.chip().map(|error| &error.kind);
        self.connection().is_none() && matches!(kind, Some(ErrorKind::NoDevice(_) | ErrorKind::NotAwake))
    }

    /// The chip took the command and did not answer in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.chip().is_some_and(|error| matches!(error.kind, ErrorKind::Timeout(_)))
    }

    /// The chip refused, with this status.
    #[must_use]
    pub fn refusal(&self) -> Option<Status> {
        self.chip().and_then(Error::status)
    }

    /// The command that failed, if one was sent or was next.
    #[must_use]
    pub fn command(&self) -> Option<Opcode> {
        self.chip().and_then(|error| error.command)
    }

    /// Another thread or process had the chip for the whole wait. Nothing was sent.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.0.failure, Failure::Busy(_))
    }

    /// Whether the command may have run although no good answer came
    /// ([`Error::may_have_run`](atecc608::Error::may_have_run)).
    #[must_use]
    pub fn may_have_run(&self) -> bool {
        self.chip().is_some_and(Error::may_have_run)
    }
}

impl Failure {
    /// The driver's error, if there is one behind it.
    pub(crate) fn chip(&self) -> Option<&Error<BusError>> {
        match self {
            Self::Chip(error) => Some(error),
            Self::Other(error) => {
                let mut next: Option<&(dyn StdError + 'static)> = Some(&**error);
                while let Some(error) = next {
                    if let Some(chip) = error.downcast_ref() {
                        return Some(chip);
                    }
                    next = error.source();
                }
                None
            }
            _ => None,
        }
    }
}

impl fmt::Display for ChipError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { tried, failure, trouble } = &*self.0;
        write!(f, "{tried}: ")?;
        match self.connection() {
            // Nothing of what the driver says of lines and supply is to the point.
            Some(why) => f.write_str(why)?,
            None => fmt::Display::fmt(failure, f)?,
        }
        match trouble {
            Some(trouble) => write!(f, ". That is, {trouble}"),
            None => Ok(()),
        }
    }
}

impl StdError for ChipError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(match &self.0.failure {
            Failure::Chip(error) => error,
            #[cfg(feature = "x509")]
            Failure::X509(error) => error,
            Failure::Busy(busy) => busy,
            Failure::Lock(error) => error,
            #[cfg(feature = "sim")]
            Failure::State(error) => error,
            Failure::Other(error) => &**error,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chip(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "x509")]
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Busy(busy) => fmt::Display::fmt(busy, f),
            Self::Lock(error) => fmt::Display::fmt(error, f),
            #[cfg(feature = "sim")]
            Self::State(error) => fmt::Display::fmt(error, f),
            Self::Other(error) => fmt::Display::fmt(error, f),
        }
    }
}

/// Any error. Those that it has a place for are put there.
impl<E: StdError + Send + Sync + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        let error: Box<dyn StdError + Send + Sync> = Box::new(error);
        let error = match error.downcast() {
            Ok(chip) => return Self::Chip(*chip),
            Err(error) => error,
        };
        #[cfg(feature = "x509")]
        let error = match certificate(error) {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        Self::Other(error)
    }
}

/// What an operation with certificates failed with, if it is that.
#[cfg(feature = "x509")]
fn certificate(error: Box<dyn StdError + Send + Sync>) -> Result<Failure, Box<dyn StdError + Send + Sync>> {
    use atecc608::x509;
    let error = match error.downcast() {
        Ok(error) => return Ok(Failure::X509(*error)),
        Err(error) => error,
    };
    let error = match error.downcast() {
        Ok(error) => {
            return Ok(match *error {
                x509::ChipError::X509(error) => Failure::X509(error),
                x509::ChipError::Chip(error) => Failure::Chip(error),
                other => Failure::Other(Box::new(other)),
            });
        }
        Err(error) => error,
    };
    error.downcast().map(|error| match *error {
        x509::trust::TrustError::X509(error) => Failure::X509(error),
        x509::trust::TrustError::Chip(error) => Failure::Chip(error),
        other => Failure::Other(Box::new(other)),
    })
}

impl From<NotHeld> for Failure {
    fn from(not_held: NotHeld) -> Self {
        match not_held {
            NotHeld::Busy(busy) => Self::Busy(busy),
            NotHeld::Error(error) => Self::Lock(error),
        }
    }
}
