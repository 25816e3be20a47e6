//! `atecc key derive`.

use std::fmt;
use std::path::PathBuf;

use atecc608::command::{DeriveKey, NonceRandom, RandomSource, Seed, TempKeySource};
use atecc608::config::DerivePolicy;
use atecc608::config::explain::Action;
use atecc608::{Error, Slot, host};
use atecc608_linux::{BusError, Chip};
use clap::Args;
use p256::elliptic_curve::Generate as _;
use serde::Serialize;

use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::parse::hex;
use crate::{parse, secret, slots};

/// Makes a new symmetric key in a slot from its own key or its parent's, as its configuration says, and a random nonce
/// (DeriveKey). Prints what a host that knows the old key needs to compute the new one. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct Derive {
    /// The slot whose key is replaced.
    #[arg(value_parser = parse::slot)]
    slot: Slot,
    /// The parent's key of 32 bytes, where the configuration asks for a MAC.
    #[arg(long, value_name = "FILE")]
    parent_key: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    slot: u8,
    serial: String,
    /// `roll` from the slot's own key, `create` from its parent's.
    way: &'static str,
    /// The slot of the key from which it was made.
    from: u8,
    /// TempKey, in hexadecimal: the new key is SHA-256 over the old one, the command and this (chip reference 5.4).
    nonce: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { slot, serial, way, from, nonce } = self;
        writeln!(f, "slot {slot} of chip {serial} has a new key, made from that of slot {from} ({way})")?;
        write!(f, "nonce {nonce}")
    }
}

impl Derive {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let slot = self.slot;
        let tried = format!("a new key was to be derived in {slot}");
        let zone = app.ask(&tried, |chip| chip.read_config())?;
        slots::permits(&zone, slot, Action::DeriveKey, &tried)?;
        let (rolls, wants_mac) = match zone.slot_config(slot).derive_policy() {
            DerivePolicy::Roll { mac } => (true, mac),
            DerivePolicy::Create { mac } => (false, mac),
            // Refused above.
            DerivePolicy::Never => (false, false),
        };
        let parent = zone.slot_config(slot).write_key();
        let mac = match (&self.parent_key, wants_mac) {
            (Some(path), true) => {
                let key = secret::read(path)?;
                Some(host::derive_key_mac(&key, slot, TempKeySource::Random, &zone.serial_number()))
            }
            (None, true) => {
                let cause = format!("its configuration asks for a MAC with the key of {parent}");
                return Err(Failure::new(Kind::Usage, tried, cause, "give that key with --parent-key FILE"));
            }
            (Some(_), false) => {
                let cause = "its configuration asks for no MAC";
                return Err(Failure::new(Kind::Usage, tried, cause, "leave --parent-key out"));
            }
            (None, false) => None,
        };
        if app.dry_run() {
            return super::dry(app, slot, "a new key would be derived", true);
        }
        let consent = app.consent(format!(
            "the key in {slot} is lost for all who do not know from what the new one is made"
        ))?;
        let consent = consent.for_chip(zone.serial_number(), &tried)?;
        let share = <[u8; 20]>::generate();
        let command = DeriveKey { target: slot, source: TempKeySource::Random, mac: mac.as_ref() };
        let random = app.consented(&consent, &tried, &[&command], |chip: &mut Chip| {
            chip.session(|chip| -> Result<_, Error<BusError>> {
                let nonce =
                    NonceRandom { num_in: &share, seed: Seed::Update, source: RandomSource::Generator };
                let random = chip.execute(&nonce)?;
                chip.execute(&command)?;
                Ok(random)
            })
        })?;
        app.answer(&Answer {
            slot: slot.number(),
            serial: zone.serial_number().to_string(),
            way: if rolls { "roll" } else { "create" },
            from: if rolls { slot } else { parent }.number(),
            nonce: hex(host::nonce(&random, &share, Seed::Update).expose()),
        })
    }
}
