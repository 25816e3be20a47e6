//! Azure on this machine: the Event Grid MQTT broker, IoT Hub, the Device Provisioning Service, each with its rules.
//!
//! A rule is what Azure's pages say, or what is likeliest where they are silent; then its words say "a guess". `without` takes a rule
//! away, so that tests can show that it is not decoration.

mod certificate;
pub mod dps;
pub mod event_grid;
pub mod hub;
mod query;
mod sas;

pub use certificate::{thumbprint, thumbprint_sha1};
pub use sas::{Token, token};

/// A service's rules, but for those that are taken away.
#[derive(Debug, Clone)]
struct Rules<R>(Vec<R>);

impl<R> Default for Rules<R> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<R: PartialEq> Rules<R> {
    /// Takes a rule away.
    fn without(&mut self, rule: R) {
        self.0.push(rule);
    }

    /// Fails if the rule is there and what it asks for is not.
    fn check(&self, rule: R, fulfilled: bool, words: impl FnOnce() -> String) -> Result<(), String> {
        if fulfilled || self.0.contains(&rule) { Ok(()) } else { Err(words()) }
    }

    /// Whether the rule is there.
    fn holds(&self, rule: R) -> bool {
        !self.0.contains(&rule)
    }
}
