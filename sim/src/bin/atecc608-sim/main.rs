//! The simulated chip as a program; see the README.

#[cfg(target_os = "linux")]
mod adapter_options;
mod chain;
mod chip_options;
mod log;
#[cfg(target_os = "linux")]
mod run;

use std::convert::Infallible;
use std::error::Error;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use atecc608_sim::server;
use clap::{Args, Parser, Subcommand};

use chip_options::ChipOptions;

/// A Microchip ATECC608A secure element in software.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve one I2C bus with a chip over TCP; every connection is a bus master.
    Serve(Serve),
    /// Print the chip in a state file as TOML, secrets included.
    Dump {
        /// The state file.
        state: PathBuf,
    },
    /// Print the certificates of a preset's chip as PEM, its own first, the demo root's last.
    Chain(chain::Chain),
    /// Run a program that finds one I2C bus with a chip on it at /dev/i2c-N.
    #[cfg(target_os = "linux")]
    Run(run::Run),
}

#[derive(Args)]
struct Serve {
    /// Address to listen on; port 0 takes a free one and prints it.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:6080")]
    listen: SocketAddr,

    #[command(flatten)]
    chip: ChipOptions,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(options) => serve(options).map(|never| match never {}),
        Command::Dump { state } => chip_options::dump(state).map(|text| {
            print!("{text}");
            ExitCode::SUCCESS
        }),
        Command::Chain(options) => chain::text(&options).map(|text| {
            print!("{text}");
            ExitCode::SUCCESS
        }),
        #[cfg(target_os = "linux")]
        Command::Run(options) => run::run(options),
    };
    result.unwrap_or_else(|error| {
        eprintln!("atecc608-sim: {error}");
        ExitCode::FAILURE
    })
}

fn serve(options: Serve) -> Result<Infallible, Box<dyn Error>> {
    let (bus, hooks) = options.chip.start()?;
    let listener = TcpListener::bind(options.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    println!("listening on {}", listener.local_addr()?);
    Err(server::serve(listener, bus, hooks).into())
}
