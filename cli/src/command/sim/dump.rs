//! `atecc sim dump`.

use std::fmt;

use atecc608_sim::description;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// All that a simulated chip holds, secrets included, as TOML. [changes nothing]
///
/// Of --bus sim or sim:FILE. `atecc608-sim serve --chip FILE` reads it. No real chip gives this.
#[derive(Debug, Args)]
pub(super) struct Dump {}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    toml: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.toml)
    }
}

impl Dump {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let tried = "the simulated chip was to be written down";
        let (_, chip) = super::opened(&super::kept(app, tried)?, tried)?;
        app.answer(&Answer { toml: description::dump(chip.eeprom()) })
    }
}
