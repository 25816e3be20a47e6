//! `atecc config lint`.

use std::fmt;

use atecc608::config::ConfigZone;
use atecc608::config::lint::{Finding, Severity};
use atecc608_config::layout;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use crate::source::{Source, source};

/// Lists mistakes and surprises; ends with exit code 1 if there are errors. [changes nothing]
#[derive(Debug, Args)]
pub(super) struct Lint {
    /// A file, a preset or a chip; the chip of --bus if nothing is said.
    #[arg(default_value = "chip", value_parser = source)]
    source: Source,
}

/// What lint says of a configuration; first of all what the table is, if it is not what it seems.
#[derive(Debug, Serialize)]
pub(crate) struct Linted {
    first_of_all: Option<String>,
    pub(crate) errors: usize,
    warnings: usize,
    notices: usize,
    findings: Vec<Found>,
    #[serde(skip)]
    text: String,
}

#[derive(Debug, Serialize)]
struct Found {
    severity: String,
    kind: String,
    slot: Option<u8>,
    first_byte: u8,
    last_byte: u8,
    field: &'static str,
    reason: String,
    help: String,
}

impl Linted {
    pub(crate) fn new(zone: &ConfigZone) -> Self {
        let count = |severity| zone.lint().filter(|finding| finding.severity == severity).count();
        Self {
            first_of_all: first_of_all(zone),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notices: count(Severity::Notice),
            findings: zone.lint().map(|finding| Found::new(&finding)).collect(),
            text: zone.lint().to_string(),
        }
    }
}

impl Linted {
    /// How many errors.
    pub(crate) fn in_words(&self) -> String {
        format!("{} error{}", self.errors, if self.errors == 1 { "" } else { "s" })
    }
}

/// What all else hangs on, if the table is not what it seems.
pub(super) fn first_of_all(zone: &ConfigZone) -> Option<String> {
    layout::verdict(zone).map(|verdict| verdict.to_string())
}

impl Found {
    fn new(finding: &Finding) -> Self {
        let (first_byte, last_byte) = finding.bytes().into_inner();
        Self {
            severity: finding.severity.to_string(),
            kind: format!("{:?}", finding.kind),
            slot: finding.slot.map(|slot| slot.number()),
            first_byte,
            last_byte,
            field: ConfigZone::field_name(first_byte),
            reason: finding.reason().to_string(),
            help: finding.help().to_string(),
        }
    }
}

impl fmt::Display for Linted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(first) = &self.first_of_all {
            writeln!(f, "{first}")?;
        }
        f.write_str(&self.text)
    }
}

impl Lint {
    pub(super) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let linted = Linted::new(&self.source.alone(app)?);
        app.answer(&linted)?;
        match linted.errors {
            0 => Ok(()),
            _ => Err(Failure::no("lint found errors: do not lock this")),
        }
    }
}
