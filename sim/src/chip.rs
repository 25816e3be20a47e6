//! The ATECC608A behind its pins.
//!
//! [`Chip`] takes what a bus would carry (START with address, bytes, STOP, SDA low pulses) and answers as
//! `docs/chip-reference.md` says the chip does. It has its own packet parser, checksum and memory layouts,
//! so that a driver tested against it is checked against another reading of the reference.
//!
//! Time passes only by the `now` arguments, which never go back: the end of a command, of the wake delay
//! or of the watchdog's time takes effect when the next call tells that it is over.
//!
//! A command's changes to the [`Eeprom`] happen when its execution time is over and the answer can be fetched.
//! If the supply, a reset or the watchdog ends the command before, they do not happen at all.

mod command;
pub(crate) mod crypto;
mod machine;
mod memory;
mod pins;
mod power;
mod readings;
mod rule;
mod silicon;
mod staged;
mod status;
mod timing;
mod wire;

pub use memory::eeprom::{Eeprom, EepromError};
pub use pins::{Ack, AfterReset, Chip};
pub use power::{Nanos, PowerState};
pub use readings::{Alternative, Alternatives, Readings, SecondNonce};
pub use rule::Rule;
pub use silicon::{PastTheEnd, PulseWhileAwake, Silicon};
pub use status::Status;
pub use timing::Timing;
pub use wire::packet::{Executed, Outcome};
