//! The ATECC608A behind its pins.
//!
//! [`Chip`] takes what a bus would carry (START with address, bytes, STOP, SDA low pulses) and answers as
//! `docs/chip-reference.md` says the chip does. It has its own packet parser, checksum and memory layouts,
//! so that a driver tested against it is judged by somebody else's reading of the reference.
//!
//! Time passes only by the `now` arguments, which never go back: the end of a command, of the wake delay
//! or of the watchdog's patience takes effect when the next call tells that it is over.
//!
//! A command's changes to the [`Eeprom`] happen when its execution time is over and the answer can be fetched.
//! If the supply, a reset or the watchdog ends the command before, they do not happen at all.

mod command;
mod config;
mod counter;
mod crc;
mod ecc;
mod eeprom;
mod io;
mod io_protection;
mod layout;
mod machine;
mod packet;
mod pins;
mod policy;
mod power;
mod readings;
mod registers;
mod rng;
mod rule;
mod sha256;
mod silicon;
mod staged;
mod status;
mod timing;

pub use eeprom::{Eeprom, EepromError};
pub use packet::{Executed, Outcome};
pub use pins::{Ack, AfterReset, Chip};
pub use power::{Nanos, PowerState};
pub use readings::{Readings, SecondNonce};
pub use rule::Rule;
pub use silicon::{PastTheEnd, PulseWhileAwake, Silicon};
pub use status::Status;
pub use timing::Timing;
