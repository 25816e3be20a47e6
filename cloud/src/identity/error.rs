//! Why there is no certificate, or no new one.

use atecc608::x509::{ChipError, DateTime, Error, Validity};
use atecc608::{Slot, Status};
use core::fmt;

/// Why a seat is no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unusable {
    /// Nothing was written there.
    Blank,
    /// What is there does not verify up to the root: it was cut while it was written, somebody has changed it or the key,
    /// or it is another authority's. The driver's reason.
    Certificate(Error),
    /// The chip refuses: there is no key in the slot, or the signer's is no point of the curve.
    Refused(Status),
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => f.write_str("no certificate was written there"),
            Self::Certificate(error) => write!(
                f,
                "the certificate there is not good: {error}; it was cut while it was written, changed, or is another \
                 authority's"
            ),
            Self::Refused(status) => write!(
                f,
                "the chip refuses ({status}); there is no key in the slot, or what lies there as the signer's is none"
            ),
        }
    }
}

impl core::error::Error for Unusable {}

/// Why there is no new certificate. The one in use is untouched. `E` is the bus's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenewalError<E> {
    /// The seat stays for ever.
    Fixed,
    /// The seat is the one that the device logs in with; its key is in this slot.
    InUse(Slot),
    /// The chip refused, or its bus failed.
    Chip(ChipError<E>),
    /// A certificate of the answer can't be read, or is not one of the seat's template.
    Certificate(Error),
    /// The certificate is for another key than the one in the seat: another request's, or a new key was made since.
    OtherKey,
    /// By this device's clock the certificate, or its signer's, is not in date.
    NotInDate {
        /// From when to when it holds.
        validity: Validity,
        /// What the clock says.
        now: DateTime,
    },
    /// It was written, but what is read back is no identity: somebody else writes there, too, or the issuer's signature is
    /// wrong.
    NotWritten(Unusable),
    /// The certificate is not newer than the one in use.
    NotNewer {
        /// The time of the new one.
        new: Validity,
        /// The time of the one in use.
        old: Validity,
    },
}

impl<E: embedded_hal::i2c::Error> fmt::Display for RenewalError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed => f.write_str("the seat's key and certificate are for ever; renew in another one"),
            Self::InUse(slot) => {
                write!(f, "the device logs in with the key in {slot}, which would be lost; renew in the spare seat")
            }
            Self::Chip(error) => fmt::Display::fmt(error, f),
            Self::Certificate(error) => write!(
                f,
                "the new certificate can't be kept on the chip: {error}; does the authority use the template's names, \
                 extensions and serial numbers, and a P-256 key?"
            ),
            Self::OtherKey => f.write_str(
                "the new certificate is for another key than the chip's; is it the answer to the last request?",
            ),
            Self::NotInDate { validity, now } => write!(
                f,
                "the new certificate holds from {} to {}, and it is {now} by this device's clock; is the clock right, \
                 and the authority's?",
                validity.not_before, validity.not_after
            ),
            Self::NotWritten(why) => write!(f, "the new certificate was written and does not read back: {why}"),
            Self::NotNewer { new, old } => write!(
                f,
                "the new certificate holds from {} to {} and is not newer than the one in use, from {} to {}; the chip \
                 keeps whole hours",
                new.not_before, new.not_after, old.not_before, old.not_after
            ),
        }
    }
}

impl<E: embedded_hal::i2c::Error + 'static> core::error::Error for RenewalError<E> {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Chip(error) => Some(error),
            Self::Certificate(error) => Some(error),
            Self::NotWritten(why) => Some(why),
            _ => None,
        }
    }
}

impl<E> From<ChipError<E>> for RenewalError<E> {
    fn from(error: ChipError<E>) -> Self {
        Self::Chip(error)
    }
}

impl<E> From<atecc608::Error<E>> for RenewalError<E> {
    fn from(error: atecc608::Error<E>) -> Self {
        Self::Chip(error.into())
    }
}
