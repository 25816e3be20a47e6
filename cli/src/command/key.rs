//! `atecc key`.

mod attest;
mod attested;
mod derive;
mod import;
mod list;
mod new;
mod public;
mod write_public;

use std::fmt;

use atecc608::Slot;
use atecc608::config::ConfigZone;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::slots;

pub(crate) use public::read as public_key_of;

/// Keys: which there are, new ones, their public keys.
#[derive(Debug, Args)]
pub struct Key {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(list::List),
    New(new::New),
    Public(public::Public),
    Import(import::Import),
    WritePublic(write_public::WritePublic),
    Derive(derive::Derive),
    Attest(attest::Attest),
    Attested(attested::Attested),
}

impl Key {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.action {
            Action::List(list) => list.run(app),
            Action::New(new) => new.run(app),
            Action::Public(public) => public.run(app),
            Action::Import(import) => import.run(app),
            Action::WritePublic(write) => write.run(app),
            Action::Derive(derive) => derive.run(app),
            Action::Attest(attest) => attest.run(app),
            Action::Attested(attested) => attested.run(app),
        }
    }
}

/// The configuration, and whether there is a private key in the slot.
fn found(app: &mut App, tried: &str, slot: Slot) -> Result<(ConfigZone, bool), Failure> {
    app.ask(tried, |chip| -> Result<_, atecc608_linux::Failure> {
        let zone = chip.read_config()?;
        let there = slots::is_private(&zone, slot) && chip.is_key_valid(slot)?;
        Ok((zone, there))
    })
}

/// What is lost with a private key.
fn lost(slot: Slot) -> String {
    format!(
        "the private key in {slot} is lost, and with it every certificate and registration of its public key"
    )
}

/// What would be done.
#[derive(Debug, Serialize)]
struct Dry {
    slot: u8,
    would: &'static str,
    /// A key that is there would be lost.
    replaced: bool,
}

impl fmt::Display for Dry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot {}: {}; ", self.slot, self.would)?;
        f.write_str(match self.replaced {
            true => "THE KEY THAT IS THERE WOULD BE LOST FOR EVER",
            false => "no key is there now",
        })
    }
}

/// Says what would be done, and that it was not.
fn dry(app: &mut App, slot: Slot, would: &'static str, replaced: bool) -> Result<(), Failure> {
    app.answer(&Dry { slot: slot.number(), would, replaced })
}
