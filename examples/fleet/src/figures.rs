//! What became of all of them, in figures.

use atecc608_fleet::station::Step;
use atecc608_sim::Bus;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The figures of a run.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Figures {
    /// Chips of the fleet.
    pub(crate) chips: u32,
    /// Done at their first try.
    pub(crate) done_at_once: u32,
    /// Done after one or more tries failed.
    pub(crate) done_after_failures: u32,
    /// Of both: they had a certificate of this signer already, and the report did not know.
    pub(crate) found: u32,
    /// Were done before this run.
    pub(crate) seen: u32,
    /// Failed too often: number and last error.
    pub(crate) given_up: Vec<(u32, String)>,
    /// What should not be: number and what happened.
    pub(crate) lost: Vec<(u32, String)>,
    /// Other chips that were put in by mistake, and refused.
    pub(crate) wrong_chips: u32,
    /// Tries that failed, by step.
    pub(crate) failed_tries: BTreeMap<&'static str, u32>,
    /// Certificates that the signer signed.
    pub(crate) signatures: u64,
    /// Entries of the manifest, all of which were verified.
    pub(crate) manifest_entries: usize,
    /// Time on the chips' buses, waiting included, in seconds of the simulated clock.
    pub(crate) bus_seconds: f64,
    /// The same for the signer's chip, if it is one.
    pub(crate) signer_bus_seconds: f64,
    /// Bytes on the chips' buses.
    pub(crate) bus_bytes: u64,
    /// What this machine took, in seconds.
    pub(crate) seconds: f64,
}

impl Figures {
    pub(crate) fn done(&mut self, failures: u32, found: bool) {
        let count = if failures == 0 { &mut self.done_at_once } else { &mut self.done_after_failures };
        *count += 1;
        self.found += u32::from(found);
    }

    pub(crate) fn failed(&mut self, step: Step) {
        *self.failed_tries.entry(step.name()).or_default() += 1;
    }

    pub(crate) fn given_up(&mut self, number: u32, error: &str) {
        self.given_up.push((number, error.to_owned()));
    }

    pub(crate) fn lost(&mut self, number: u32, what: String) {
        self.lost.push((number, what));
    }

    /// Adds what a bus, new for each try, has carried.
    pub(crate) fn bus(&mut self, bus: &Bus) {
        self.bus_seconds += seconds(bus);
        self.bus_bytes += bus.counters().bytes;
    }

    /// Chips that are done now.
    pub(crate) const fn all_done(&self) -> u32 {
        self.done_at_once + self.done_after_failures + self.seen
    }

    fn tries(&self) -> u32 {
        self.failed_tries.values().sum()
    }

    pub(crate) fn in_short(&self) -> String {
        format!("{} done, {} tries failed, {} given up", self.all_done(), self.tries(), self.given_up.len())
    }
}

/// Time of a simulated bus.
pub(crate) fn seconds(bus: &Bus) -> f64 {
    bus.now() as f64 / 1e9
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} chips", self.chips)?;
        writeln!(f, "{:>7} done at the first try", self.done_at_once)?;
        writeln!(f, "{:>7} done after tries that failed", self.done_after_failures)?;
        if self.seen > 0 {
            writeln!(f, "{:>7} done before, and recognised", self.seen)?;
        }
        if self.found > 0 {
            writeln!(f, "{:>7} of these had their certificate, and the report did not know", self.found)?;
        }
        writeln!(f, "{:>7} given up", self.given_up.len())?;
        let mut errors: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (number, error) in &self.given_up {
            errors.entry(error).or_default().push(number.to_string());
        }
        for (error, numbers) in errors {
            writeln!(f, "        chips {}: {error}", numbers.join(", "))?;
        }
        writeln!(f, "{:>7} wrong chips refused", self.wrong_chips)?;
        write!(f, "{:>7} tries failed", self.tries())?;
        for (index, (step, count)) in self.failed_tries.iter().enumerate() {
            write!(f, "{} {step} {count}", if index == 0 { ":" } else { "," })?;
        }
        writeln!(f)?;
        writeln!(f, "{:>7} certificates signed", self.signatures)?;
        writeln!(f, "{:>7} entries in the manifest, each verified up to the root", self.manifest_entries)?;
        self.fmt_bus(f)?;
        writeln!(f, "{:>7.1} s on this machine", self.seconds)?;
        for (number, what) in &self.lost {
            writeln!(f, "NOT AS IT SHOULD BE: chip {number}: {what}")?;
        }
        Ok(())
    }
}

impl Figures {
    fn fmt_bus(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tries = f64::from((self.all_done() + self.tries() + self.wrong_chips).max(1));
        writeln!(
            f,
            "{:>7.1} s on the chips' bus, {:.2} s a try; {} bytes",
            self.bus_seconds,
            self.bus_seconds / tries,
            self.bus_bytes
        )?;
        if self.signer_bus_seconds > 0.0 {
            writeln!(f, "{:>7.1} s on the signer's bus", self.signer_bus_seconds)?;
        }
        Ok(())
    }
}
