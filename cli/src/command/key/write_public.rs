//! `atecc key write-public`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::WriteBlock;
use atecc608::config::KeyType;
use atecc608::config::explain::Action;
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::{PublicKeySlot, Slot};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::public_key::{self, Told};
use crate::{parse, slots};

/// Stores a public key, with which the chip can then verify. What is there is overwritten. [can be undone while the slot
/// can be written; CAN'T BE UNDONE where it is secret]
#[derive(Debug, Args)]
pub(super) struct WritePublic {
    /// Where it goes: 8 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// The public key: PEM, DER, JWK, SSH, hexadecimal digits, or a certificate of it; `-` for standard input.
    file: PathBuf,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// False in a dry run.
    written: bool,
    public_key: Told,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.written { "has now" } else { "would get" };
        write!(f, "slot {} {what} the public key with SHA-256 {}", self.slot, self.public_key.sha256)
    }
}

impl WritePublic {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let tried = format!("the public key in {} was to be written to {slot}", self.file.display());
        let key = public_key::read(&self.file)?;
        let (Some(stored), Some(block)) = (PublicKeySlot::new(slot), Block::data(slot, 0)) else {
            let cause = "slots 0 to 7 are too small for a public key";
            return Err(Failure::new(Kind::Usage, tried, cause, "take one of 8 to 15: `atecc key list`"));
        };
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        slots::permits(&zone, slot, Action::Write, &tried)?;
        if zone.key_config(slot).key_type() != KeyType::P256 {
            app.note(format_args!(
                "{slot} is one for data: the chip does not verify with what is stored there"
            ));
        }
        if !app.dry_run() {
            let command = WriteBlock(block, &[0; 32]);
            slots::overwrite(app, &zone, &[slot], &tried, (&[&command], Seen::new()), |chip| {
                chip.write_public_key(stored, &key)
            })?;
        }
        app.answer(&Answer { slot: slot.number(), written: !app.dry_run(), public_key: Told::new(&key) })
    }
}
