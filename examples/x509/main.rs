//! A certificate for the key in a chip: from a blank chip to a chain that verifies.
//!
//! A certificate authority in this program (a root and a signer) issues the certificate, on a simulated chip:
//!
//! ```text
//! cargo run --example x509
//! cargo run --example x509 -- --json
//! ```
//!
//! The chain of a Trust&GO chip, which has its certificates from the factory; a simulated one, a real one whose public data is
//! published, or the one on your board:
//!
//! ```text
//! cargo run --example x509 -- --tng
//! cargo run --example x509 -- --tng --published
//! cargo run --example x509 -- --tng --i2c /dev/i2c-1
//! ```
//!
//! `--i2c` takes simulated chips as well: `sim:./FILE`, `sim:tngtls`, `tcp:HOST:PORT`.
//!
//! Ends with status 1 if something fails, 2 if the command line is wrong.

mod authority;
mod chip;
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
    match (options.tng, &options.i2c) {
        (false, None) => own::run(&mut chip::blank(), chip::Locking::Allowed),
        (true, None) => trust::run_simulated(options.published),
        (_, Some(location)) => chip::at(location, options),
    }
}
