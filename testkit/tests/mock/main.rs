//! The driver on a mocked bus: runs that were recorded on the simulated chip, and the order of the transactions that
//! the guide (`docs/guide/mock.md`) promises, written by hand.

mod order;
mod replay;

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

/// A missing acknowledge of the address.
const NACK: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);
