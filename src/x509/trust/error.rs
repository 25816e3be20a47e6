//! Why a part was not taken for what it should be.

use super::OtpCode;
use crate::x509::{ChipError, Error, SignerId, SlotPlace};
use core::fmt;

/// A certificate of a pre-provisioned part could not be read, or not be believed. No certificate was handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustError<E> {
    /// There is nothing that looks like one of the certificates asked for, and the OTP zone does not say that this is
    /// such a part. `None`: the OTP zone can't be read, as on a chip whose data zone is not locked.
    NotTrust(Option<OtpCode>),
    /// By its OTP zone this is a pre-provisioned part, but the slot holds no certificate by a template that was asked
    /// for: a TrustFLEX that has none yet.
    NoCertificate {
        /// What the OTP zone says.
        code: OtpCode,
        /// Where it should be.
        place: SlotPlace,
    },
    /// The signer's certificate was not signed by the root that was given.
    NotByRoot(SignerId),
    /// The device's certificate names another signer than the one whose certificate the chip holds.
    WrongSigner {
        /// By the device's certificate.
        named: SignerId,
        /// By the signer's.
        stored: SignerId,
    },
    /// The device's certificate, made by each template with its id, was not signed by the signer: key, serial number or
    /// address are not those it was issued for, or its 72 bytes are damaged.
    NotBySigner {
        /// The signer, whose own certificate is good.
        signer: SignerId,
        /// The template's id.
        template: u8,
    },
    /// What the chip holds makes no certificate, or the buffer is too small for it.
    X509(Error),
    /// The chip or the bus failed.
    Chip(crate::error::Error<E>),
}

impl<E> TrustError<E> {
    /// Nothing is there to be tried.
    pub(crate) fn missing(code: OtpCode, place: Option<SlotPlace>) -> Self {
        match place {
            Some(place) if !code.parts().is_empty() => Self::NoCertificate { code, place },
            _ => Self::NotTrust(Some(code)),
        }
    }
}

impl<E> From<Error> for TrustError<E> {
    fn from(error: Error) -> Self {
        Self::X509(error)
    }
}

impl<E> From<ChipError<E>> for TrustError<E> {
    fn from(error: ChipError<E>) -> Self {
        match error {
            ChipError::X509(error) => Self::X509(error),
            ChipError::Chip(error) => Self::Chip(error),
        }
    }
}

impl<E> From<crate::error::Error<E>> for TrustError<E> {
    fn from(error: crate::error::Error<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E: embedded_hal::i2c::Error> fmt::Display for TrustError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTrust(None) => f.write_str(
                "the OTP zone can't be read, so the data zone is not locked: no Trust&GO or TrustFLEX part, which come \
                 locked",
            ),
            Self::NotTrust(Some(code)) => write!(
                f,
                "no certificate of a Trust&GO or TrustFLEX part is where they have it, and the OTP zone begins with \
                 {code}, which is no known code of one: another chip, or one of a kind that was not asked for"
            ),
            Self::NoCertificate { code, place } => write!(
                f,
                "the OTP code {code} is that of a pre-provisioned part, but {place} holds no certificate of the kinds \
                 asked for: a TrustFLEX has none until one is written"
            ),
            Self::NotByRoot(signer) => write!(
                f,
                "the certificate of signer {signer} was not signed by this root: the chip is a simulated one or of \
                 another CA (give its root), the signer's slots are damaged, or the chip is a forgery"
            ),
            Self::WrongSigner { named, stored } => write!(
                f,
                "the device's certificate is by signer {named}, but the chip holds the certificate of signer \
                 {stored}: one of the two was written later"
            ),
            Self::NotBySigner { signer, template } => write!(
                f,
                "no certificate by template {template} was signed by signer {signer}: the key, the serial number or \
                 the address is not the one it was issued for, its slot is damaged, or the chip is a forgery"
            ),
            Self::X509(error) => fmt::Display::fmt(error, f),
            Self::Chip(error) => fmt::Display::fmt(error, f),
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for TrustError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::X509(error) => Some(error),
            Self::Chip(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(feature = "defmt")]
impl<E: fmt::Debug> defmt::Format for TrustError<E> {
    fn format(&self, f: defmt::Formatter<'_>) {
        match self {
            Self::X509(error) => defmt::write!(f, "{}", error),
            Self::Chip(error) => defmt::write!(f, "{}", error),
            other => defmt::write!(f, "{}", defmt::Debug2Format(other)),
        }
    }
}
