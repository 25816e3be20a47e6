//! `atecc lock state`.

use std::fmt;

use atecc608::Slot;
use atecc608::config::LockState;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::parse;

/// What is locked. For one zone or slot: exit code 0 if it is locked, 1 if it is open. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct State {
    /// `config`, `data` or a slot, 0 to 15.
    #[arg(value_parser = part)]
    part: Option<Part>,
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Config,
    Data,
    Slot(Slot),
}

fn part(text: &str) -> Result<Part, String> {
    match text {
        "config" => Ok(Part::Config),
        "data" => Ok(Part::Data),
        number => parse::slot(number).map(Part::Slot).map_err(|_| "config, data or a slot, 0 to 15".into()),
    }
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    config: bool,
    data: bool,
    slots: Vec<u8>,
    /// What was asked for.
    locked: Option<bool>,
    #[serde(skip)]
    state: LockState,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.locked {
            Some(locked) => f.write_str(if locked { "locked" } else { "open" }),
            None => self.state.fmt(f),
        }
    }
}

impl State {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let state = app.ask("the chip was asked what is locked", |chip| chip.lock_state())?;
        let locked = self.part.map(|part| match part {
            Part::Config => state.config,
            Part::Data => state.data,
            Part::Slot(slot) => state.slot(slot),
        });
        let slots = Slot::all().filter(|slot| state.slot(*slot)).map(|slot| slot.number()).collect();
        app.answer(&Answer { config: state.config, data: state.data, slots, locked, state })?;
        match locked {
            Some(false) => Err(Failure::no("")),
            _ => Ok(()),
        }
    }
}
