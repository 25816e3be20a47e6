//! Brokers that people run themselves: every rule is broken once, and missed once when it is not there. Public clients
//! and the real mosquitto are the oracles.

mod device;
mod emqx;
mod hivemq;
mod mosquitto;
mod oracle;
#[cfg(feature = "mosquitto")]
mod real;
mod tokens;
