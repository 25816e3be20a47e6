#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

pub mod asynch;
pub mod blocking;
pub mod command;
pub mod config;
pub mod diagnose;
pub mod frame;
#[cfg(feature = "host")]
pub mod guide;
#[cfg(feature = "host")]
pub mod host;
pub mod irreversible;
#[cfg(feature = "jwk")]
pub mod jwk;
#[cfg(feature = "jwt")]
pub mod jwt;
#[cfg(feature = "pem")]
pub mod pem;
pub mod plan;
pub mod timing;
pub mod zone;

mod address;
mod contents;
mod course;
mod error;
#[cfg(any(feature = "jwk", feature = "jwt"))]
mod json;
mod key;
mod lock_state;
mod nack;
mod rest;
#[cfg(any(feature = "rand_core", feature = "rand_core-06"))]
mod rng;
mod scrub;
mod secret;
mod serial;
#[cfg(any(feature = "p256", feature = "p256-013"))]
mod signature_traits;
mod slot;
mod span;
mod status;

pub use address::Address;
pub use contents::DataContents;
pub use error::{Argument, ConfigError, Error, ErrorKind, MISMATCH_SHOWN, Mismatch};
pub use key::{KeyOrigin, PublicKey, Signature};
pub use lock_state::LockState;
pub use rest::Rest;
#[cfg(any(feature = "rand_core", feature = "rand_core-06"))]
pub use rng::ChipRng;
#[cfg(feature = "rand_core-06")]
pub use rng::SeededRng;
pub use secret::Secret;
pub use serial::SerialNumber;
pub use slot::{PublicKeySlot, Slot};
pub use status::Status;
