//! Mistakes in a configuration, found before it is locked for ever.
//!
//! ```
//! use atecc608::config::{ConfigZone, lint::{Kind, Severity}, preset};
//!
//! let mut zone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
//! assert!(zone.lint().all(|finding| finding.severity != Severity::Error));
//!
//! zone.set_byte(16, 0x00);
//! let finding = zone.lint().find(|finding| finding.severity == Severity::Error).unwrap();
//! assert_eq!(finding.kind, Kind::AddressReserved);
//! println!("{finding}");
//! ```
//!
//! In a `const` a wrong configuration does not compile, and the compiler names the kind of the first error:
//!
//! ```compile_fail,E0080
//! # use atecc608::config::{ConfigZone, preset};
//! const WANTED: ConfigZone = {
//!     let mut zone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
//!     zone.set_byte(16, 0x00); // an address that I2C reserves
//!     zone
//! };
//! const _: () = if let Some(finding) = WANTED.first_error() {
//!     panic!("{}", finding.kind.name())
//! };
//! ```
//!
//! Without that line it does:
//!
//! ```
//! # use atecc608::config::{ConfigZone, preset};
//! const WANTED: ConfigZone = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
//! const _: () = if let Some(finding) = WANTED.first_error() {
//!     panic!("{}", finding.kind.name())
//! };
//! ```
//!
//! All that is looked at are the 128 bytes; what slots hold is not known. Findings rest on what
//! [`explain`](super::explain) says a slot permits, and that is compared with the simulated chip.

mod checks;
mod chip;
mod contents;
mod counters;
mod kind;
mod private;
mod protection;
mod references;
mod replay;
mod view;

pub use kind::Kind;

use super::ConfigZone;
use crate::address::Address;
use crate::memory::Slot;
use core::fmt;
use core::ops::RangeInclusive;
use view::{Hit, View};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Severity {
    /// Good to know.
    Notice,
    /// Safe only with a further step, or hardly meant like this.
    Warning,
    /// Does not work, or is open to anyone, whatever you do later.
    Error,
}

impl Severity {
    /// The worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something to know about a configuration. `{}` shows it in two lines: reason and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub struct Finding {
    /// What it is about.
    pub kind: Kind,
    /// How much it matters.
    pub severity: Severity,
    /// The slot it is about; `None` for the chip as a whole.
    pub slot: Option<Slot>,
    /// Another slot that takes part.
    pub other: Option<Slot>,
    /// Where the chip will answer, if it is about that.
    pub address: Option<Address>,
    first: u8,
    last: u8,
}

impl Finding {
    const fn new(kind: Kind, slot: Option<Slot>, hit: Hit) -> Self {
        let Hit { severity, other, address, first, last } = hit;
        Self { kind, severity, slot, other, address, first, last }
    }

    /// The bytes of the zone that say so.
    #[must_use]
    pub const fn bytes(&self) -> RangeInclusive<u8> {
        self.first..=self.last
    }

    /// Why, in words.
    #[must_use]
    pub const fn reason(&self) -> Text {
        Text(self.kind.reason(), self.other, self.address)
    }

    /// What to do about it.
    #[must_use]
    pub const fn help(&self) -> Text {
        Text(self.kind.help(), self.other, self.address)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.severity)?;
        if let Some(slot) = self.slot {
            write!(f, "{slot}, ")?;
        }
        match self.first == self.last {
            true => write!(f, "byte {}", self.first)?,
            false => write!(f, "bytes {} to {}", self.first, self.last)?,
        }
        write!(f, " ({}): {}", ConfigZone::field_name(self.first), self.reason())?;
        write!(f, "\n  help: {}", self.help())
    }
}

/// Words in which a slot's number or an address may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text(&'static str, Option<Slot>, Option<Address>);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = self.0.split("{}");
        f.write_str(parts.next().unwrap_or(""))?;
        for part in parts {
            match (self.1, self.2) {
                (Some(slot), _) => write!(f, "{slot}")?,
                (None, Some(address)) => write!(f, "{address}")?,
                (None, None) => f.write_str("an address that I2C reserves")?,
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

/// The findings on one configuration, kind by kind. At most one for each kind and slot (or byte),
/// so never more than 1000.
#[derive(Debug, Clone)]
pub struct Findings<'a> {
    view: View<'a>,
    kind: usize,
    position: u8,
}

impl ConfigZone {
    /// What is wrong or surprising with this configuration.
    #[must_use]
    pub const fn lint(&self) -> Findings<'_> {
        Findings { view: View::new(self), kind: 0, position: 0 }
    }

    /// Number of findings of [`Severity::Error`].
    #[must_use]
    pub const fn lint_errors(&self) -> usize {
        let (mut findings, mut errors) = (self.lint(), 0);
        while findings.next_error().is_some() {
            errors += 1;
        }
        errors
    }

    /// The first finding of [`Severity::Error`].
    #[must_use]
    pub const fn first_error(&self) -> Option<Finding> {
        self.lint().next_error()
    }
}

impl Findings<'_> {
    /// [`next`](Iterator::next), also for a `const`.
    const fn following(&mut self) -> Option<Finding> {
        while self.kind < Kind::ALL.len() {
            let (kind, position) = (Kind::ALL[self.kind], self.position);
            let place = kind.place();
            if position >= place.last() {
                (self.kind, self.position) = (self.kind + 1, 0);
            } else {
                self.position = position + 1;
            }
            if let Some(hit) = kind.check(&self.view, position) {
                return Some(Finding::new(kind, place.slot(position), hit));
            }
        }
        None
    }

    const fn next_error(&mut self) -> Option<Finding> {
        while let Some(finding) = self.following() {
            if matches!(finding.severity, Severity::Error) {
                return Some(finding);
            }
        }
        None
    }
}

impl Iterator for Findings<'_> {
    type Item = Finding;

    fn next(&mut self) -> Option<Finding> {
        self.following()
    }
}

impl core::iter::FusedIterator for Findings<'_> {}

impl fmt::Display for Findings<'_> {
    /// All findings still to come, the worst first (but a table for another chip before all), and a line that counts them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What all the others hang on comes first.
        let first = |finding: &Finding| finding.kind == Kind::MadeFor508A;
        for finding in self.clone().filter(first) {
            writeln!(f, "{finding}")?;
        }
        let mut counts = [0; 3];
        for (severity, count) in Severity::ALL.into_iter().zip(&mut counts) {
            for finding in self.clone().filter(|finding| finding.severity == severity) {
                if !first(&finding) {
                    writeln!(f, "{finding}")?;
                }
                *count += 1;
            }
        }
        for ((count, severity), separator) in counts.iter().zip(Severity::ALL).zip(["", ", ", ", "]) {
            let plural = if *count == 1 { "" } else { "s" };
            write!(f, "{separator}{count} {severity}{plural}")?;
        }
        Ok(())
    }
}
