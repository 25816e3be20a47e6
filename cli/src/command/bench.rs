//! `atecc bench`.

mod meter;
mod rounds;

use std::fmt;

use atecc608::Slot;
use atecc608_linux::{Adapter, Location, adapters};
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;
use meter::{Meter, Samples};

/// How long this bus and this chip need for each command. [changes nothing]
///
/// Beside the time: what of it is on the wire, bytes, how often the chip was asked in vain while it was busy, and how long it is
/// allowed to take. Only commands that leave the chip as it is are run.
#[derive(Debug, Args)]
pub struct Bench {
    /// How often each is run.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=1000))]
    rounds: u16,

    /// The slot of the key that signs; without it the first whose key may.
    #[arg(long, value_name = "SLOT", value_parser = crate::parse::slot)]
    slot: Option<Slot>,
}

/// The answer.
#[derive(Debug, Serialize)]
struct Answer {
    bus: String,
    address: String,
    /// simulated: the time that the simulator lets pass, the same at every run; or real.
    time: Time,
    /// The bus's speed, if it is known.
    khz: Option<u32>,
    rounds: u16,
    commands: Vec<Row>,
    left_out: Vec<LeftOut>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Time {
    Simulated,
    Real,
}

#[derive(Debug, Serialize)]
struct Row {
    command: &'static str,
    shortest_us: u64,
    median_us: u64,
    longest_us: u64,
    /// Of the median: on the wire, if the speed is known.
    wire_us: Option<u64>,
    /// Of one run, address bytes included.
    bytes: u64,
    /// Of one run: asked while the chip was busy, or woken.
    unanswered: u64,
    /// The longest that the chip may take, as the driver waits at the fastest clock divider.
    allowed_us: Option<u32>,
}

#[derive(Debug, Serialize)]
struct LeftOut {
    command: &'static str,
    why: String,
}

/// Milliseconds with one digit.
struct Ms(u64);

impl fmt::Display for Ms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 + 50) / 100;
        f.pad(&format!("{}.{}", tenths / 10, tenths % 10))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bus, address, time, khz, rounds, commands, left_out } = self;
        let khz = khz.map(|khz| format!(" at {khz} kHz")).unwrap_or_default();
        let time = match time {
            Time::Simulated => "simulated time",
            Time::Real => "real time",
        };
        writeln!(f, "chip at {address} on {bus}{khz}; each {rounds} times, in ms of {time}\n")?;
        writeln!(f, "command            shortest  median longest    wire   bytes in vain allowed")?;
        for row in commands {
            let wire = row.wire_us.map(|us| Ms(us).to_string()).unwrap_or_default();
            let allowed = row.allowed_us.map(|us| Ms(us.into()).to_string()).unwrap_or_default();
            let line = format!(
                "{:<18} {:>8} {:>7} {:>7} {wire:>7} {:>7} {:>7} {allowed:>7}",
                row.command,
                Ms(row.shortest_us),
                Ms(row.median_us),
                Ms(row.longest_us),
                row.bytes,
                row.unanswered,
            );
            writeln!(f, "{}", line.trim_end())?;
        }
        for LeftOut { command, why } in left_out {
            writeln!(f, "{command:<18} not measured: {why}")?;
        }
        Ok(())
    }
}

impl Bench {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let (bus, chip) = (app.bus()?, app.chip()?);
        let zone = app.ask("the configuration was read", |chip| chip.read_config())?;
        let progress = app.progress(self.rounds.into(), "rounds");
        let mut meter = Meter::new(chip.clone());
        for _ in 0..self.rounds {
            app.ask("the chip's commands were measured", |chip| {
                rounds::run(chip, &mut meter, &zone, self.slot)
            })?;
            progress.step("");
        }
        drop(progress);
        let khz = khz(chip.location());
        let (samples, left_out) = meter.finish();
        app.answer(&Answer {
            bus,
            address: chip.address().to_string(),
            time: if chip.simulated_bus().is_some() { Time::Simulated } else { Time::Real },
            khz,
            rounds: self.rounds,
            commands: samples.into_iter().map(|samples| row(samples, khz)).collect(),
            left_out: left_out.into_iter().map(|(command, why)| LeftOut { command, why }).collect(),
        })
    }
}

/// The speed of the bus, if it is known.
fn khz(location: &Location) -> Option<u32> {
    let hz = match location {
        Location::Device(device) => {
            adapters().into_iter().find(|adapter: &Adapter| adapter.device == *device)?.hz?
        }
        Location::Tcp(_) => return None,
        _ => atecc608_sim::bus::DEFAULT_CLOCK_HZ,
    };
    Some(hz / 1000)
}

fn row(samples: Samples, khz: Option<u32>) -> Row {
    let Samples { command, opcode, mut runs } = samples;
    runs.sort_by_key(|run| run.us);
    let median = runs[runs.len() / 2];
    Row {
        command,
        shortest_us: runs[0].us,
        median_us: median.us,
        longest_us: runs[runs.len() - 1].us,
        // Eight bits and an acknowledge.
        wire_us: khz.map(|khz| (median.bytes + median.unanswered) * 9_000 / u64::from(khz)),
        bytes: median.bytes,
        unanswered: median.unanswered,
        allowed_us: opcode.map(atecc608::wire::timing::planned_us),
    }
}
