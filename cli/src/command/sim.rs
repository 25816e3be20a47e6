//! `atecc sim`.

mod dump;
mod fresh;
mod path;
mod reset;
mod serve;

use std::path::{Path, PathBuf};

use atecc608_sim::preset::Preset;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip};
use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand};

use crate::app::App;
use crate::bus;
use crate::failure::{Failure, Kind};

/// Chips in software: new ones, where they are kept, one for several programs.
#[derive(Debug, Args)]
pub struct Sim {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    New(fresh::New),
    Reset(reset::Reset),
    Path(path::Path),
    Dump(dump::Dump),
    Serve(serve::Serve),
}

impl Sim {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        match &self.action {
            Action::New(new) => new.run(app),
            Action::Reset(reset) => reset.run(app),
            Action::Path(path) => path.run(app),
            Action::Dump(dump) => dump.run(app),
            Action::Serve(serve) => serve.run(app),
        }
    }
}

/// What a new chip is.
#[derive(Debug, Args)]
struct NewChip {
    /// A chip as people have it, locked and with keys; without it a blank one.
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Preset::ALL.map(Preset::name)))]
    preset: Option<String>,

    /// What its serial number, keys and random numbers are made from: the same for the same seed.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
}

impl NewChip {
    fn chip(&self) -> Chip {
        match self.preset.as_ref().and_then(|name| name.parse::<Preset>().ok()) {
            Some(preset) => preset.chip(self.seed),
            None => Chip::blank(self.seed),
        }
    }

    fn name(&self) -> &str {
        self.preset.as_deref().unwrap_or("blank")
    }
}

/// The file of the chip that `--bus` names; without it, of the one of `--bus sim`.
fn kept(app: &App, tried: &str) -> Result<PathBuf, Failure> {
    bus::kept(app.global().bus())?.ok_or_else(|| {
        Failure::new(
            Kind::Usage,
            tried,
            "--bus names no simulated chip that is kept",
            "write --bus sim, or sim:FILE",
        )
    })
}

/// The chip in a file that is there.
fn opened(file: &Path, tried: &str) -> Result<(StateFile, Chip), Failure> {
    if !file.exists() {
        let cause = format!("there is no {}", file.display());
        return Err(Failure::new(Kind::File, tried, cause, "`atecc sim new FILE` makes one"));
    }
    let of = |error| Failure::of_state(tried, &error);
    let mut state = StateFile::lock(file).map_err(of)?;
    let chip = state.chip(0).map_err(of)?;
    Ok((state, chip))
}

/// A chip's serial number, without its keys.
fn serial(chip: &Chip) -> String {
    let config = chip.eeprom().config();
    crate::parse::hex(&[&config[..4], &config[8..13]].concat())
}

/// A bus with this chip alone.
fn alone(chip: Chip) -> Bus {
    let bus = Bus::new();
    bus.add(chip);
    bus
}
