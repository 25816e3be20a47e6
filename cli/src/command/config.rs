//! `atecc config`.

mod apply;
mod diff;
mod explain;
mod lint;
mod plan;
mod read;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::failure::Failure;
pub(crate) use diff::Differences;
pub(crate) use lint::Linted;
pub(crate) use plan::Planned;

/// The 128 bytes that are locked for ever: read, check, explain, write, compare.
///
/// A configuration is named by a file (128 bytes in any form that people post, or TOML; `-` is standard input), a preset
/// (factory, tngtls, tflxtls, gcp, x509), `chip` for the chip of --bus, or another place of a chip (sim:tngtls).
#[derive(Debug, Args)]
pub struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Read(read::Read),
    Lint(lint::Lint),
    Explain(explain::Explain),
    Plan(plan::Plan),
    Apply(apply::Apply),
    Diff(diff::Diff),
}

impl Config {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.verb {
            Verb::Read(read) => read.run(app),
            Verb::Lint(lint) => lint.run(app),
            Verb::Explain(explain) => explain.run(app),
            Verb::Plan(plan) => plan.run(app),
            Verb::Apply(apply) => apply.run(app),
            Verb::Diff(diff) => diff.run(app),
        }
    }
}
