//! Why a chip got no certificate.

use super::{ChipError, Error, Misfit};
use crate::config::ConfigError;
use crate::config::plan::CommitError;
use core::fmt;

/// A chip was not provisioned with its certificate. `E` is the I2C peripheral's own error, `S` the signer's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProvisionError<E, S> {
    /// The configuration lets nobody read the certificates, or two things should lie in one place. Nothing was written.
    Unfit(Misfit),
    /// The template, the dates, the signer's key or certificate. Nothing was written.
    X509(Error),
    /// The configuration was not written and locked, or the key not made, as
    /// [`provision`](crate::blocking::Atecc608::provision) says it.
    Commit(CommitError<E>),
    /// **The configuration is locked** and the key is made, the data zone is open: the signer failed. Call again with
    /// this signer or another.
    Signer(S),
    /// **The configuration is locked** and the key is made: the certificate was not written, or the data zone not locked.
    /// [`NotVerified`](Error::NotVerified): the signer signs with another key than it says. Or both zones were locked
    /// before, and this is what is wrong with the certificate there.
    Locked(ChipError<E>),
}

impl<E, S> From<Misfit> for ProvisionError<E, S> {
    fn from(misfit: Misfit) -> Self {
        Self::Unfit(misfit)
    }
}

impl<E, S> From<Error> for ProvisionError<E, S> {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl<E, S> From<CommitError<E>> for ProvisionError<E, S> {
    fn from(error: CommitError<E>) -> Self {
        Self::Commit(error)
    }
}

impl<E, S> From<ConfigError<E>> for ProvisionError<E, S> {
    fn from(error: ConfigError<E>) -> Self {
        Self::Commit(error.into())
    }
}

impl<E, S> From<crate::error::Error<E>> for ProvisionError<E, S> {
    fn from(error: crate::error::Error<E>) -> Self {
        Self::Commit(error.into())
    }
}

impl<E, S> From<ChipError<E>> for ProvisionError<E, S> {
    fn from(error: ChipError<E>) -> Self {
        match error {
            ChipError::X509(error) => error.into(),
            ChipError::Chip(error) => error.into(),
        }
    }
}

impl<E: embedded_hal::i2c::Error, S: fmt::Display> fmt::Display for ProvisionError<E, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfit(misfit) => write!(f, "the configuration does not fit the certificate: {misfit}"),
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Signer(error) => write!(
                f,
                "the signer failed, after the configuration was locked and the key was made; call again with the same \
                 arguments: {error}"
            ),
            Self::Locked(error) => {
                write!(
                    f,
                    "the configuration is locked and the key is made, but no certificate is there: {error}"
                )
            }
            Self::Commit(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E, S> core::error::Error for ProvisionError<E, S>
where
    E: embedded_hal::i2c::Error + 'static,
    S: core::error::Error + 'static,
{
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unfit(misfit) => Some(misfit),
            Self::X509(error) => Some(error),
            Self::Signer(error) => Some(error),
            Self::Commit(error) => Some(error),
            Self::Locked(error) => Some(error),
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug, S: fmt::Debug> defmt::Format for ProvisionError<E, S> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::Unfit(misfit) => defmt::write!(f, "{}", misfit),
            Self::X509(error) => defmt::write!(f, "{}", error),
            Self::Signer(error) => defmt::write!(f, "signer: {}", defmt::Debug2Format(error)),
            Self::Commit(error) => defmt::write!(f, "{}", error),
            Self::Locked(error) => defmt::write!(f, "locked: {}", error),
        }
    }
}
