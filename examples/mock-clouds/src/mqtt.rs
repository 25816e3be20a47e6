//! An MQTT broker, 3.1.1 and 5, that asks a [`Cloud`] about everything: the engine of all clouds here.
//!
//! Packets are read strictly, by code that no device uses; public clients are its oracles. Not there: QoS 2 downwards
//! and upwards without duplicates, will delay, message expiry, shared subscriptions. Where a cloud has rules about them, they come to it as they are.

mod broker;
pub mod cloud;
mod connection;
mod listen;
mod login;
pub mod packet;
mod probe;
pub mod property;
pub mod read;
mod seen;
mod session;
pub mod topic;
mod wire;
pub mod write;

pub use broker::Broker;
pub use cloud::{Client, Cloud, Cut, Delivery, Refusal, Settings, Subscribed, Taken, Welcome, code};
pub use listen::{Listening, listen};
pub use packet::{Publish, QoS, Version};
pub use probe::{Heard, Probe};
pub use property::Properties;
pub use seen::Seen;

#[cfg(test)]
mod tests;
