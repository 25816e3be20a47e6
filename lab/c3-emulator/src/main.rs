//! The emulator as a program; see the README.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atecc608_sim::chip::Eeprom;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, description};
use c3_emulator::line::{Line, Local, Remote};
use c3_emulator::{Console, Machine, Stop};
use clap::{Parser, ValueEnum};

/// Runs firmware for the ESP32-C3 with a simulated ATECC608A on its I2C bus.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// The firmware, as Cargo builds it.
    firmware: PathBuf,

    /// The chip on the bus.
    #[arg(long, value_enum, default_value_t = Kind::Blank, conflicts_with_all = ["toml", "bus"])]
    chip: Kind,

    /// The chip on the bus is the one that this TOML file describes, unless the state file holds one.
    #[arg(long, value_name = "FILE", conflicts_with = "bus")]
    toml: Option<PathBuf>,

    /// File that keeps the chip's EEPROM; it is created if there is none.
    #[arg(long, value_name = "FILE", conflicts_with = "bus")]
    state: Option<PathBuf>,

    /// What a new chip's serial number and random numbers are made from.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// The bus of a simulator that listens there, instead of one in this process.
    #[arg(long, value_name = "HOST:PORT")]
    bus: Option<String>,

    /// Stop with success when the program has printed a line with this text.
    #[arg(long, value_name = "TEXT")]
    until: Option<String>,

    /// Stop after so many seconds of virtual time.
    #[arg(long, value_name = "N", default_value_t = 60)]
    max_seconds: u64,

    /// Log to standard error what the program uses that is not modelled.
    #[arg(long)]
    verbose: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// As Microchip ships it.
    Blank,
    /// Both zones locked, with the factory's configuration.
    Locked,
    /// None: nothing answers.
    None,
}

impl Cli {
    fn line(&self) -> Result<Box<dyn Line>, Box<dyn Error>> {
        if let Some(address) = &self.bus {
            let remote = Remote::connect(address)
                .map_err(|error| format!("cannot reach a simulator at {address}: {error}"))?;
            return Ok(Box::new(remote));
        }
        let bus = Bus::new();
        let mut state = self.state.as_ref().map(StateFile::lock).transpose()?;
        if self.chip != Kind::None {
            let fresh = Chip::with_eeprom(self.eeprom()?);
            let chip = match &mut state {
                Some(state) => state.chip_or(|| fresh)?,
                None => fresh,
            };
            bus.add(chip);
        }
        Ok(Box::new(Local::new(&bus, state)))
    }

    fn eeprom(&self) -> Result<Eeprom, Box<dyn Error>> {
        if let Some(path) = &self.toml {
            return read_description(path);
        }
        let locked = self.chip == Kind::Locked;
        let text = format!("seed = {}\nconfig_locked = {locked}\ndata_locked = {locked}\n", self.seed);
        Ok(description::parse(&text)?)
    }
}

fn read_description(path: &Path) -> Result<Eeprom, Box<dyn Error>> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(description::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("c3-emulator: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Box<dyn Error>> {
    let console = Console::new(io::stdout(), io::stdin().lock(), cli.until.clone());
    let mut machine = Machine::new(&cli.firmware, console, cli.line()?, cli.verbose)?;
    let stop = machine.run(cli.max_seconds);
    let (millis, instructions, pc) = (machine.nanos() / 1_000_000, machine.instructions(), machine.pc());
    eprintln!("c3-emulator: after {millis} ms and {instructions} instructions, at 0x{pc:08X}: {stop}");
    Ok(ExitCode::from(match stop {
        Stop::Found => 0,
        Stop::Asleep => 3,
        Stop::TimeOver => 4,
        Stop::Reset => 6,
        _ => 5,
    }))
}
