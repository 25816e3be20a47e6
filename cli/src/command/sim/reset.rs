//! `atecc sim reset`.

use std::fs;

use atecc608::config::ConfigZone;
use atecc608_linux::Location;
use atecc608_sim::chip::EepromError;
use atecc608_sim::state::{StateError, StateFile};
use clap::Args;

use super::NewChip;
use super::fresh::Answer;
use crate::app::App;
use crate::consent;
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
        let there = file.exists().then(|| state.chip(0));
        let gone = match &there {
            // Somebody's notes.
            Some(Err(error @ StateError::Contents { error: EepromError::NotAnEeprom, .. })) => {
                let help =
                    "name the file of a simulated chip; if this one is not needed any more, remove it first";
                return Err(Failure::new(Kind::File, tried, error, help));
            }
            Some(Ok(chip)) => Some(super::serial(chip)),
            // A chip's, and damaged: nobody can use it any more.
            Some(Err(StateError::Contents { .. })) => Some("unreadable".to_owned()),
            Some(Err(error)) => return Err(Failure::of_state(tried, error)),
            None => None,
        };
        if let (Some(Ok(chip)), false) = (&there, app.dry_run()) {
            let zone = ConfigZone::from_bytes(*chip.eeprom().config());
            let lost = format!("the simulated chip in {} is gone, with its keys", file.display());
            let _ = consent::ask(
                app.global(),
                &Location::SimulatorFile(file.clone()),
                zone.serial_number(),
                &lost,
            )?;
        }
        let chip = self.kind.chip();
        let serial = super::serial(&chip);
        if !app.dry_run() {
            if there.is_some() {
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
