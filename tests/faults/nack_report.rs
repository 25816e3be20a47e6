//! How a HAL reports a missing acknowledge.

use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

/// What an I2C peripheral's driver makes of a missing acknowledge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum NackReport {
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

impl NackReport {
    /// Those in which it is clear what it is, and those in which it may be anything: the driver reads more carefully then,
    /// so that an operation makes other transfers.
    pub(crate) const KINDS: [&[NackReport]; 2] = [
        &[NackReport::Exact, NackReport::Address, NackReport::Data, NackReport::Unknown],
        &[NackReport::Other, NackReport::Bus],
    ];

    /// One after the other.
    pub(crate) fn nth(number: usize) -> NackReport {
        let all = NackReport::KINDS.concat();
        all[number % all.len()]
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            NackReport::Exact => "NoAcknowledge, address or data",
            NackReport::Address => "NoAcknowledge(Address)",
            NackReport::Data => "NoAcknowledge(Data)",
            NackReport::Unknown => "NoAcknowledge(Unknown)",
            NackReport::Other => "Other",
            NackReport::Bus => "Bus",
        }
    }

    pub(crate) fn of(self, source: NoAcknowledgeSource) -> ErrorKind {
        ErrorKind::NoAcknowledge(match self {
            NackReport::Exact => source,
            NackReport::Address => NoAcknowledgeSource::Address,
            NackReport::Data => NoAcknowledgeSource::Data,
            NackReport::Unknown => NoAcknowledgeSource::Unknown,
            NackReport::Other => return ErrorKind::Other,
            NackReport::Bus => return ErrorKind::Bus,
        })
    }
}
