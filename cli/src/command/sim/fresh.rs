//! `atecc sim new`.

use std::fmt;
use std::path::PathBuf;

use atecc608_sim::state::StateFile;
use clap::Args;
use serde::Serialize;

use super::NewChip;
use crate::app::App;
use crate::failure::{Failure, Kind};

/// Makes a simulated chip in a new file. [can be undone]
///
/// `atecc sim new chip.sim --preset tngtls`, then `atecc --bus sim:chip.sim info`.
#[derive(Debug, Args)]
pub(super) struct New {
    /// Its file, which must not exist yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    kind: NewChip,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Answer {
    pub(super) file: String,
    /// blank, or the preset.
    pub(super) preset: String,
    pub(super) serial: String,
    /// Of the chip that was in the file before.
    pub(super) gone: Option<String>,
    pub(super) done: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, preset, serial, gone, done } = self;
        let would = if *done { "" } else { "would be made: " };
        write!(f, "{would}simulated chip {serial} ({preset}) in {file}")?;
        match (gone, done) {
            (Some(gone), true) => write!(f, "\nchip {gone}, which was there, is gone"),
            (Some(gone), false) => write!(f, "\nchip {gone}, which is there, would be gone"),
            (None, _) => Ok(()),
        }
    }
}

impl New {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let file = self.file.display();
        let tried = format!("a simulated chip was to be made in {file}");
        if self.file.exists() {
            let help = format!("take another file, or start anew with `atecc --bus sim:{file} sim reset`");
            return Err(Failure::new(Kind::File, tried, "there is such a file already", help));
        }
        let chip = self.kind.chip();
        let serial = super::serial(&chip);
        if !app.dry_run() {
            let of = |error| Failure::of_state(&tried, &error);
            StateFile::lock(&self.file).map_err(of)?.chip_or(|| chip).map_err(of)?;
        }
        app.answer(&Answer {
            file: file.to_string(),
            preset: self.kind.name().to_owned(),
            serial,
            gone: None,
            done: !app.dry_run(),
        })
    }
}
