//! `atecc key public`.

use std::path::PathBuf;

use atecc608::command::{GenKeyPublic, ReadBlock};
use atecc608::diagnose::Seen;
use atecc608::memory::Block;
use atecc608::{PublicKey, PublicKeySlot, Slot};
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::password::{self, Password};
use crate::public_key::{self, Format, Told};
use crate::{files, parse, slots};

/// The public key of the private key in a slot, or the one that is stored there. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Public {
    /// The slot.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// Its form.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Writes it to this file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// Whether its private key is in the slot.
    private: bool,
    public_key: Told,
}

impl Public {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let (key, private, name) = read(app, self.slot, &self.password)?;
        let answer = Answer { slot: self.slot.number(), private, public_key: Told::new(&key) };
        files::give(app, self.out.as_deref(), &public_key::encode(&key, self.format, &name), &answer)
    }
}

/// The public key that belongs to a slot, whether its private key is in there, and a name for it.
///
/// # Errors
///
/// There is none, or the chip does not tell it.
pub(crate) fn read(
    app: &mut App,
    slot: Slot,
    password: &Password,
) -> Result<(PublicKey, bool, String), Failure> {
    let tried = format!("the public key of {slot} was read");
    let zone = app.ask(&tried, |chip| chip.read_config())?;
    let name = format!("atecc608-{}-slot{}", zone.serial_number(), slot.number());
    if slots::is_private(&zone, slot) {
        let command = GenKeyPublic { slot, digest: false };
        let auth = password.for_slot(&zone, slot, &tried)?;
        let check = password::check(auth.as_ref().map_or(slot, |auth| auth.slot));
        let share = <[u8; 20]>::generate();
        let key = app.explained(&tried, &[&command, &check], Seen::new(), |chip| {
            let Some(auth) = &auth else { return chip.public_key(slot) };
            chip.session(|chip| {
                chip.authorise(auth, &share)?;
                chip.execute(&command)
            })
        })?;
        return Ok((key, true, name));
    }
    let help = "`atecc key list` shows which slots have keys";
    let (Some(stored), Some(block)) = (PublicKeySlot::new(slot), Block::data(slot, 0)) else {
        let cause =
            "by the configuration it holds no private key, and stored public keys are in slots 8 to 15";
        return Err(Failure::new(Kind::Usage, tried, cause, help));
    };
    let key =
        app.explained(&tried, &[&ReadBlock(block)], Seen::new(), |chip| chip.read_public_key(stored))?;
    if p256::PublicKey::try_from(key).is_err() {
        return Err(Failure::new(Kind::No, tried, "no public key is stored there", help));
    }
    Ok((key, false, name))
}
