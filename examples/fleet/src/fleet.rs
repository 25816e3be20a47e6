//! A fleet of simulated chips: which mishap meets which of them, and in which order they come.

use crate::cli::Options;
use crate::figures::Figures;
use crate::signer::Switch;
use crate::store::{Store, file_failed};
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608_fleet::report::ReportError;
use atecc608_fleet::station::{Outcome, Station};
use atecc608_sim::Chip;
use atecc608_sim::preset::Preset;
use demo::Failure;
use indicatif::{ProgressBar, ProgressStyle};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use std::collections::VecDeque;
use std::fmt::Display;
use testkit::rig::{Mishap, Simulated};

/// One of the fleet.
#[derive(Debug)]
struct Candidate {
    number: u32,
    failures: u32,
}

/// Provisions all of them.
pub(crate) fn provision<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>>(
    station: &mut Station<S, M>,
    options: &Options,
    store: &Store,
    switch: &Switch,
    runs: u64,
) -> Result<Figures, Failure> {
    let mut random = ChaCha8Rng::seed_from_u64(options.seed ^ runs.rotate_left(32));
    let mut figures = Figures { chips: options.chips, ..Figures::default() };
    let progress = progress(options);
    let mut queue: VecDeque<Candidate> =
        (0..options.chips).map(|number| Candidate { number, failures: 0 }).collect();
    while let Some(mut candidate) = queue.pop_front() {
        let chip = simulated(store, &format!("{:05}.eeprom", candidate.number), || {
            Chip::blank(seed_of(options.seed, candidate.number))
        })?;
        let mishap = mishap(options, candidate.number, &mut random);
        if let Some(Mishap::WrongChip(kind)) = mishap {
            wrong_chip(station, kind, store, &mut figures)?;
            queue.push_front(candidate);
            continue;
        }
        switch.fail(mishap == Some(Mishap::Signer));
        let (i2c, delay) = chip.socket(mishap);
        let outcome = put_in(station, i2c, delay)?;
        switch.fail(false);
        figures.bus(&chip.bus);
        match outcome {
            Outcome::Done { found, .. } => figures.done(candidate.failures, found),
            Outcome::Seen { .. } => figures.seen += 1,
            Outcome::Refused { reason, .. } => figures.lost(candidate.number, reason),
            Outcome::Failed { serial, step, error } => {
                figures.failed(step);
                candidate.failures += 1;
                if candidate.failures >= options.tries {
                    station.give_up(serial, candidate.failures).map_err(|error| report_failed(&error))?;
                    figures.given_up(candidate.number, &error);
                } else {
                    queue.push_back(candidate);
                    continue;
                }
            }
            _ => {}
        }
        progress.set_message(figures.in_short());
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(figures)
}

fn put_in<I, D, S, M>(station: &mut Station<S, M>, i2c: I, delay: D) -> Result<Outcome, Failure>
where
    I: embedded_hal::i2c::I2c,
    D: embedded_hal::delay::DelayNs,
    S: CertificateSigner<Error: Display>,
    M: CertificateSigner<Error: Display>,
{
    let mut chip = Atecc608::new(i2c, delay);
    station
        .provision(&mut chip, NoMoreConfigWrites, NoMoreFreeDataWrites)
        .map_err(|error| report_failed(&error))
}

pub(crate) fn report_failed(error: &ReportError) -> Failure {
    let (tried, advice) = match error {
        ReportError::InUse(_) => ("the report was opened", "wait until the other run with this --out ends"),
        ReportError::Damaged { .. } => {
            ("the report was read", "put a copy of the report back, if there is one, or take another --out")
        }
        _ => (
            "the report was written",
            "look for room on the disk, then run again with the same --out: it goes on where the report ends",
        ),
    };
    Failure::new(tried, error, advice)
}

/// A chip that is not for this station: somebody else's, and locked.
fn wrong_chip<S: CertificateSigner<Error: Display>, M: CertificateSigner<Error: Display>>(
    station: &mut Station<S, M>,
    kind: u8,
    store: &Store,
    figures: &mut Figures,
) -> Result<(), Failure> {
    let presets = [Preset::Arduino, Preset::Helium, Preset::NervesKey];
    let preset = presets[usize::from(kind) % presets.len()];
    let chip = simulated(store, &format!("wrong-{preset}.eeprom"), || preset.chip(0x5EED + u64::from(kind)))?;
    let (i2c, delay) = chip.socket(None);
    match put_in(station, i2c, delay)? {
        Outcome::Refused { .. } => figures.wrong_chips += 1,
        other => figures.lost(u32::MAX, format!("a wrong chip was not refused: {other:?}")),
    }
    figures.bus(&chip.bus);
    Ok(())
}

/// The chip of this name.
fn simulated(store: &Store, name: &str, fresh: impl FnOnce() -> Chip) -> Result<Simulated, Failure> {
    let path = store.file_in("chips", name)?;
    Simulated::open(path.clone(), fresh).map_err(|error| file_failed("read", &path, &error))
}

/// A chip's own seed, which makes its serial number, too.
fn seed_of(seed: u64, number: u32) -> u64 {
    seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(u64::from(number))
}

/// What goes wrong with this try.
fn mishap(options: &Options, number: u32, random: &mut ChaCha8Rng) -> Option<Mishap> {
    // Always the same chips are dead.
    let mut chip = ChaCha8Rng::seed_from_u64(seed_of(options.seed, number) ^ 0xDEAD);
    if chip.next_u32() % 2000 < options.failures {
        return Some(Mishap::Contact { from: 0 });
    }
    if random.next_u32() % 100 >= options.failures {
        return None;
    }
    let mut below = |most: u32| random.next_u32() % most;
    Some(match below(10) {
        0..=2 => Mishap::Contact { from: below(TRANSACTIONS) },
        3..=5 => Mishap::BrownOut { at: below(TRANSACTIONS) },
        6..=7 => Mishap::Noise { nth: below(BYTES) as usize, len: 400 },
        8 => Mishap::Signer,
        _ => Mishap::WrongChip(below(3) as u8),
    })
}

/// What a chip takes from blank to done, about: the middle of a mishap is the middle of that.
const TRANSACTIONS: u32 = 450;
/// Bytes that it gives meanwhile, about.
const BYTES: u32 = 1500;

/// On standard error, if that is a terminal.
fn progress(options: &Options) -> ProgressBar {
    let progress = ProgressBar::new(u64::from(options.chips));
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} chips, {eta} to go. {msg}") {
        progress.set_style(style);
    }
    progress
}
