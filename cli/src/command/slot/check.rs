//! `atecc slot check`.

use std::fmt;
use std::path::PathBuf;

use atecc608::Slot;
use atecc608::blocking::SharedKey;
use atecc608::diagnose::Seen;
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::{parse, password, secret};

/// Whether the key in a slot is that of a file: the chip compares a proof, and nobody sees the key. Exit code 1 if it
/// is another. A slot with LimitedUse counts the tries. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The slot, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,

    /// The key: 32 bytes or 64 hexadecimal digits; `-` is standard input.
    file: PathBuf,

    /// The file is a password: its SHA-256 without the line end is the key.
    #[arg(long)]
    as_password: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    same: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.same { "this" } else { "another" };
        write!(f, "slot {} holds {word} key", self.slot)
    }
}

impl Check {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let key = if self.as_password { password::hashed(&self.file) } else { secret::read(&self.file) }?;
        let key = SharedKey { slot, key };
        let tried = format!("the key in {slot} was compared");
        let check = password::check(slot);
        let share = <[u8; 20]>::generate();
        let checked = app.explained(tried, &[&check], Seen::new(), |chip| chip.check_password(&key, &share));
        let same = match checked {
            Ok(()) => true,
            Err(failure) if failure.kind() == Kind::No => false,
            Err(failure) => return Err(failure),
        };
        app.answer(&Answer { slot: slot.number(), same })?;
        if same { Ok(()) } else { Err(Failure::no("")) }
    }
}
