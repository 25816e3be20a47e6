//! The command line.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::ValueExt as _;

const HELP: &str = "\
A station gives each of many chips a key and a certificate, and writes down what it did.

Without options it provisions 100 simulated chips, some of which fail, and keeps nothing.

Usage: fleet [OPTIONS]

      --chips <N>               So many simulated chips, 1 to 100000 [default: 100]
      --failures <PERCENT>      How many of the tries meet with a mishap: contact lost, brown-out, noise, a wrong chip,
                                the signer fails; and one chip in 20 of these is dead for good [default: 10]
      --tries <N>               How often a chip may fail before it is given up [default: 8]
      --seed <N>                Seed of the chips and their mishaps [default: 1]
      --signer <software|chip>  Where the signer's key is: in a file, or in a (simulated) chip of its own
                                [default: software]
      --csr                     Has each chip sign a request (CSR), instead of asking for its public key
      --out <DIR>               Keeps everything in this folder: report.jsonl, manifest.json, devices.csv, devices.jsonl,
                                certificates/*.pem, ca/*.pem, and the simulated chips. If there is a report, goes on
                                where that ends
      --operator <NAME>         Who works, for the report [default: the user]
      --json                    Prints one JSON object instead of the summary
  -h, --help                    Prints this
  -V, --version                 Prints the version

Real chips are for `atecc provision`: `cargo run -p atecc608-cli -- provision --help`
";

/// Where the signer's key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signer {
    Software,
    Chip,
}

/// What the program is told.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) chips: u32,
    pub(crate) failures: u32,
    pub(crate) tries: u32,
    pub(crate) seed: u64,
    pub(crate) signer: Signer,
    pub(crate) csr: bool,
    pub(crate) out: Option<PathBuf>,
    pub(crate) operator: String,
    pub(crate) json: bool,
}

/// The options, or how the program ends.
pub(crate) fn parse() -> Result<Options, ExitCode> {
    match read(lexopt::Parser::from_env()) {
        Ok(Some(options)) => Ok(options),
        Ok(None) => Err(ExitCode::SUCCESS),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}\n`--help` says what there is");
            Err(ExitCode::from(2))
        }
    }
}

fn read(mut arguments: lexopt::Parser) -> Result<Option<Options>, lexopt::Error> {
    use lexopt::Arg::{Long, Short};

    let mut options = Options {
        chips: 100,
        failures: 10,
        tries: 8,
        seed: 1,
        signer: Signer::Software,
        csr: false,
        out: None,
        operator: std::env::var("USER").unwrap_or_else(|_| "nobody".to_owned()),
        json: false,
    };
    let shown = |text: std::fmt::Arguments<'_>| {
        let _ = std::io::stdout().write_fmt(text);
    };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("chips") => options.chips = number(&mut arguments, "--chips", 1, 100_000)?,
            Long("failures") => options.failures = number(&mut arguments, "--failures", 0, 100)?,
            Long("tries") => options.tries = number(&mut arguments, "--tries", 1, 1000)?,
            Long("seed") => options.seed = arguments.value()?.parse()?,
            Long("signer") => {
                options.signer = match arguments.value()?.string()?.as_str() {
                    "software" => Signer::Software,
                    "chip" => Signer::Chip,
                    other => return Err(format!("--signer {other}: software or chip").into()),
                };
            }
            Long("csr") => options.csr = true,
            Long("out") => options.out = Some(arguments.value()?.into()),
            Long("operator") => options.operator = arguments.value()?.string()?,
            Long("json") => options.json = true,
            Short('h') | Long("help") => {
                shown(format_args!("{HELP}"));
                return Ok(None);
            }
            Short('V') | Long("version") => {
                shown(format_args!("fleet {}\n", env!("CARGO_PKG_VERSION")));
                return Ok(None);
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn number(arguments: &mut lexopt::Parser, name: &str, least: u32, most: u32) -> Result<u32, lexopt::Error> {
    let number: u32 = arguments.value()?.parse()?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("{name} {number}: {least} to {most}").into())
    }
}
