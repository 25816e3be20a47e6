//! A configuration, checked and explained before it is locked for ever.
//!
//! ```text
//! cargo run --example config -- lint --preset gcp
//! cargo run --example config -- explain my-config.toml --html page.html
//! cargo run --example config -- why 5 my-config.toml
//! cargo run --example config -- plan my-config.toml --i2c /dev/i2c-1
//! ```
//!
//! Nothing is ever written to a chip. Ends with status 1 if lint finds errors, 2 if the question itself is
//! wrong.

mod cli;
mod input;
mod why;

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use atecc608::config::ConfigZone;
use atecc608::config::explain::Explain;
use atecc608::config::plan::Plan;
use atecc608_config::layout;
use clap::Parser;

use cli::{Command, Options};
use why::Why;

fn main() -> ExitCode {
    match run(&Options::parse().command) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::from(1),
        Err(error) => {
            // Unlike `eprintln!`, does not panic when nobody reads any more.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Prints the answer and gives the number of errors that lint found.
fn run(command: &Command) -> Result<usize, String> {
    match command {
        Command::Lint { source } => {
            let zone = input::read(source)?;
            first_of_all(&zone);
            print(&zone.lint());
            Ok(zone.lint_errors())
        }
        Command::Explain { source, html } => {
            explain(&input::read(source)?, html.as_deref())?;
            Ok(0)
        }
        Command::Plan { wanted, present } => {
            let present = input::present(present)?;
            let (given, wanted) = input::wanted(wanted, &present)?;
            first_of_all(&given);
            let plan = Plan::new(&present, &wanted).map_err(|error| error.to_string())?;
            print(&plan);
            Ok(plan.errors())
        }
        Command::Why { slot, source } => {
            print(&Why(&input::read(source)?, *slot));
            Ok(0)
        }
    }
}

/// What all else hangs on, if the table is not what it seems.
fn first_of_all(zone: &ConfigZone) {
    if let Some(verdict) = layout::verdict(zone) {
        print(&verdict);
    }
}

fn explain(zone: &ConfigZone, html: Option<&std::path::Path>) -> Result<(), String> {
    let explain = Explain::new(zone);
    let Some(path) = html else {
        print(&format_args!("{zone}\n\n{explain}"));
        return Ok(());
    };
    std::fs::write(path, explain.html().to_string())
        .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
    print(&format_args!("Written to {}", path.display()));
    Ok(())
}

/// As `println!`, but who reads may stop in the middle.
fn print(text: &dyn Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
