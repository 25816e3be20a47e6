//! The command line.

use atecc608::Address;
use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::command::{info, key, random, sign, verify};
use crate::failure::Failure;

/// The ATECC608 secure element from the command line.
#[derive(Debug, Parser)]
#[command(name = "atecc", version, arg_required_else_help = true)]
pub struct Cli {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// What is to be done.
    #[command(subcommand)]
    pub command: Command,
}

/// What holds for every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "For every command")]
pub struct Global {
    /// Where the chip is: /dev/i2c-1, sim (a chip in software that is kept), sim:FILE, sim:tngtls, tcp:HOST:PORT.
    /// Without it, the I2C bus of this machine, if there is one.
    #[arg(long, global = true, env = "ATECC608_BUS", value_name = "BUS")]
    pub bus: Option<String>,

    /// The chip's 7-bit I2C address; without it 0x60, 0x35 and 0x36 are tried.
    #[arg(long, global = true, value_name = "ADDRESS", value_parser = crate::bus::address)]
    pub address: Option<Address>,

    /// Prints one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,

    /// Shows what would be written, and writes nothing.
    #[arg(long, global = true)]
    pub dry_run: bool,

    /// Agrees to what can't be undone, if the chip has this serial number; `sim` for any simulated chip. Without it the
    /// serial number has to be typed.
    #[arg(long, global = true, value_name = "SERIAL")]
    pub yes_serial: Option<String>,

    /// No progress, no notes: answers and errors only.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// A line for each command: its type in [`command`](crate::command), whose doc comment is its help.
macro_rules! commands {
    ($($name:literal $variant:ident $module:ident;)*) => {
        /// What is to be done.
        #[derive(Debug, Subcommand)]
        pub enum Command {
            $(
                #[allow(missing_docs, reason = "the type has them")]
                #[command(name = $name)]
                $variant($module::$variant),
            )*
        }

        impl Command {
            /// Its name, as `--json` tells it.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
                match self { $(Self::$variant(command) => command.run(app),)* }
            }
        }
    };
}

// In the order of the help.
commands! {
    "info" Info info;
    "random" Random random;
    "key" Key key;
    "sign" Sign sign;
    "verify" Verify verify;
}
