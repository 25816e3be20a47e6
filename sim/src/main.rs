//! The simulated chip as a program; see the README.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;

use atecc608_sim::chip::Executed;
use atecc608_sim::server::{self, Options};
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip};
use clap::{Args, Parser, Subcommand};

/// A Microchip ATECC608A secure element in software.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve one I2C bus with one chip over TCP; every connection is a bus master.
    Serve(Serve),
}

#[derive(Args)]
struct Serve {
    /// Address to listen on; port 0 takes a free one and prints it.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:6080")]
    listen: SocketAddr,

    /// File that keeps the chip's EEPROM; it is created if there is none.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// What a blank chip's serial number and random numbers are made from.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Let the host's clock move the chip, instead of delays and bits alone.
    #[arg(long)]
    real_time: bool,

    /// Log every command the chip executes to standard error.
    #[arg(long)]
    verbose: bool,
}

fn main() -> ExitCode {
    let Command::Serve(options) = Cli::parse().command;
    match serve(options) {
        Ok(never) => match never {},
        Err(error) => {
            eprintln!("atecc608-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(options: Serve) -> Result<core::convert::Infallible, Box<dyn std::error::Error>> {
    let bus = if options.real_time { Bus::real_time() } else { Bus::new() };
    let mut state = options.state.map(StateFile::lock).transpose()?;
    let chip = match &mut state {
        Some(state) => state.chip(options.seed)?,
        None => Chip::blank(options.seed),
    };
    let id = bus.add(chip);
    let mut logged = None;
    let after_each = move |bus: &Bus| {
        bus.with_chip(id, |chip| {
            if options.verbose {
                let old = chip.executed().iter().rposition(|command| Some(command.start) <= logged);
                for command in &chip.executed()[old.map_or(0, |index| index + 1)..] {
                    log(command);
                    logged = Some(command.start);
                }
            }
            state.as_mut().map_or(Ok(()), |state| state.keep(chip.eeprom()))
        })
        .map_err(io::Error::other)
    };
    let listener = TcpListener::bind(options.listen)
        .map_err(|error| format!("cannot listen on {}: {error}", options.listen))?;
    println!("listening on {}", listener.local_addr()?);
    Err(server::serve(listener, bus, Options::new().after_each(after_each)).into())
}

fn log(executed: &Executed) {
    let Executed { opcode, p1, p2, outcome, start, duration } = executed;
    let (start, duration) = (start / 1_000, duration / 1_000);
    eprintln!("at {start} us, {duration} us: opcode {opcode:02X} p1 {p1:02X} p2 {p2:04X}: {outcome:?}");
}
