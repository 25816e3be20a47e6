//! What became of a chip.

use crate::report::ReportError;
use atecc608::{Address, SerialNumber};
use std::fmt;

/// What became of a chip in the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It is done.
    Done {
        /// Which chip.
        serial: SerialNumber,
        /// Its certificate in DER; empty if it has none.
        certificate: Vec<u8>,
        /// It was finished already, and the report did not know of it.
        found: bool,
    },
    /// It was done before; nothing was changed.
    Seen {
        /// Which chip.
        serial: SerialNumber,
        /// Its certificate in DER; empty if it has none.
        certificate: Vec<u8>,
    },
    /// Its configuration is written, and gave it another I2C address: call again with a handle for that one.
    Moved {
        /// Which chip.
        serial: SerialNumber,
        /// Where it answers now.
        to: Address,
    },
    /// A step failed. It may come again, at once or later.
    Failed {
        /// Which chip, if it said so.
        serial: Option<SerialNumber>,
        /// Which step.
        step: Step,
        /// Why.
        error: String,
    },
    /// It is no chip for this station: nothing was changed, and coming again does not help.
    Refused {
        /// Which chip, if it said so.
        serial: Option<SerialNumber>,
        /// Why.
        reason: String,
    },
}

/// What a station does with a chip, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Step {
    /// Which chip is it, and what is done already.
    Identify,
    /// Write and lock the configuration.
    Configure,
    /// Make the key.
    Key,
    /// Have the chip sign a request.
    Request,
    /// Have the certificate signed.
    Issue,
    /// Write the certificates.
    Write,
    /// Lock the data zone.
    Lock,
    /// Read the certificates back and verify them; have the chip prove that it has the key.
    ReadBack,
    /// Sign the entry of the manifest.
    Manifest,
}

impl Step {
    /// Its name in the report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::Configure => "configure",
            Self::Key => "key",
            Self::Request => "request",
            Self::Issue => "issue",
            Self::Write => "write",
            Self::Lock => "lock",
            Self::ReadBack => "read back",
            Self::Manifest => "manifest",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why an attempt ended early.
#[derive(Debug)]
pub(super) enum Trouble {
    Failed(Step, String),
    Refused(String),
    Report(ReportError),
}

impl From<ReportError> for Trouble {
    fn from(error: ReportError) -> Self {
        match error {
            // About this certificate; the report is as it was.
            ReportError::Contradiction(error) => Self::Failed(Step::Issue, error.to_string()),
            other => Self::Report(other),
        }
    }
}

/// Makes a failure of what failed at a step.
pub(super) fn at<E: fmt::Display>(step: Step) -> impl Fn(E) -> Trouble {
    move |error| Trouble::Failed(step, error.to_string())
}
