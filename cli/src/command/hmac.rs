//! `atecc hmac`.

use std::fmt;
use std::path::PathBuf;

use atecc608::Slot;
use atecc608::command::{HmacKey, NonceRandom, RandomSource, Seed, ShaHmacStart};
use atecc608::config::KeyFlags;
use atecc608::diagnose::Seen;
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::failure::Failure;
use crate::files;
use crate::parse::{self, hex};
use crate::password::{self, Password};

/// HMAC-SHA256 of a file with the key in a slot. [changes nothing]
#[derive(Debug, Args)]
pub struct Hmac {
    /// The slot, 0 to 15.
    #[arg(value_parser = parse::slot)]
    slot: Slot,

    /// The message; `-` is standard input.
    file: PathBuf,

    #[command(flatten)]
    password: Password,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    /// 32 bytes, in hexadecimal.
    hmac: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hmac)
    }
}

impl Hmac {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let message = Zeroizing::new(files::read(&self.file)?);
        let tried = format!("an HMAC was to be made with {slot}");
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        let key = self.password.for_slot(&zone, slot, &tried)?;
        let random = zone.key_config(slot).flags().contains(KeyFlags::REQ_RANDOM);
        let (seed, source) = (Seed::Update, RandomSource::Generator);
        let start = ShaHmacStart(HmacKey::Slot(slot));
        let check = password::check(key.as_ref().map_or(slot, |key| key.slot));
        let share = <[u8; 20]>::generate();
        let hmac = app.explained(&tried, &[&start, &check], Seen::new(), |chip| {
            chip.session(|chip| {
                if let Some(key) = &key {
                    chip.authorise(key, &share)?;
                }
                if random {
                    chip.execute(&NonceRandom { num_in: &share, seed, source })?;
                }
                chip.hmac(HmacKey::Slot(slot), &message)
            })
        })?;
        app.answer(&Answer { slot: slot.number(), hmac: hex(&hmac) })
    }
}
