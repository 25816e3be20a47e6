//! Telling "nobody acknowledged" from real trouble.

use embedded_hal::i2c::{Error, ErrorKind, NoAcknowledgeSource};

/// Whether the error is a missing acknowledge, of whichever of embedded-hal's kinds: many HALs
/// can't tell address from data.
pub(crate) fn is_nack<E: Error>(error: &E) -> bool {
    matches!(error.kind(), ErrorKind::NoAcknowledge(_))
}

/// Whether it may be that of the address: that nobody was there to hear.
pub(crate) fn is_deaf<E: Error>(error: &E) -> bool {
    is_nack(error) && error.kind() != ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)
}
