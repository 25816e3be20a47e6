//! The bus and the chip on it, as the options of `serve` and `run` ask for them.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use atecc608_sim::chip::{Eeprom, PastTheEnd, PulseWhileAwake, Silicon};
use atecc608_sim::description;
use atecc608_sim::preset::{Preset, UnknownPreset};
use atecc608_sim::server::Options;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip, ChipId};
use clap::Args;

use crate::log::Log;

/// What `serve` and `run` have in common.
#[derive(Args)]
pub(crate) struct ChipOptions {
    /// File that keeps the chip's EEPROM; it is created if there is none.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// What a new chip's serial number, keys and random numbers are made from.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Start from the chip that this TOML file describes, unless the state file holds one already.
    #[arg(long, value_name = "FILE", conflicts_with = "seed")]
    chip: Option<PathBuf>,

    /// Start from a chip as people have it, locked and with keys, unless the state file holds one already:
    /// tngtls, tngtls-legacy and tngtls-published (at 0x35), tflxtls (at 0x36), tnglora and tngact (at 0x59), demo-signer
    /// (at 0x62), arduino, helium, nerveskey, nerveskey-volatile.
    #[arg(long, value_name = "NAME", conflicts_with = "chip")]
    preset: Option<Preset>,

    /// Another chip on the same bus, of this preset and after a comma this seed (0 if not given). May be repeated. It
    /// is in no state file: every start makes it anew.
    #[arg(long, value_name = "NAME[,SEED]", value_parser = also)]
    also: Vec<(Preset, u64)>,

    /// What a wake pulse does to a chip that is awake: "ignored", or "responds": the next read then gives
    /// 04 11 33 43.
    #[arg(long, value_name = "WHAT", default_value = "ignored", value_parser = pulse_while_awake)]
    awake_pulse: PulseWhileAwake,

    /// What a read gives past the end of a response: "ones" (0xFF), or "repeats": the response again.
    #[arg(long, value_name = "WHAT", default_value = "ones", value_parser = past_the_end)]
    past_the_end: PastTheEnd,

    /// Let the host's clock move the chip, instead of delays and bits alone.
    #[arg(long)]
    pub(crate) real_time: bool,

    /// Log every command the chip executes to standard error.
    #[arg(long)]
    verbose: bool,
}

impl ChipOptions {
    /// A bus with the chip on it, and what a server of it has to do after each operation.
    pub(crate) fn start(self) -> Result<(Bus, Options), Box<dyn Error>> {
        let bus = if self.real_time { Bus::real_time() } else { Bus::new() };
        let mut state = self.state.map(StateFile::lock).transpose()?;
        let fresh = match (&self.chip, self.preset) {
            (Some(path), _) => Chip::with_eeprom(read_description(path)?),
            (None, Some(preset)) => preset.chip(self.seed),
            (None, None) => Chip::blank(self.seed),
        };
        let chip = match &mut state {
            Some(state) => state.chip_or(|| fresh)?,
            None => fresh,
        };
        let silicon = Silicon { pulse_while_awake: self.awake_pulse, past_the_end: self.past_the_end };
        let others = self.also.iter().map(|(preset, seed)| preset.chip(*seed));
        let chips: Vec<Chip> = [chip].into_iter().chain(others).collect();
        distinct(&chips)?;
        let mut logs: Vec<Log> =
            chips.into_iter().map(|chip| Log::new(&bus, chip.with_silicon(silicon))).collect();
        let after_each = move |bus: &Bus| {
            if self.verbose {
                logs.iter_mut().for_each(|log| log.go_on(bus));
            }
            let keep = |chip: &mut Chip| state.as_mut().map_or(Ok(()), |state| state.keep(chip.eeprom()));
            bus.with_chip(ChipId::FIRST, keep).map_err(io::Error::other)
        };
        Ok((bus, Options::new().after_each(after_each)))
    }
}

fn also(text: &str) -> Result<(Preset, u64), String> {
    let (name, seed) = text.split_once(',').unwrap_or((text, "0"));
    let preset = name.parse().map_err(|error: UnknownPreset| error.to_string())?;
    let seed = seed.parse().map_err(|_| format!("{seed:?} is no seed"))?;
    Ok((preset, seed))
}

/// Chips with one address would talk at the same time.
fn distinct(chips: &[Chip]) -> Result<(), String> {
    let addresses: Vec<u8> = chips.iter().map(|chip| chip.eeprom().config()[16] >> 1).collect();
    for (index, address) in addresses.iter().enumerate() {
        if addresses[..index].contains(address) {
            return Err(format!("there is more than one chip at {address:#04x}"));
        }
    }
    Ok(())
}

fn pulse_while_awake(what: &str) -> Result<PulseWhileAwake, &'static str> {
    match what {
        "ignored" => Ok(PulseWhileAwake::Ignored),
        "responds" => Ok(PulseWhileAwake::Responds),
        _ => Err("it is ignored or responds"),
    }
}

fn past_the_end(what: &str) -> Result<PastTheEnd, &'static str> {
    match what {
        "ones" => Ok(PastTheEnd::Ones),
        "repeats" => Ok(PastTheEnd::Repeats),
        _ => Err("there are ones or repeats"),
    }
}

fn read_description(path: &Path) -> Result<Eeprom, Box<dyn Error>> {
    let text =
        fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(description::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// What a state file holds, as TOML.
pub(crate) fn dump(path: PathBuf) -> Result<String, Box<dyn Error>> {
    if !path.exists() {
        return Err(format!("there is no state file {}", path.display()).into());
    }
    Ok(description::dump(StateFile::lock(path)?.chip(0)?.eeprom()))
}
