//! Failures as a person reads them.

use std::fmt;
use std::io;
use std::path::Path;

/// What was tried, why it most likely failed, and what to do about it.
#[derive(Debug)]
pub(crate) struct Failure {
    tried: String,
    cause: String,
    advice: String,
}

impl Failure {
    pub(crate) fn new(tried: impl fmt::Display, cause: impl fmt::Display, advice: impl fmt::Display) -> Self {
        Self { tried: tried.to_string(), cause: cause.to_string(), advice: advice.to_string() }
    }

    /// A file or folder, and what was to be done with it, as in "read".
    pub(crate) fn file(action: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(
            format_args!("tried to {action} {}", path.display()),
            error,
            "give --out a folder that can be written to, on a disk with room",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tried, cause, advice } = self;
        write!(f, "{tried}\n  cause: {cause}\n  what to do: {advice}")
    }
}
