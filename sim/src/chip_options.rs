//! The bus and the chip on it, as the options of `serve` and `run` ask for them.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use atecc608_sim::chip::Executed;
use atecc608_sim::server::Options;
use atecc608_sim::state::StateFile;
use atecc608_sim::{Bus, Chip};
use clap::Args;

/// What `serve` and `run` have in common.
#[derive(Args)]
pub(crate) struct ChipOptions {
    /// File that keeps the chip's EEPROM; it is created if there is none.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// What a blank chip's serial number and random numbers are made from.
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

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
        let chip = match &mut state {
            Some(state) => state.chip(self.seed)?,
            None => Chip::blank(self.seed),
        };
        let id = bus.add(chip);
        let mut logged = None;
        let after_each = move |bus: &Bus| {
            bus.with_chip(id, |chip| {
                if self.verbose {
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
        Ok((bus, Options::new().after_each(after_each)))
    }
}

fn log(executed: &Executed) {
    let Executed { opcode, p1, p2, outcome, start, duration } = executed;
    let (start, duration) = (start / 1_000, duration / 1_000);
    eprintln!("at {start} us, {duration} us: opcode {opcode:02X} p1 {p1:02X} p2 {p2:04X}: {outcome:?}");
}
