//! What a demo says: steps as they happen, or one JSON object at the end.

use super::Failure;
use serde::Serialize;
use std::fmt;
use std::io::{self, Write};

/// Prints each step, or nothing if JSON was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Steps {
    /// Whether only the JSON object goes to standard output.
    pub json: bool,
}

impl Steps {
    /// Prints a step.
    pub fn say(self, step: impl fmt::Display) {
        if !self.json {
            // Unlike `println!`, does not panic when nobody reads any more (`| head`).
            let _ = writeln!(io::stdout(), "{step}");
        }
    }

    /// Warns on standard error, JSON or not.
    pub fn warn(warning: impl fmt::Display) {
        let _ = writeln!(io::stderr(), "warning: {warning}");
    }

    /// Prints the JSON object, if it was asked for.
    ///
    /// # Errors
    /// Standard output can't be written to.
    pub fn finish(self, report: &impl Serialize) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let json = serde_json::to_string_pretty(report).map_err(io::Error::from);
        json.and_then(|json| writeln!(io::stdout(), "{json}")).map_err(|error| {
            Failure::new(
                "everything was done, and then the report could not be written",
                error,
                "give standard output somewhere to go, and run again: a chip that is kept can be used again",
            )
        })
    }
}
