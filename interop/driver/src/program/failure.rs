//! Why there is no answer.

use std::fmt::Display;

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The driver refuses, in its words.
    Refused(String),
    /// Who asks has made a mistake.
    Misuse(String),
}

impl Failure {
    pub(crate) fn refused(why: impl Display) -> Self {
        Self::Refused(why.to_string())
    }

    pub(crate) fn misuse(why: impl Display) -> Self {
        Self::Misuse(why.to_string())
    }
}

/// The driver's errors.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::refused(error)
    }
}
