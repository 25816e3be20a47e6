#![doc = include_str!("../README.md")]
#![cfg(target_os = "linux")]
//! # Layout
//!
//! [`main`] reads the command line ([`cli`]) and runs one command ([`command`], a file each) with an [`App`]: the chip,
//! the answer's form, consent, progress. Whatever fails is a [`Failure`], which has its exit code.

mod advice;
pub mod app;
mod bus;
mod certificates;
pub mod cli;
pub mod command;
mod consent;
mod failure;
pub mod files;
mod out;
mod output;
mod parse;
mod password;
mod progress;
mod public_key;
mod refusal;
mod secret;
mod signature;
mod slots;
mod source;

use std::process::ExitCode;

pub use app::App;
use clap::Parser as _;
pub use consent::Consent;
pub use failure::{Failure, Kind};
pub use refusal::Refusable;

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            return output::misread(&error, std::env::args_os().any(|argument| argument == "--json"));
        }
    };
    let mut app = App::new(cli.global);
    let result = cli.command.run(&mut app);
    app.end(cli.command.name(), result)
}
