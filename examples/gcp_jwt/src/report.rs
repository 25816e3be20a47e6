//! What the program says: steps as they happen, or one JSON object at the end.

use atecc608::PublicKey;
use mock_servers::Message;
use serde::Serialize;
use std::fmt;
use std::io::{self, Write};

use crate::failure::Failure;

/// Prints each step, or nothing if JSON was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Steps {
    /// Whether only the JSON object goes to standard output.
    pub(crate) json: bool,
}

impl Steps {
    /// Prints a step.
    pub(crate) fn say(self, step: impl fmt::Display) {
        if !self.json {
            // Unlike `println!`, does not panic when nobody reads any more (`| head`).
            let _ = writeln!(io::stdout(), "{step}");
        }
    }

    /// Warns on standard error, JSON or not.
    pub(crate) fn warn(warning: impl fmt::Display) {
        let _ = writeln!(io::stderr(), "warning: {warning}");
    }

    /// Prints the JSON object, if it was asked for.
    pub(crate) fn finish(self, report: &Report) -> Result<(), Failure> {
        if !self.json {
            return Ok(());
        }
        let json = serde_json::to_string_pretty(report).map_err(io::Error::from);
        json.and_then(|json| writeln!(io::stdout(), "{json}")).map_err(|error| {
            Failure::new(
                "everything was done, and then the report could not be written",
                error,
                "give standard output somewhere to go; with --state the same chip can be used again",
            )
        })
    }
}

/// Everything that happened.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    pub(crate) revision: String,
    pub(crate) serial: String,
    pub(crate) slot: u8,
    pub(crate) public_key_pem: String,
    /// The same key, if the chip gives it.
    #[serde(skip)]
    pub(crate) public_key: Option<PublicKey>,
    /// The key as it is uploaded for Workload Identity Federation.
    pub(crate) jwks: String,
    /// Whether this run made the key.
    pub(crate) new_key: bool,
    /// Whether this run locked a zone of the chip.
    pub(crate) locked_now: bool,
    pub(crate) broker: String,
    /// The certificates that were verified, the server's first and the pinned root last; none without TLS.
    pub(crate) certificates: Vec<String>,
    pub(crate) client_id: String,
    pub(crate) jwt: String,
    /// When the token expires, in Unix seconds.
    pub(crate) expires: u64,
    pub(crate) published: Vec<Message>,
    pub(crate) received: Vec<Message>,
    /// The ids that Pub/Sub gave.
    pub(crate) message_ids: Vec<String>,
}
