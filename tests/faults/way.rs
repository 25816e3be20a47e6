//! How a HAL reports a missing acknowledge.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

/// What an I2C peripheral's driver makes of a missing acknowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Way {
    /// As it is: of the address or of data.
    #[default]
    Exact,
    /// Always of the address.
    Address,
    /// Always of data.
    Data,
    /// Without saying which.
    Unknown,
    /// Something else than embedded-hal has a kind for: Linux's EREMOTEIO, `rppal`.
    Other,
    /// Some error: Linux's EIO.
    Bus,
}

impl Way {
    /// Those in which it is clear what it is, and those in which it may be anything: the driver reads more carefully then,
    /// so that an operation makes other transfers.
    pub(crate) const KINDS: [&[Way]; 2] =
        [&[Way::Exact, Way::Address, Way::Data, Way::Unknown], &[Way::Other, Way::Bus]];

    /// One after the other.
    pub(crate) fn nth(number: usize) -> Way {
        let all = Way::KINDS.concat();
        all[number % all.len()]
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Way::Exact => "NoAcknowledge, address or data",
            Way::Address => "NoAcknowledge(Address)",
            Way::Data => "NoAcknowledge(Data)",
            Way::Unknown => "NoAcknowledge(Unknown)",
            Way::Other => "Other",
            Way::Bus => "Bus",
        }
    }

    pub(crate) fn of(self, source: NoAcknowledgeSource) -> ErrorKind {
        ErrorKind::NoAcknowledge(match self {
            Way::Exact => source,
            Way::Address => NoAcknowledgeSource::Address,
            Way::Data => NoAcknowledgeSource::Data,
            Way::Unknown => NoAcknowledgeSource::Unknown,
            Way::Other => return ErrorKind::Other,
            Way::Bus => return ErrorKind::Bus,
        })
    }
}
