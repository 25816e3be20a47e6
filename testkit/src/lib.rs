//! What tests and examples of several packages share.

pub mod configurations;
pub mod demo;
pub mod examples;
mod failure;
pub mod fleet;
mod hex;
pub mod hook;
mod host;
mod keys;
mod locks;
pub mod oracle;
pub mod pins;
pub mod probe;
pub mod published;
mod random;
pub mod rig;
pub mod simulator;
mod slots;
pub mod vendor_configuration;

/// The examples of this page of the driver's guide. They need embedded-hal-mock, which few tests of the driver do.
#[cfg(doctest)]
#[doc = include_str!("../../docs/guide/mock.md")]
pub mod mock_guide {}

pub use failure::{Failure, NACK, answered, bad, refused};
pub use hex::bytes;
pub use host::{crc, message, sha256, sha256_of, xor};
pub use keys::{KEY, known_public_key, public_of, sign_outside, verifies};
pub use locks::Locks;
pub use oracle::{gnutls, openssl};
pub use random::Random;
pub use slots::{set_slot, slot_size};
pub use vendor_configuration::WORKBENCH;
