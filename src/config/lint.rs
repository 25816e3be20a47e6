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
mod finding;
mod kind;
mod private;
mod protection;
mod references;
mod replay;
mod view;

pub use finding::{Finding, Severity, Text};
pub use kind::Kind;

use super::ConfigZone;
use core::fmt;
use view::View;

/// The findings on one configuration, kind by kind. At most one for each kind and slot (or byte),
/// so never more than 1000.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Findings<'a> {
    view: View<'a>,
    kind: u8,
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
        while (self.kind as usize) < Kind::ALL.len() {
            let (kind, position) = (Kind::ALL[self.kind as usize], self.position);
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
