//! Why there is no plan, and why one was not carried out.

use crate::config::{ConfigError, ConfigZone};
use crate::error::Error;
use core::fmt;
use embedded_hal::i2c::Error as BusError;

/// There is no way from the one configuration to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum PlanError {
    /// This byte should change, but no Write can change it. Take it from the chip
    /// ([`preset::on_chip`](crate::config::preset::on_chip)).
    NotWritable {
        /// The byte's offset.
        offset: u8,
    },
    /// The chip's configuration is locked already.
    AlreadyLocked,
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWritable { offset } => {
                let field = ConfigZone::field_name(*offset);
                write!(f, "configuration byte {offset} ({field}) can't be written: take it from the chip")
            }
            Self::AlreadyLocked => f.write_str("the configuration zone is locked already, for ever"),
        }
    }
}

impl core::error::Error for PlanError {}

impl<E> From<PlanError> for ConfigError<E> {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NotWritable { offset } => Self::NotWritable { offset },
            PlanError::AlreadyLocked => Self::AlreadyLocked,
        }
    }
}

/// A plan was not carried out. The zone is not locked, unless it was before, or as
/// [`provision`](crate::blocking::Atecc608::provision) says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommitError<E> {
    /// Lint found errors; nothing was written. See [`Plan::despite_errors`](super::Plan::despite_errors).
    Findings {
        /// Their number.
        errors: usize,
    },
    /// Writing or locking failed.
    Config(ConfigError<E>),
}

impl<E> From<ConfigError<E>> for CommitError<E> {
    fn from(error: ConfigError<E>) -> Self {
        Self::Config(error)
    }
}

impl<E> From<Error<E>> for CommitError<E> {
    fn from(error: Error<E>) -> Self {
        Self::Config(ConfigError::Chip(error))
    }
}

impl<E: BusError> fmt::Display for CommitError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings { errors } => {
                write!(
                    f,
                    "nothing was written or locked; errors that lint finds in the configuration: {errors}"
                )
            }
            Self::Config(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: BusError + 'static> core::error::Error for CommitError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Config(error) => Some(error),
            Self::Findings { .. } => None,
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for CommitError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Findings { errors } => defmt::write!(f, "configuration has {=usize} errors", errors),
            Self::Config(error) => defmt::write!(f, "{}", error),
        }
    }
}
