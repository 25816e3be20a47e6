//! Why there is no certificate, or no thing.

use super::{KEPT_MAX, RECEIVE_BUFFER, REQUEST_MAX};
use crate::aws::FieldError;
use crate::mqtt::ClientError;
use core::fmt;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A certificate for the signing request.
    Certificate,
    /// A thing for the certificate.
    Thing,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate => "the request for a certificate",
            Self::Thing => "the request for a thing",
        })
    }
}

/// What AWS refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetRefusal {
    /// The status, as of HTTP.
    pub status: u16,
    /// AWS's name for it, cut to 32 bytes.
    pub code: heapless::String<32>,
    /// AWS's words, cut to 48 bytes.
    pub message: heapless::String<48>,
}

impl FleetRefusal {
    /// Whether it may work later, as it is.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self.status, 429 | 500..=599)
    }
}

impl fmt::Display for FleetRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.status {
            400 => {
                "it is not in order: the signing request is not signed by its key or is of a kind that AWS does not \
                 take, the ownership token is older than an hour or was used, or a parameter of the template is missing"
            }
            401 | 403 => "it is not permitted: by the claim's policy, or by the template's pre-provisioning hook",
            404 => "the template is not there, or not enabled, in this account and region",
            409 => "what the template makes is there already and may not be changed",
            429 => "too many devices ask at the moment; try again later",
            500..=599 => "the service is not available; try again later",
            _ => "AWS's documents have no such status",
        })?;
        write!(f, " ({} {}: {})", self.status, self.code, self.message)
    }
}

impl core::error::Error for FleetRefusal {}

/// Provisioning failed. `E` is the transport's error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FleetError<E> {
    /// The connection failed.
    Client(ClientError<E>),
    /// AWS refused a request.
    Refused(Step, FleetRefusal),
    /// An answer has not the form that AWS's documents give it.
    Answer(Step),
    /// An answer is longer than the client's receive buffer.
    ReceiveBuffer,
    /// What is asked or answered does not fit the room.
    Room,
    /// The signing request is no PEM of one. Nothing was sent.
    Csr,
    /// The thing's name is none.
    Thing(FieldError),
    /// The template's name is none. Nothing was sent.
    Template(FieldError),
    /// The certificate is of no use.
    Certificate(CertificateProblem),
}

impl<E: fmt::Display> fmt::Display for FleetError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(ClientError::Closed) => f.write_str(
                "AWS closed the connection; the claim's policy must permit to publish, subscribe and receive below \
                 $aws/certificates/create-from-csr/ and $aws/provisioning-templates/TEMPLATE/provision/, and no other \
                 device may be logged in under this client id",
            ),
            Self::Client(error) => fmt::Display::fmt(error, f),
            Self::Refused(step, refusal) => write!(f, "AWS refused {step}: {refusal}"),
            Self::Answer(step) => write!(f, "AWS's answer to {step} can't be read"),
            Self::ReceiveBuffer => {
                write!(f, "AWS's answer does not fit the receive buffer; {RECEIVE_BUFFER} bytes are enough")
            }
            Self::Room => write!(
                f,
                "requests must fit {REQUEST_MAX} bytes, and token and certificate {KEPT_MAX} more; one does not, or the \
                 room is smaller"
            ),
            Self::Csr => f.write_str("the signing request is not in PEM: it begins with another line"),
            Self::Thing(error) => write!(f, "AWS made a thing that can't be one: {error}"),
            Self::Template(error) => fmt::Display::fmt(error, f),
            Self::Certificate(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for FleetError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Client(error) => Some(error),
            Self::Refused(_, refusal) => Some(refusal),
            Self::Thing(error) | Self::Template(error) => Some(error),
            Self::Certificate(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<ClientError<E>> for FleetError<E> {
    fn from(error: ClientError<E>) -> Self {
        Self::Client(error)
    }
}

impl<E> From<FieldError> for FleetError<E> {
    fn from(error: FieldError) -> Self {
        Self::Template(error)
    }
}

impl<E> From<CertificateProblem> for FleetError<E> {
    fn from(problem: CertificateProblem) -> Self {
        Self::Certificate(problem)
    }
}

/// A certificate that the device can't use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateProblem {
    /// It can't be read, or does not fit the buffer.
    Unreadable(atecc608::x509::Error),
    /// It is for another key than the chip's.
    OtherKey,
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "the certificate that AWS made: {error}"),
            Self::OtherKey => f.write_str(
                "the certificate that AWS made is for another key than the chip's; was the request of another slot?",
            ),
        }
    }
}

impl core::error::Error for CertificateProblem {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Unreadable(error) => Some(error),
            Self::OtherKey => None,
        }
    }
}
