//! `atecc mac SLOT`.

use std::fmt;

use atecc608::Slot;
use atecc608::command::{Mac, MacBlocks};
use atecc608::diagnose::Seen;
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;

use super::{bytes32, mode};
use crate::app::App;
use crate::failure::Failure;
use crate::parse::{self, hex};
use crate::password::{self, Password};

#[derive(Debug, Args)]
pub(super) struct Make {
    /// The slot, 0 to 15.
    // Not there if there is a subcommand.
    #[arg(value_parser = parse::slot, required = true)]
    slot: Option<Slot>,

    /// The challenge, 64 hexadecimal digits; a random one if nothing is said.
    #[arg(long, value_name = "HEX", value_parser = bytes32)]
    challenge: Option<[u8; 32]>,

    /// Hashes the chip's serial number, too: no other chip with this key gives the same MAC.
    #[arg(long)]
    with_serial: bool,

    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    serial: String,
    with_serial: bool,
    /// The mode byte, which is hashed.
    mode: u8,
    /// In hexadecimal.
    challenge: String,
    mac: String,
    #[serde(skip)]
    given: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.given {
            return f.write_str(&self.mac);
        }
        write!(f, "challenge {}\nmac       {}", self.challenge, self.mac)
    }
}

impl Make {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot.unwrap_or(Slot::S0);
        let tried = format!("a MAC was to be made with {slot}");
        let challenge = self.challenge.unwrap_or_else(<[u8; 32]>::generate);
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        let auth = self.password.for_slot(&zone, slot, &tried)?;
        let blocks = MacBlocks::SlotAndChallenge(&challenge);
        let command = Mac { blocks, include_serial: self.with_serial, slot };
        let check = password::check(auth.as_ref().map_or(slot, |auth| auth.slot));
        let share = <[u8; 20]>::generate();
        let mac = app.explained(&tried, &[&command, &check], Seen::new(), |chip| {
            chip.session(|chip| {
                if let Some(auth) = &auth {
                    chip.authorise(auth, &share)?;
                }
                chip.execute(&command)
            })
        })?;
        app.answer(&Answer {
            slot: slot.number(),
            serial: zone.serial_number().to_string(),
            with_serial: self.with_serial,
            mode: mode(self.with_serial),
            challenge: hex(&challenge),
            mac: hex(&mac),
            given: self.challenge.is_some(),
        })
    }
}
