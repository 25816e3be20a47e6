//! Why Google would refuse a chain.

use super::limits::{CERTIFICATE_DAYS_MAX, CHAIN_LEN_MAX};
use atecc608::x509::{DateTime, Error};
use core::fmt;

/// A limit that a certificate does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// There is no certificate.
    Missing,
    /// More certificates than [`CHAIN_LEN_MAX`].
    Length {
        /// How many there are.
        certificates: usize,
    },
    /// It is no certificate.
    Malformed(Error),
    /// Its subject is not the issuer that the one before it names.
    Order,
    /// It is to be an issuer's, but is not a CA's.
    NoAuthority,
    /// The device's key is not on P-256.
    Key,
    /// The device's certificate is issued for more than [`CERTIFICATE_DAYS_MAX`] days.
    Lifetime {
        /// How many days it is issued for; a day begun counts.
        days: u64,
    },
    /// The device's certificate is a CA's.
    Authority,
    /// The device's certificate does not say that it is no CA's: basicConstraints is not there.
    NoConstraints,
    /// The device's key usage is not critical, or not both digitalSignature and keyEncipherment.
    KeyUsage,
    /// It holds only later.
    NotYetValid {
        /// Its first second.
        from: DateTime,
        /// This device's time.
        now: DateTime,
    },
    /// It has ended.
    Expired {
        /// Its last second.
        last: DateTime,
        /// This device's time.
        now: DateTime,
    },
}

/// A certificate that Google would refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfit {
    /// Which one: 0 is the device's own, 1 its issuer's.
    pub certificate: usize,
    /// What is wrong with it.
    pub limit: Limit,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Google would refuse ")?;
        match (self.limit, self.certificate) {
            (Limit::Missing | Limit::Length { .. }, _) => f.write_str("this chain: ")?,
            (_, 0) => f.write_str("the device's certificate: ")?,
            (_, above) => write!(f, "certificate {above} above the device's: ")?,
        }
        match self.limit {
            Limit::Missing => f.write_str("it has no certificate"),
            Limit::Length { certificates } => write!(
                f,
                "it has {certificates} certificates, and {CHAIN_LEN_MAX} are the most, with the root's; leave out \
                 those that the provider's trust store has"
            ),
            Limit::Malformed(error) => fmt::Display::fmt(&error, f),
            Limit::Order => f.write_str(
                "its subject is not the issuer of the one before; the order is the device's, its issuer's, and so on",
            ),
            Limit::NoAuthority => f.write_str("it may not issue certificates (it is no CA's)"),
            Limit::Key => f.write_str("its key is not on P-256, so it is not this chip's"),
            Limit::Lifetime { days } => write!(
                f,
                "it is issued for {days} days, and {CERTIFICATE_DAYS_MAX} are the most. One of Trust&GO, with its 28 \
                 years, can't be used here: issue one of your own (Profile::GOOGLE_DEVICE), and renew it every year; \
                 or log in with a token, which needs no certificate"
            ),
            Limit::Authority => f.write_str("it is a CA's, and must be a device's"),
            Limit::NoConstraints => {
                f.write_str("basicConstraints is not there; it must say that it is no CA's (CA:FALSE)")
            }
            Limit::KeyUsage => f.write_str(
                "its key usage must be critical, with digitalSignature and keyEncipherment, as \
                 Profile::GOOGLE_DEVICE has it (by Google's example; not tried at the real cloud)",
            ),
            Limit::NotYetValid { from, now } => {
                write!(f, "it holds from {from} on, and this device's clock says {now}; is the clock right?")
            }
            Limit::Expired { last, now } => write!(
                f,
                "it ended at {last}, and this device's clock says {now}; issue a new one for the same key"
            ),
        }
    }
}

impl core::error::Error for Unfit {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.limit {
            Limit::Malformed(error) => Some(error),
            _ => None,
        }
    }
}
