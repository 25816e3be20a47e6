//! A certificate for the key in a chip: from a blank chip to a chain that verifies.
//!
//! A certificate authority in this program (a root and a signer) issues the certificate, on a simulated chip:
//!
//! ```text
//! cargo run --example x509
//! cargo run --example x509 -- --json
//! ```
//!
//! The chain of a Trust&GO chip, which has its certificates from the factory; a simulated one, or a real one whose public
//! data is published:
//!
//! ```text
//! cargo run --example x509 -- --tng
//! cargo run --example x509 -- --tng --published
//! ```
//!
//! With the chip on your board the tool `atecc` does the same: `atecc cert`, `atecc tng`.
//!
//! Ends with status 1 if something fails, 2 if the command line is wrong.

mod authority;
mod cli;
mod own;
mod report;
mod trust;

use clap::Parser;
use cli::Options;
use report::Report;
use std::io::Write;
use std::process::ExitCode;

/// Whatever went wrong, in words.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let options = Options::parse();
    // Unlike `println!`, neither panics when nobody reads any more.
    match run(&options) {
        Ok(report) if options.json => {
            let _ = writeln!(std::io::stdout(), "{}", report.json());
            ExitCode::SUCCESS
        }
        Ok(report) => {
            let _ = write!(std::io::stdout(), "{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<Report, Failure> {
    if options.tng { trust::run(options.published) } else { own::run(&mut testkit::demo::blank_chip().1) }
}
