//! The device on this machine's real network, against servers that speak TLS.

mod bridge_tls;
mod chip;
mod dialer;
mod direct_tls;
mod host;
#[cfg(feature = "mosquitto")]
mod lamp;
mod messages;
#[cfg(feature = "mosquitto")]
mod mosquitto;
mod real;
