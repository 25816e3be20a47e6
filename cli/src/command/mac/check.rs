//! `atecc mac check`.

use std::fmt;

use atecc608::command::{CheckMac, MacBlocks, OtherData};
use atecc608::diagnose::Seen;
use atecc608::{SerialNumber, Slot};
use clap::Args;
use serde::Serialize;

use super::{bytes32, mode};
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse::{self, from_hex};

/// Has this chip check a MAC that another one made with the same key (CheckMac). Exit code 1 if it does not fit. A slot
/// with LimitedUse counts the tries. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The slot in this chip that holds the key, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,

    /// The challenge, 64 hexadecimal digits.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    challenge: [u8; 32],

    /// The MAC, 64 hexadecimal digits.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    mac: [u8; 32],

    /// The slot in the chip that made it; the same if nothing is said.
    #[arg(long, value_name = "SLOT", value_parser = parse::slot)]
    made_in: Option<Slot>,

    /// The serial number of the chip that made it, if that was hashed, too.
    #[arg(long, value_name = "SERIAL", value_parser = serial)]
    serial: Option<SerialNumber>,
}

fn serial(text: &str) -> Result<SerialNumber, String> {
    let bytes = from_hex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.map(SerialNumber).ok_or_else(|| "a serial number is 18 hexadecimal digits".into())
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    valid: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.valid { "valid" } else { "not valid" })
    }
}

impl Check {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let made_in = self.made_in.unwrap_or(slot);
        let other_data = OtherData::of_mac(mode(self.serial.is_some()), made_in, self.serial.as_ref());
        let blocks = MacBlocks::SlotAndChallenge(&self.challenge);
        let command = CheckMac { blocks, slot, response: &self.mac, other_data: &other_data };
        let tried = format!("a MAC was to be checked with {slot}");
        let checked = app.explained(tried, &[&command], Seen::new(), |chip| chip.execute(&command));
        let valid = match checked {
            Ok(()) => true,
            Err(failure) if failure.kind() == Kind::No => false,
            Err(failure) => return Err(failure),
        };
        app.answer(&Answer { slot: slot.number(), valid })?;
        if valid { Ok(()) } else { Err(Failure::no("")) }
    }
}
