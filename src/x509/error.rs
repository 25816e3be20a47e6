//! What can go wrong with requests and certificates.

use crate::error::BufferTooSmall;
use core::fmt;

/// A request or certificate can't be written or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Error {
    /// The buffer is too small. The bytes needed are those with the longest signature, so that nothing is signed in
    /// vain.
    BufferTooSmall(BufferTooSmall),
    /// The serial number of a certificate must be positive and at most 20 bytes (RFC 5280 4.1.2.2). Of 20 random
    /// bytes the first must be below 0x80.
    Serial,
    /// The end lies before the beginning.
    Validity,
}

impl From<BufferTooSmall> for Error {
    fn from(error: BufferTooSmall) -> Self {
        Self::BufferTooSmall(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall(error) => fmt::Display::fmt(error, f),
            Self::Serial => f.write_str(
                "the serial number must be positive and at most 20 bytes: of 20 random bytes the first must be below \
                 0x80",
            ),
            Self::Validity => f.write_str("the certificate would end before it begins"),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::BufferTooSmall(error) => Some(error),
            _ => None,
        }
    }
}

/// An operation with a certificate or request failed: in the chip or on its way, or because of what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChipError<E> {
    /// The request or certificate.
    X509(Error),
    /// The chip.
    Chip(crate::error::Error<E>),
}

impl<E> From<Error> for ChipError<E> {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl<E> From<crate::error::Error<E>> for ChipError<E> {
    fn from(error: crate::error::Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E: embedded_hal::i2c::Error> fmt::Display for ChipError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Chip(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for ChipError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::X509(error) => Some(error),
            Self::Chip(error) => Some(error),
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for ChipError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::X509(error) => defmt::write!(f, "{}", error),
            Self::Chip(error) => defmt::write!(f, "{}", error),
        }
    }
}
