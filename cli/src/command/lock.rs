//! `atecc lock`.

mod config;
mod data;
mod slot;
mod state;

use std::fmt;

use atecc608::config::{ConfigZone, plan};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// Locks the configuration, the data, or a slot, for ever; says what is locked.
#[derive(Debug, Args)]
pub struct Lock {
    #[command(subcommand)]
    target: Target,
}

#[derive(Debug, Subcommand)]
enum Target {
    Config(config::LockConfig),
    Data(data::LockData),
    Slot(slot::LockSlot),
    State(state::State),
}

impl Lock {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.target {
            Target::Config(config) => config.run(app),
            Target::Data(data) => data.run(app),
            Target::Slot(slot) => slot.run(app),
            Target::State(state) => state.run(app),
        }
    }
}

/// What was locked, or would be.
#[derive(Debug, Serialize)]
struct Locked {
    serial: String,
    target: String,
    /// Done now; not done if it was locked before, or in a dry run.
    locked_now: bool,
    locked: bool,
}

impl fmt::Display for Locked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { serial, target, .. } = self;
        match (self.locked_now, self.locked) {
            (true, _) => write!(f, "Chip {serial}: {target} locked, for ever"),
            (false, true) => write!(f, "Chip {serial}: {target} locked before; nothing was done"),
            (false, false) => {
                write!(f, "Chip {serial}: {target} would be locked, for ever; nothing was done")
            }
        }
    }
}

/// The plan of a configuration that stays as it is: what its locks end. Its lock bytes say nothing there.
fn plan_of(zone: &ConfigZone) -> Option<plan::Plan> {
    let mut open = *zone;
    open.set_byte(87, 0x55);
    plan::Plan::new(&open, &open).ok()
}
