//! Failures as a person reads them.

use std::fmt;

/// What was tried, why it most likely failed, and what to do about it.
#[derive(Debug)]
pub struct Failure {
    tried: String,
    cause: String,
    advice: String,
}

impl Failure {
    /// A new one.
    pub fn new(tried: impl fmt::Display, cause: impl fmt::Display, advice: impl fmt::Display) -> Self {
        Self { tried: tried.to_string(), cause: cause.to_string(), advice: advice.to_string() }
    }

    /// The cause.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// The same, by someone who knows the reason behind the cause.
    #[must_use]
    pub fn explained(self, reason: impl fmt::Display, advice: impl fmt::Display) -> Self {
        Self { cause: format!("{reason}\n  seen as: {}", self.cause), advice: advice.to_string(), ..self }
    }

    /// The same, with other advice.
    #[must_use]
    pub fn advising(self, advice: impl fmt::Display) -> Self {
        Self { advice: advice.to_string(), ..self }
    }

    /// The same, with what the other side says.
    #[must_use]
    pub fn with_witness(mut self, witness: impl fmt::Display) -> Self {
        self.cause = format!("{} ({witness})", self.cause);
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tried, cause, advice } = self;
        write!(f, "{tried}\n  cause: {cause}\n  what to do: {advice}")
    }
}
