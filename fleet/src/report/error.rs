//! What can go wrong with a report.

use atecc608::SerialNumber;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// A report can't be read or written, or a line would contradict it.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReportError {
    /// Another station has it.
    InUse(PathBuf),
    /// The file system refused.
    Io {
        /// The report.
        path: PathBuf,
        /// What was tried, as in "cannot read".
        action: &'static str,
        /// Its answer.
        error: io::Error,
    },
    /// A line is none of a report. It is not the last, which may be torn, so the file was changed by something else. It
    /// is left as it is.
    Damaged {
        /// The report.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        error: String,
    },
    /// A line would say what can't be; it was not written.
    Contradiction(Contradiction),
    /// A line could not be written, nor what of it was written be taken away. The report has to be opened again.
    Broken(PathBuf),
}

/// What a line can't say, because of what the report says already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Contradiction {
    /// That is said of a chip, and the line names none.
    NoChip,
    /// The chip is done.
    DoneBefore(SerialNumber),
    /// The chip has another certificate than was issued for it last.
    NotIssued(SerialNumber),
    /// A certificate with the same serial number was issued for this chip: another certificate.
    SerialReused(SerialNumber),
    /// The certificate has no serial number that can be read.
    NoCertificate(SerialNumber),
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoChip => f.write_str("the line is about a chip and names none"),
            Self::DoneBefore(chip) => write!(f, "{chip} is done already"),
            Self::NotIssued(chip) => {
                write!(f, "the certificate of {chip} is not the one that was issued for it")
            }
            Self::SerialReused(chip) => {
                write!(
                    f,
                    "another certificate with the same serial number was issued for {chip}; one that is issued in the \
                     next hour has another"
                )
            }
            Self::NoCertificate(chip) => write!(f, "what was issued for {chip} is no certificate"),
        }
    }
}

impl std::error::Error for Contradiction {}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(path) => write!(f, "report {} is in use by another station", path.display()),
            Self::Io { path, action, error } => write!(f, "cannot {action} {}: {error}", path.display()),
            Self::Damaged { path, line, error } => {
                write!(f, "report {}, line {line}: {error}; the file was left as it is", path.display())
            }
            Self::Contradiction(error) => write!(f, "not written to the report: {error}"),
            Self::Broken(path) => write!(
                f,
                "report {} could not be written, nor put right; stop, look for room on the disk, open it again",
                path.display()
            ),
        }
    }
}

impl std::error::Error for ReportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { error, .. } => Some(error),
            Self::Contradiction(error) => Some(error),
            Self::InUse(_) | Self::Damaged { .. } | Self::Broken(_) => None,
        }
    }
}
