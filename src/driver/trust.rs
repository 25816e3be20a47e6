//! What the operations on pre-provisioned parts work out between two commands.

use crate::error::Error;
use crate::key::PublicKey;
use crate::wire::Status;
use crate::x509::trust::{Layout, Part, TrustError};
use crate::x509::{self, Certificate, ChipError, SignerId};
use core::ops::Range;

/// The signer for which the root vouches.
pub(super) struct Signer {
    pub(super) layout: Layout,
    pub(super) id: SignerId,
    pub(super) key: PublicKey,
    /// Where its certificate lies in the buffer.
    pub(super) certificate: Range<usize>,
}

/// The device for which the signer vouches.
pub(super) struct Device {
    pub(super) part: Part,
    /// Where its certificate lies in the buffer.
    pub(super) certificate: Range<usize>,
}

/// Not there for anyone, as the slot is secret, or for no one yet, as the data zone is not locked.
pub(super) fn is_refused<E>(error: &Error<E>) -> bool {
    error.status() == Some(Status::Execution)
}

/// Where it lies in the buffer whose first byte has this address. It need not begin there.
pub(super) fn range(buffer: usize, certificate: &Certificate<'_>) -> Range<usize> {
    let der = certificate.der();
    let start = der.as_ptr().addr().saturating_sub(buffer);
    start..start.saturating_add(der.len())
}

/// The certificate that lies there, and was verified.
pub(super) fn verified<E>(buffer: &[u8], place: Range<usize>) -> Result<Certificate<'_>, TrustError<E>> {
    Ok(Certificate::parse(buffer.get(place).unwrap_or_default())?)
}

/// What stands in the way of one candidate is kept while others are tried; what stands in the way of all is returned.
pub(super) fn keep<E>(why: &mut Option<TrustError<E>>, error: ChipError<E>) -> Result<(), TrustError<E>> {
    match error {
        ChipError::X509(x509::Error::BufferTooSmall(_)) => Err(error.into()),
        ChipError::Chip(error) if !is_refused(&error) => Err(error.into()),
        error => {
            why.get_or_insert(error.into());
            Ok(())
        }
    }
}
