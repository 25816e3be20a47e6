//! What `diagnose` says of refusals, and the simulated chip as the witness: it tells by which of its rules it
//! refused, in names of its own.

mod agree;
#[path = "../lint/configurations.rs"]
#[allow(dead_code, reason = "shared with the tests of lint")]
mod configurations;
mod dictionary;
#[path = "../lint/pins.rs"]
#[allow(dead_code, reason = "shared with the tests of lint")]
mod pins;
mod questions;
mod state;
mod threads;
#[path = "../common/vendor_configuration.rs"]
mod vendor_configuration;
