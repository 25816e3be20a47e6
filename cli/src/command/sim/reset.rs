//! `atecc sim reset`.

use std::fs;

use atecc608_sim::state::StateFile;
use clap::Args;

use super::NewChip;
use super::fresh::Answer;
use crate::app::App;
use crate::failure::{Failure, Kind};

/// Puts a new chip into the file of --bus sim or sim:FILE; the one there is gone with its keys. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub(super) struct Reset {
    #[command(flatten)]
    kind: NewChip,
}

impl Reset {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "the simulated chip was to be replaced";
        let file = super::kept(app, tried)?;
        let of = |error| Failure::of_state(tried, &error);
        let mut state = StateFile::lock(&file).map_err(of)?;
        let there = file.exists();
        // What can't be read is replaced, too.
        let gone = there
            .then(|| state.chip(0).map_or_else(|_| "unreadable".to_owned(), |chip| super::serial(&chip)));
        let chip = self.kind.chip();
        let serial = super::serial(&chip);
        if !app.dry_run() {
            if there {
                fs::remove_file(&file).map_err(|error| {
                    Failure::new(Kind::File, tried, error, "see to the rights of the file and its folder")
                })?;
            }
            state.chip_or(|| chip).map_err(of)?;
        }
        app.answer(&Answer {
            file: file.display().to_string(),
            preset: self.kind.name().to_owned(),
            serial,
            gone,
            done: !app.dry_run(),
        })
    }
}
