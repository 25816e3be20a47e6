//! Brokers that people run themselves, with their rules: mosquitto and its kin, which know devices by certificates, EMQX
//! and HiveMQ, which know them by tokens.
//!
//! Each is a [`Cloud`](crate::mqtt::Cloud) of the same engine. Mosquitto's rules were compared with the real one
//! (`tests/broker/real.rs`). EMQX's are those of its source (`emqx_authn_jwt`, `emqx_authz_client_info`), HiveMQ's those
//! of its manual; neither was tried.

pub mod emqx;
pub mod hivemq;
mod jwks;
pub mod mosquitto;
mod off;
mod token;

pub use emqx::Emqx;
pub use hivemq::HiveMq;
pub use jwks::Jwks;
pub use mosquitto::Mosquitto;
