//! What the host demos share: options and their values, steps and failures as a person reads them, a TCP connection as the
//! device's side takes one.

pub mod arguments;
mod failure;
mod shown;
mod steps;
mod stream;

pub use failure::Failure;
pub use shown::Shown;
pub use steps::Steps;
pub use stream::{Stream, host_of};

use std::time::{SystemTime, UNIX_EPOCH};

/// The time of this machine, in Unix seconds. Before 1970 is 0, at which no token is made and no certificate is valid.
#[must_use]
pub fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}
