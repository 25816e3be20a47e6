//! `atecc config explain`.

use std::fmt;
use std::path::PathBuf;

use atecc608::Slot;
use atecc608::config::explain;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::command::why::SlotWhy;
use crate::failure::Failure;
use crate::files;
use crate::source::{Source, source};

/// What each slot is and permits: a row for a slot, a column for a command. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// A file, a preset or a chip; the chip of --bus if nothing is said.
    #[arg(default_value = "chip", value_parser = source)]
    source: Source,

    /// Writes a page for the browser instead of the table; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    /// What each slot permits after both locks.
    slots: Vec<SlotWhy>,
    #[serde(skip)]
    text: String,
}

/// Where the page is.
#[derive(Debug, Serialize)]
struct Page {
    html: String,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Written to {}", self.html)
    }
}

impl Explain {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let zone = self.source.alone(app)?;
        let explain = explain::Explain::new(&zone);
        let Some(path) = &self.html else {
            let slots = Slot::all().map(|slot| SlotWhy::new(&zone, slot)).collect();
            return app.answer(&Answer { slots, text: format!("{zone}\n\n{explain}") });
        };
        files::write(path, explain.html().to_string().as_bytes())?;
        if path.as_os_str() == "-" {
            return Ok(());
        }
        app.answer(&Page { html: path.display().to_string() })
    }
}
