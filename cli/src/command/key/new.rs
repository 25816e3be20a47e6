//! `atecc key new`.

use std::path::PathBuf;

use atecc608::command::{GenKeyCreate, GenKeyPublic, KeyTarget};
use atecc608::config::explain::Action;
use atecc608::diagnose::Seen;
use atecc608::irreversible::OldKeyIsLost;
use atecc608::{KeyOrigin, Slot};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::public_key::{self, Format, Told};
use crate::{files, parse, slots};

/// A new private key, made in the chip; prints its public key. A key that is there is lost: that wants consent. [CAN'T
/// BE UNDONE where there is a key]
#[derive(Debug, Args)]
pub(super) struct New {
    /// Where it goes.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// The form of the public key.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Writes the public key to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// A key was there, and is lost.
    replaced: bool,
    public_key: Told,
}

impl New {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let tried = format!("a new key was to be made in {slot}");
        let (zone, there) = super::found(app, &tried, slot)?;
        slots::permits(&zone, slot, Action::GenKey, &tried)?;
        let name = format!("atecc608-{}-slot{}", zone.serial_number(), slot.number());
        if app.dry_run() {
            return super::dry(app, slot, "a new private key would be made", there);
        }
        let create = GenKeyCreate(KeyTarget::Slot(slot, OldKeyIsLost));
        let public = GenKeyPublic { slot, digest: false };
        let key = if there {
            let consent = app.consent(super::lost(slot))?.for_chip(zone.serial_number(), &tried)?;
            app.consented(&consent, tried, &[&create], |chip| chip.generate_key(slot, OldKeyIsLost))?
        } else {
            let (key, origin) =
                app.meant(zone.serial_number(), tried, &[&create, &public], Seen::new(), |chip| {
                    chip.ensure_key(slot)
                })?;
            if origin == KeyOrigin::Found {
                app.note("another program has just made a key there; it was kept");
            }
            key
        };
        let answer = Answer { slot: slot.number(), replaced: there, public_key: Told::new(&key) };
        files::give(app, self.out.as_deref(), &public_key::encode(&key, self.format, &name), &answer)
    }
}
