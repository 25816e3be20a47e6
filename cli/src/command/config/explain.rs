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
    written: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", if self.written { "Written" } else { "Would be written" }, self.html)
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
        let page = explain.html().to_string();
        if path.as_os_str() == "-" {
            // With --json there is one object on standard output, and nothing else.
            return match app.json() {
                true => app.answer(&Page { html: page, written: false }),
                false => app.bytes(page.as_bytes()),
            };
        }
        let written = !app.dry_run();
        if written {
            files::write(path, page.as_bytes())?;
        }
        app.answer(&Page { html: path.display().to_string(), written })
    }
}
