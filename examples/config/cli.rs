//! The command line.

use atecc608::{Address, Slot};
use atecc608_config::Preset;
use clap::{Args, Parser, Subcommand};
use std::io::Write as _;
use std::path::PathBuf;

/// Checks and explains configurations of ATECC608 chips. Never writes to a chip.
#[derive(Debug, Parser)]
#[command(name = "config", version)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Lists mistakes and surprises; ends with status 1 if there are errors.
    Lint {
        #[command(flatten)]
        source: Source,
    },
    /// Shows what each slot permits: one row a slot, one column a command.
    Explain {
        #[command(flatten)]
        source: Source,
        /// Writes an HTML page instead of the table.
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Shows what writing and locking would do to a chip; ends with status 1 if lint finds errors.
    Plan {
        #[command(flatten)]
        wanted: Wanted,
        #[command(flatten)]
        present: Present,
    },
    /// Says what one slot permits after both locks, and why it does not permit the rest.
    Why {
        /// The slot, 0 to 15.
        #[arg(value_parser = slot)]
        slot: Slot,
        #[command(flatten)]
        source: Source,
    },
}

/// Where a configuration comes from.
#[derive(Debug, Args)]
pub(crate) struct Source {
    /// A file: 128 bytes in any form (binary, hex, lists of a language, dumps, XML of Microchip's tools), or TOML with
    /// `config`, `preset` or `slots`. Without the chip's own first 16 bytes, 112 will do.
    #[arg(required_unless_present_any = ["preset", "i2c"], conflicts_with_all = ["preset", "i2c"])]
    pub(crate) file: Option<PathBuf>,

    /// A preset: factory, tngtls, tflxtls, gcp.
    #[arg(long, value_name = "NAME", conflicts_with = "i2c")]
    pub(crate) preset: Option<Preset>,

    /// A chip on a Linux I2C bus (100 kHz), such as /dev/i2c-1; or a simulated one: sim:tngtls (a preset), sim:./FILE,
    /// tcp:HOST:PORT. It is only read.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) i2c: Option<String>,

    /// The chip's 7-bit I2C address. If it is not given, 0x60, 0x35 and 0x36 are tried.
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "i2c")]
    pub(crate) address: Option<Address>,
}

/// What a chip should hold.
#[derive(Debug, Args)]
pub(crate) struct Wanted {
    /// A file, as for lint. The chip's own bytes (0 to 15 and 84 to 87) are taken from the chip.
    #[arg(required_unless_present = "preset", conflicts_with = "preset")]
    pub(crate) file: Option<PathBuf>,

    /// A preset: factory, tngtls, tflxtls, gcp.
    #[arg(long, value_name = "NAME")]
    pub(crate) preset: Option<Preset>,
}

/// What a chip holds now; a blank one if nothing is said.
#[derive(Debug, Args)]
pub(crate) struct Present {
    /// The chip's present bytes from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "i2c")]
    pub(crate) present: Option<PathBuf>,

    /// The chip on a Linux I2C bus (100 kHz), such as /dev/i2c-1; or a simulated one: sim:tngtls (a preset), sim:./FILE,
    /// tcp:HOST:PORT. It is only read.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) i2c: Option<String>,

    /// The chip's 7-bit I2C address. If it is not given, 0x60, 0x35 and 0x36 are tried.
    #[arg(long, value_name = "ADDRESS", value_parser = address, requires = "i2c")]
    pub(crate) address: Option<Address>,
}

fn slot(text: &str) -> Result<Slot, String> {
    text.parse().ok().and_then(Slot::new).ok_or_else(|| "a slot is 0 to 15".into())
}

fn address(text: &str) -> Result<Address, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => text.parse(),
    };
    let number = number.map_err(|_| String::from("no number; the chip's default is 0x60"))?;
    let meant = Address::meant_by_8bit(number);
    match (Address::from_7bit(number), meant) {
        (Some(address), None) => Ok(address),
        (Some(address), Some(meant)) => {
            // A chip may have been moved there.
            let _ = writeln!(
                std::io::stderr(),
                "note: {address} is the 8-bit form of {meant} as well; if no chip answers, try that"
            );
            Ok(address)
        }
        (None, Some(meant)) => Err(format!("this is the 8-bit form; the 7-bit address is {meant}")),
        (None, None) => Err("a 7-bit address is 0x08 to 0x77".into()),
    }
}
