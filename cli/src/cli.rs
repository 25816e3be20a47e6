//! The command line.

use atecc608::Address;
use clap::{Args, Parser, Subcommand};

use crate::app::App;
use crate::failure::Failure;

/// The ATECC608 secure element from the command line.
///
/// Without a chip: --bus sim.
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
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "For every command")]
pub struct Global {
    /// Where the chip is: /dev/i2c-1; sim (a chip in software that is kept), sim:FILE (kept in this file), sim:tngtls (new
    /// each time, as people have it), sim: (new and blank each time); tcp:HOST:PORT. Without it, the only I2C bus of this
    /// machine that can have a chip.
    #[arg(long, global = true, env = "ATECC608_BUS", value_name = "BUS")]
    pub bus: Option<String>,

    /// The chip's 7-bit I2C address; without it 0x60, 0x35 and 0x36 are tried.
    #[arg(long, global = true, value_name = "ADDRESS", value_parser = crate::bus::address)]
    pub address: Option<Address>,

    /// The longest write in bytes that the I2C adapter takes; longer commands go in pieces. Without it, what is known of
    /// the adapter.
    #[arg(long, global = true, value_name = "BYTES", value_parser = clap::value_parser!(u8).range(8..))]
    pub max_write: Option<u8>,

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

impl Global {
    /// What `--bus` or the environment says. An empty variable is none.
    pub(crate) fn bus(&self) -> Option<&str> {
        self.bus.as_deref().filter(|bus| !bus.is_empty())
    }
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
                $variant(crate::command::$module::$variant),
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
    "scan" Scan scan;
    "info" Info info;
    "random" Random random;
    "selftest" Selftest selftest;
    "config" Config config;
    "lock" Lock lock;
    "provision" Provision provision;
    "key" Key key;
    "sign" Sign sign;
    "verify" Verify verify;
    "slot" Slots slot;
    "counter" Counter counter;
    "csr" Csr csr;
    "cert" Cert cert;
    "tng" Tng tng;
    "jwt" Jwt jwt;
    "mac" Mac mac;
    "hmac" Hmac hmac;
    "ecdh" Ecdh ecdh;
    "aes" Aes aes;
    "update" Update update;
    "why" Why why;
    "doctor" Doctor doctor;
    "bench" Bench bench;
    "sim" Sim sim;
    "completions" Completions completions;
    "man" Man man;
}
