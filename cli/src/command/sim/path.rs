//! `atecc sim path`.

use std::fmt;

use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// The file in which the chip of --bus sim is kept. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Path {}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    path: String,
    /// Whether there is a chip yet: the first command with --bus sim makes it.
    exists: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl Path {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let file = super::kept(app, "the file of the simulated chip was looked for")?;
        app.answer(&Answer { path: file.display().to_string(), exists: file.exists() })
    }
}
