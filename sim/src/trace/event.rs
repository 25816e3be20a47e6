//! What can happen on the bus.

use core::fmt;

use crate::chip::{Ack, Nanos};

/// Something that happened on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// START on a free bus.
    Start,
    /// START inside a transaction.
    RepeatedStart,
    /// The address byte after either START.
    Address {
        /// The 7-bit address shifted left by one, bit 0 set to read.
        byte: u8,
        /// What the master saw.
        ack: Ack,
    },
    /// A byte from the master.
    Write {
        /// As it was on the wire.
        byte: u8,
        /// What the master saw.
        ack: Ack,
    },
    /// A byte to the master.
    Read {
        /// As it was on the wire.
        byte: u8,
        /// What the master answered.
        ack: Ack,
    },
    /// STOP.
    Stop,
    /// Time that a delay passed.
    Delay {
        /// Nanoseconds.
        duration: Nanos,
    },
    /// SDA held low by a pin or by a fault.
    SdaLow {
        /// Nanoseconds.
        duration: Nanos,
    },
}

/// An [`Event`] and when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Bus time in nanoseconds.
    pub at: Nanos,
    /// Length of a bit in nanoseconds; 0 where the event has none.
    pub bit: Nanos,
    /// What happened.
    pub event: Event,
}

impl Entry {
    /// When the event is over.
    pub(super) fn end(&self) -> Nanos {
        let duration = match self.event {
            Event::Start | Event::RepeatedStart | Event::Stop => self.bit,
            Event::Address { .. } | Event::Write { .. } | Event::Read { .. } => 9 * self.bit,
            Event::Delay { duration } | Event::SdaLow { duration } => duration,
        };
        self.at.saturating_add(duration)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = |ack: Ack| if ack == Ack::Nack { "!" } else { "" };
        match *self {
            Event::Start => f.write_str("S"),
            Event::RepeatedStart => f.write_str("Sr"),
            Event::Address { byte, ack } => {
                let direction = if byte & 1 == 1 { 'R' } else { 'W' };
                write!(f, "0x{:02X}+{direction}{}", byte >> 1, mark(ack))
            }
            Event::Write { byte, ack } => write!(f, "{byte:02X}{}", mark(ack)),
            // The master ends every read without an acknowledgement: not worth a mark.
            Event::Read { byte, .. } => write!(f, "{byte:02X}"),
            Event::Stop => f.write_str("P"),
            Event::Delay { duration } => write!(f, "delay {}", Micros(duration)),
            Event::SdaLow { duration } => write!(f, "SDA low {}", Micros(duration)),
        }
    }
}

/// Nanoseconds, printed as microseconds.
pub(super) struct Micros(pub(super) Nanos);

impl fmt::Display for Micros {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:03}", self.0 / 1000, self.0 % 1000))
    }
}
