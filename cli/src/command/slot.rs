//! `atecc slot`.

mod check;
mod read;
mod write;

use atecc608::Slot;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::failure::Failure;
use crate::parse;

/// What slots and OTP hold: read it, write it, compare it.
#[derive(Debug, Args)]
pub struct Slots {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Read(read::Read),
    Write(write::Write),
    Check(check::Check),
}

impl Slots {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.verb {
            Verb::Read(read) => read.run(app),
            Verb::Write(write) => write.run(app),
            Verb::Check(check) => check.run(app),
        }
    }
}

/// A slot, or the OTP zone.
#[derive(Debug, Args)]
struct Place {
    /// The slot, 0 to 15.
    #[arg(value_parser = parse::slot, required_unless_present = "otp", conflicts_with = "otp")]
    slot: Option<Slot>,

    /// The OTP zone (64 bytes) instead of a slot.
    #[arg(long)]
    otp: bool,
}

/// Bytes of OTP.
const OTP: usize = 64;
