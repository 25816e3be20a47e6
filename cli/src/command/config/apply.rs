//! `atecc config apply`.

use std::fmt;

use atecc608::config::preset;
use clap::Args;
use serde::Serialize;

use super::diff::Differences;
use super::lint::Linted;
use super::plan::planned;
use crate::app::App;
use crate::failure::{Failure, Kind};
use crate::source::{Source, source};

/// Writes a configuration to the chip, and reads it back. Locks nothing. [can be undone]
#[derive(Debug, Args)]
pub(super) struct Apply {
    /// What the chip should hold: a file or a preset. The chip's own bytes (0 to 15 and 84 to 87) stay.
    #[arg(value_parser = source)]
    source: Source,

    /// Writes it although lint finds errors.
    #[arg(long)]
    despite_lint: bool,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    serial: String,
    written: bool,
    #[serde(flatten)]
    differences: Differences,
    #[serde(skip)]
    dry_run: bool,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let serial = &self.serial;
        if self.differences.is_empty() {
            return write!(f, "Chip {serial} holds this configuration already: nothing was written");
        }
        let done = if self.dry_run { "would be written" } else { "was written and read back" };
        writeln!(f, "{}", self.differences)?;
        write!(
            f,
            "The configuration of chip {serial} {done}. It is not locked: `atecc lock config` does that, for ever"
        )
    }
}

impl Apply {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let present = app.ask("the chip's configuration was read", |chip| chip.read_config())?;
        let given = self.source.read(app, &present)?;
        let wanted = preset::on_chip(given.as_bytes(), &present);
        let differences = Differences::new(&present, &wanted, "before", "now");
        let serial = present.serial_number().to_string();
        let dry_run = app.dry_run();
        if differences.is_empty() {
            return app.answer(&Answer { serial, written: false, differences, dry_run });
        }
        planned(&present, &wanted)?;
        let linted = Linted::new(&given);
        if linted.errors > 0 && !self.despite_lint {
            return Err(Failure::new(
                Kind::No,
                format!("{} was to be written to chip {serial}", self.source),
                format!("lint found errors; nothing was written\n{linted}"),
                "correct it; --despite-lint writes it all the same",
            ));
        }
        if !dry_run {
            app.ask(format!("{} was written to chip {serial}", self.source), |chip| {
                chip.write_config(&wanted)
            })?;
            if let (Some(old), Some(new)) = (present.i2c_address(), wanted.i2c_address())
                && old != new
            {
                app.note(format_args!("from now on the chip answers at {new}, no longer at {old}"));
            }
        }
        app.answer(&Answer { serial, written: !dry_run, differences, dry_run })
    }
}
