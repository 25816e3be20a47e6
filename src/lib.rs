#![doc = include_str!("../README.md")]
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

// From the ground up: a room imports what stands above it here, and nothing below.
pub mod wire;

pub mod memory;
mod secret;

pub mod command;

pub mod config;

#[cfg(feature = "host")]
pub mod host;

pub mod formats;

pub mod diagnose;

mod driver;

#[cfg(feature = "host")]
pub mod guide;

// Plain types that every room may use.
mod address;
mod error;
pub mod irreversible;
mod key;
mod serial;

pub use address::Address;
pub use config::{DataContents, LockState};
#[cfg(any(feature = "rand_core", feature = "rand_core-06"))]
pub use driver::ChipRng;
#[cfg(feature = "rand_core-06")]
pub use driver::SeededRng;
pub use driver::{LowPower, asynch, blocking};
pub use error::{Argument, Error, ErrorKind};
pub use key::{KeyOrigin, PublicKey, Signature};
pub use memory::{PublicKeySlot, Slot};
pub use secret::Secret;
pub use serial::SerialNumber;
pub use wire::Status;
