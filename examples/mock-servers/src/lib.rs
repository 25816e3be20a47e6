//! Mock servers on this machine, for the demo and for tests: the MQTT bridge, Google's services, a time server.
//!
//! Nothing here shares code with the device's side: packets, tokens, TLS and certificates are checked by
//! libraries that the device does not use.

#![forbid(unsafe_code)]

pub mod bridge;
mod date;
pub mod google;
pub mod jwt;
pub mod pki;
#[cfg(feature = "rogue")]
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
