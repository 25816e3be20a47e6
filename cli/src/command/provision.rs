//! `atecc provision`.

mod authority;
pub mod bench;
mod operator;
mod plan;
pub mod profile;
mod publish;
mod socket;
pub mod station;
mod told;

use std::fmt;
use std::path::{Path, PathBuf};

use atecc608::x509::DateTime;
use clap::Args;
use serde::Serialize;

use crate::app::App;
use crate::bus::{self, Place};
use crate::failure::{Failure, Kind};
use crate::files;
use crate::parse;
use bench::{Bench, How, Socket as _, Totals};
use operator::Worker;
use profile::Profile;
pub use publish::Publisher;
use socket::Bus;
use station::FileStation;
pub use told::Told;

/// Makes devices of blank chips, as a profile says: configuration, keys, contents, certificates, locks. One chip; with
/// --report one after the other, until it is stopped. [CAN'T BE UNDONE]
#[derive(Debug, Args)]
pub struct Provision {
    /// What a device is. Only simulated chips have a default: the preset gcp, a key in slot 0.
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,

    /// What was done to which chip, a JSON object a line. Chips in it are not done twice, and what was begun goes on.
    /// Without it, provision.jsonl beside the simulated chip that is kept, and one chip.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Writes the signed manifest of all chips of the report; the profile has to have [manifest].
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,

    /// Writes a label for each chip: in a folder (a file for each), in a file, or to a printer's device file.
    #[arg(long, value_name = "DIR|FILE")]
    labels: Option<PathBuf>,

    /// The name of this station, in the report.
    #[arg(long, value_name = "NAME", default_value = "atecc", hide_default_value = true)]
    station: String,

    /// Who works, in the report; the user, if nothing is said.
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,

    /// Ends after so many chips.
    #[arg(long, value_name = "N")]
    chips: Option<u64>,

    /// Agrees to lock every chip that is blank as from the factory, without asking for its serial number: for a bench.
    /// Chips with anything in their configuration are refused.
    #[arg(long)]
    lock_any_blank_chip_for_ever: bool,
}

/// So often a chip is tried while it is in.
const TRIES: u32 = 3;

/// The answer of a run over several chips.
#[derive(Debug, Serialize)]
struct Answer {
    report: String,
    done: u64,
    seen: u64,
    not_done: u64,
    /// Chips of the report that were begun with and are not done.
    open: Vec<String>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} done", self.done)?;
        if self.seen > 0 {
            write!(f, ", {} done before", self.seen)?;
        }
        if self.not_done > 0 {
            write!(f, ", {} not done", self.not_done)?;
        }
        write!(f, "; all of it is in {}", self.report)?;
        for chip in &self.open {
            write!(f, "\n{chip} was begun with and is not done: put it in again")?;
        }
        Ok(())
    }
}

impl Provision {
    pub(crate) fn run(&self, app: &mut App) -> Result<(), Failure> {
        let place = app.place()?;
        let simulated = Place::is_simulated(&place.location);
        let profile = match &self.profile {
            Some(path) => Profile::read(path)?,
            None if simulated => Profile::of_a_simulated_chip()?,
            None => {
                return Err(Failure::new(
                    Kind::Usage,
                    "a chip was to be provisioned",
                    "no profile says what it is to be",
                    "give --profile FILE: docs/profiles.md of atecc608-cli has three to begin with; on --bus sim none is \
                     needed",
                ));
            }
        };
        let recipe = profile.recipe()?;
        let report = match &self.report {
            Some(path) => path.clone(),
            None => bus::state_file("provision.jsonl", "name the report: --report FILE")?,
        };
        self.apart(&report)?;
        let publisher = Publisher::new(&profile, self.manifest.as_deref(), self.labels.as_deref())?;
        if app.dry_run() {
            return plan::show(app, &profile, &recipe);
        }
        parse::time_or_now(None)?;
        let user = || std::env::var("USER").unwrap_or_else(|_| String::from("nobody"));
        let operator = self.operator.clone().unwrap_or_else(user);
        let station = station::open(&profile, &report, &self.station, &operator, clock)?;
        if let Some(torn) = station.report().torn() {
            app.note(format_args!(
                "the report's last line was torn by a stop; {} bytes were cut off",
                torn.len()
            ));
        }
        let one = simulated || self.report.is_none();
        let chips = if one { Some(1) } else { self.chips };
        let how = How { chips, tries: TRIES, any_blank_chip: self.lock_any_blank_chip_for_ever };
        self.work(app, place, station, publisher, how, &report)
    }

    /// Manifest and labels replace what is in their files: that must not be the report, without which chips would be done
    /// twice, nor the profile.
    fn apart(&self, report: &Path) -> Result<(), Failure> {
        let kept = [("--report", Some(report)), ("--profile", self.profile.as_deref())];
        let made = [("--manifest", self.manifest.as_deref()), ("--labels", self.labels.as_deref())];
        let files: Vec<_> =
            kept.iter().chain(&made).filter_map(|(name, path)| Some((*name, (*path)?))).collect();
        for (index, (one, path)) in files.iter().enumerate() {
            let same = |(_, other): &&(&str, &Path)| files::are_one(path, other);
            if let Some((other, _)) = files.iter().skip(index + 1).find(same) {
                let cause = format!("{one} and {other} name the same file, {}", path.display());
                return Err(Failure::new(
                    Kind::Usage,
                    "a chip was to be provisioned",
                    cause,
                    "name another file for one of them: each is written as a whole",
                ));
            }
        }
        Ok(())
    }

    /// One chip after the other, and what is said of all.
    fn work(
        &self,
        app: &mut App,
        place: Place,
        station: FileStation,
        publisher: Publisher,
        how: How,
        report: &Path,
    ) -> Result<(), Failure> {
        let one = how.chips == Some(1);
        let global = app.global().clone();
        let mut bus = Bus::new(&global, place.clone());
        if one && bus.look()?.is_none() {
            // The words are those of every command.
            app.chip()?;
        }
        let mut worker = Worker::new(app, place, publisher, how.chips, station.recipe());
        let mut bench = Bench::new(bus, station, how);
        let totals = bench.run(&mut worker)?;
        if let (true, Some(told)) = (one, worker.into_last()) {
            return match told.failure() {
                Some(failure) if app.json() => app.answer(&told).and(Err(failure)),
                Some(failure) => Err(failure),
                None => app.answer(&told),
            };
        }
        let Totals { done, seen, not_done } = totals;
        let open = bench.station().report().open_chips().map(|chip| chip.to_string()).collect();
        app.answer(&Answer { report: report.display().to_string(), done, seen, not_done, open })?;
        match not_done {
            0 => Ok(()),
            count => Err(Failure::no(format_args!("{count} of {} chips are not done", done + seen + count))),
        }
    }
}

/// The time of this machine. One that is none at all was refused at the beginning.
fn clock() -> DateTime {
    parse::time_or_now(None).unwrap_or(DateTime::MAX)
}
