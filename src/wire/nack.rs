//! Telling "nobody acknowledged" from real trouble, as far as the HAL lets.
//!
//! embedded-hal has a kind for it, which many HALs do not use: Linux kernel drivers for the Raspberry Pi report
//! EREMOTEIO, which `linux-embedded-hal` calls `Other`, and EIO, which it calls `Bus`; `rppal` calls every missing
//! acknowledge `Other`, as `esp-idf-hal` does most of them. The guide's page on the bus has the table.

use embedded_hal::i2c::{Error, ErrorKind, NoAcknowledgeSource};

/// Whether the error is a missing acknowledge beyond doubt, of whichever of embedded-hal's kinds: many HALs
/// can't tell address from data.
pub(crate) fn is_nack<E: Error>(error: &E) -> bool {
    matches!(error.kind(), ErrorKind::NoAcknowledge(_))
}

/// Whether it may be one.
pub(crate) fn may_be_nack<E: Error>(error: &E) -> bool {
    is_nack(error) || matches!(error.kind(), ErrorKind::Other | ErrorKind::Bus)
}

/// Whether it may be that of the address: that nobody was there to acknowledge it.
pub(crate) fn may_be_address_nack<E: Error>(error: &E) -> bool {
    may_be_nack(error) && error.kind() != ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data)
}
