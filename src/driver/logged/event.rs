//! What is told, and its line.

use crate::wire::nack::{is_nack, may_be_nack};
use crate::wire::{Opcode, Transfer};
use core::fmt;
use embedded_hal::i2c::{ErrorKind, NoAcknowledgeSource};

/// Something that happened on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A transfer that the chip acknowledged.
    Done {
        /// The 7-bit address.
        address: u8,
        /// What was transferred.
        transfer: Transfer,
        /// The command whose answer it is.
        command: Option<Opcode>,
        /// The same command as before, to which no answer came, or one that it was not executed.
        again: bool,
    },
    /// A write that failed.
    Failed {
        /// The 7-bit address.
        address: u8,
        /// What was to be written.
        transfer: Transfer,
        /// What the HAL says.
        error: ErrorKind,
        /// As for [`Done`](Self::Done).
        again: bool,
    },
    /// Reads that failed, one after the other. A chip that is busy or asleep does not acknowledge.
    Silent {
        /// The 7-bit address.
        address: u8,
        /// The command whose answer was asked for.
        command: Option<Opcode>,
        /// What the HAL said.
        error: ErrorKind,
        /// How many.
        polls: u16,
        /// It answered then: it was busy.
        answered: bool,
    },
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Done { address, transfer, command, again } => {
                write!(f, "0x{address:02X} ")?;
                if let Some(command) = command {
                    write!(f, "{command}: ")?;
                }
                write!(f, "{transfer}{}", once_more(again))
            }
            Self::Failed { address, transfer, error, again } => {
                write!(f, "0x{address:02X} {transfer}{}: {}", once_more(again), name(error))
            }
            Self::Silent { address, command, error, polls, answered } => {
                write!(f, "0x{address:02X} ")?;
                if let Some(command) = command {
                    write!(f, "{command}: ")?;
                }
                let (what, plural) = (silence(error, answered), if polls == 1 { "" } else { "s" });
                write!(f, "{what}, {polls} poll{plural}")?;
                if is_nack(&error) { Ok(()) } else { write!(f, ": {}", name(error)) }
            }
        }
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Event {
    fn format(&self, f: defmt::Formatter<'_>) {
        match *self {
            Self::Done { address, transfer, command, again } => {
                defmt::write!(f, "{=u8:#04X} ", address);
                if let Some(command) = command {
                    defmt::write!(f, "{=str}: ", command.name());
                }
                defmt::write!(f, "{}{=str}", transfer, once_more(again));
            }
            Self::Failed { address, transfer, error, again } => {
                let (again, error) = (once_more(again), name(error));
                defmt::write!(f, "{=u8:#04X} {}{=str}: {=str}", address, transfer, again, error);
            }
            Self::Silent { address, command, error, polls, answered } => {
                defmt::write!(f, "{=u8:#04X} ", address);
                if let Some(command) = command {
                    defmt::write!(f, "{=str}: ", command.name());
                }
                let (what, plural) = (silence(error, answered), if polls == 1 { "" } else { "s" });
                defmt::write!(f, "{=str}, {=u16} poll{=str}", what, polls, plural);
                if !is_nack(&error) {
                    defmt::write!(f, ": {=str}", name(error));
                }
            }
        }
    }
}

const fn once_more(again: bool) -> &'static str {
    if again { ", again" } else { "" }
}

fn silence(error: ErrorKind, answered: bool) -> &'static str {
    match answered {
        _ if !may_be_nack(&error) => "failed",
        true => "busy",
        false => "no answer",
    }
}

const fn name(error: ErrorKind) -> &'static str {
    match error {
        ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data) => "a byte was not acknowledged",
        ErrorKind::NoAcknowledge(_) => "not acknowledged",
        ErrorKind::ArbitrationLoss => "arbitration lost",
        ErrorKind::Overrun => "overrun",
        ErrorKind::Bus => "bus error",
        _ => "failed",
    }
}
