//! `atecc mac`.

mod check;
mod make;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::failure::Failure;
use crate::parse::from_hex;

/// The MAC of a challenge with the key in a slot: proof that this chip holds the key. [changes nothing]
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Mac {
    #[command(subcommand)]
    verb: Option<Verb>,

    #[command(flatten)]
    make: make::Make,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Check),
}

impl Mac {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.verb {
            Some(Verb::Check(check)) => check.run(app),
            None => self.make.run(app),
        }
    }
}

/// 32 bytes, which are no secret.
fn bytes32(text: &str) -> Result<[u8; 32], String> {
    let bytes = from_hex(text).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| "32 bytes are 64 hexadecimal digits".into())
}

/// The mode byte of the chip's command, which is part of what is hashed (chip reference 5.12).
fn mode(with_serial: bool) -> u8 {
    if with_serial { 0x40 } else { 0x00 }
}
