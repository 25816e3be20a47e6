//! Why there is no hub.

use super::super::field::FieldError;
use super::register::POLLS_MAX;
use crate::mqtt::ClientError;
use core::fmt;

/// A certificate that DPS would not take for this device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateError {
    /// It has no common name.
    NoCommonName,
    /// Its common name is no registration id, or the id scope is not in order.
    Name(FieldError),
    /// Its common name is not the registration id.
    Other,
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCommonName => f.write_str(
                "the certificate has no common name, and that is the registration id at DPS; have another one issued",
            ),
            Self::Name(error) => write!(f, "the certificate's common name can't be a registration id: {error}"),
            Self::Other => f.write_str(
                "the certificate's common name is not the registration id; DPS wants them to be the same",
            ),
        }
    }
}

impl core::error::Error for CertificateError {}

/// What DPS says against a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The answer's status, as in HTTP; 200 if the registration itself failed.
    pub status: u16,
    /// DPS's own number, if it gave one; its first three digits are a status.
    pub code: Option<u32>,
    /// What DPS says, cut if it is long.
    pub message: heapless::String<128>,
    /// What Azure's support asks for.
    pub tracking_id: heapless::String<48>,
    /// The enrollment is switched off.
    pub disabled: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, code, message, tracking_id, disabled } = self;
        // "Failed" comes with status 200 and a code like 404201.
        let meaning = match code {
            Some(code) if *status < 300 => u16::try_from(code / 1000).unwrap_or(0),
            _ => *status,
        };
        f.write_str("DPS refused the registration: ")?;
        f.write_str(match meaning {
            _ if *disabled => "the enrollment is disabled",
            400 => "it does not take the request; is the registration id the one of the login?",
            401 | 403 => {
                "not authorised; the enrollment has another certificate, key or registration id, the token has expired, the \
                 enrollment is disabled, or the chain up to the enrolled certificate was not shown or is not verified there"
            }
            404 => "no such enrollment, or the id scope is another service's",
            409 => "another registration of the same device is under way",
            429 => "too many requests; try again later",
            500.. => "the service is in trouble; try again later",
            _ => "the registration failed; is a hub linked to the service?",
        })?;
        write!(f, " (status {status}")?;
        if let Some(code) = code {
            write!(f, ", code {code}")?;
        }
        if !message.is_empty() {
            write!(f, ", it says: {message}")?;
        }
        if !tracking_id.is_empty() {
            write!(f, "; tracking id {tracking_id}")?;
        }
        f.write_str(")")
    }
}

impl core::error::Error for Refusal {}

/// A registration failed. `E` is the transport's error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RegisterError<E> {
    /// The connection failed, or the login was refused.
    Client(ClientError<E>),
    /// DPS says no.
    Refused(Refusal),
    /// DPS was still busy after [`POLLS_MAX`] questions.
    StillAssigning,
    /// DPS assigned a hub or a device id that can't be one.
    Assignment(FieldError),
    /// DPS sent an answer that can't be read.
    Answer,
    /// The answer did not fit the client's receive buffer; [`RECEIVE_BUFFER`](super::RECEIVE_BUFFER) bytes are enough.
    TooLarge,
}

impl<E: fmt::Display> fmt::Display for RegisterError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => error.fmt(f),
            Self::Refused(refusal) => refusal.fmt(f),
            Self::StillAssigning => {
                write!(f, "DPS has not assigned a hub yet, asked {POLLS_MAX} times; try again later")
            }
            Self::Assignment(error) => write!(f, "DPS assigned what can't be: {error}"),
            Self::Answer => f.write_str("DPS sent an answer that can't be read"),
            Self::TooLarge => write!(
                f,
                "the answer of DPS did not fit the receive buffer; {} bytes are enough",
                super::RECEIVE_BUFFER
            ),
        }
    }
}

impl<E: core::error::Error + 'static> core::error::Error for RegisterError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Client(error) => Some(error),
            Self::Refused(refusal) => Some(refusal),
            Self::Assignment(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<ClientError<E>> for RegisterError<E> {
    fn from(error: ClientError<E>) -> Self {
        Self::Client(error)
    }
}
