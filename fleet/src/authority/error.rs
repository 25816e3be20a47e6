//! Why a certificate is not issued.

use crate::chain::ChainError;
use atecc608::x509::{CompressedError, DateTime, Error, Validity};
use std::fmt;

/// A certificate was not issued.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssueError {
    /// It can't be written or read.
    X509(Error),
    /// Its dates can't be said.
    Compressed(CompressedError),
    /// The certificates do not lead to the root.
    Chain(ChainError),
    /// What signs did not: its words.
    NotSigned(String),
    /// What was signed does not verify with the key in the signer's certificate.
    OtherKey,
    /// The signer's certificate is not valid at this time: it has ended, or the station's clock is wrong.
    NotValid(DateTime, Validity),
    /// The signer's common name does not end with its id, 4 upper-case hexadecimal digits.
    NoSignerId,
    /// The example of a device's certificate names another issuer than the signer.
    OtherExample,
    /// The example of a device's certificate is not valid for a number of whole years, or for ever.
    ExampleTerm,
}

impl From<Error> for IssueError {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl From<CompressedError> for IssueError {
    fn from(error: CompressedError) -> Self {
        Self::Compressed(error)
    }
}

impl From<ChainError> for IssueError {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

impl fmt::Display for IssueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509(error) => error.fmt(f),
            Self::Compressed(error) => error.fmt(f),
            Self::Chain(error) => write!(f, "the signer's certificate: {error}"),
            Self::NotSigned(error) => write!(f, "the signer did not sign: {error}"),
            Self::OtherKey => f.write_str(
                "the signer's key is another one than its certificate has, or it signed something else",
            ),
            Self::NotValid(now, Validity { not_before, not_after }) => write!(
                f,
                "the signer's certificate is valid from {not_before} to {not_after}, and it is {now} by the clock: set \
                 the clock, or take a signer's certificate that has not ended"
            ),
            Self::NoSignerId => {
                f.write_str("the signer's common name must end with its id, 4 upper-case hexadecimal digits")
            }
            Self::ExampleTerm => f.write_str(
                "the example of a device's certificate must be valid for a number of whole years, or for ever",
            ),
            Self::OtherExample => {
                f.write_str("the example of a device's certificate is that of another signer")
            }
        }
    }
}

impl std::error::Error for IssueError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::X509(error) => Some(error),
            Self::Compressed(error) => Some(error),
            Self::Chain(error) => Some(error),
            Self::NotSigned(_)
            | Self::OtherKey
            | Self::NotValid(..)
            | Self::NoSignerId
            | Self::OtherExample
            | Self::ExampleTerm => None,
        }
    }
}
