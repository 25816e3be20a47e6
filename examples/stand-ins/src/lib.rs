//! What stands in for the cloud on this machine, in the demo and in tests.
//!
//! Nothing here shares code with the device's side: packets, tokens, TLS and certificates are judged by
//! libraries that the device does not use. [`host`] alone is the device's: its network and clock on this
//! machine.

#![forbid(unsafe_code)]

pub mod bridge;
pub mod google;
pub mod host;
pub mod pki;
pub mod rogue;
pub mod sntp;
pub mod tls;

use serde::Serialize;

/// A message on its way up or down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// MQTT topic.
    pub topic: String,
    /// What was sent; bytes that are no UTF-8 are replaced.
    pub payload: String,
}
