#![doc = include_str!("../README.md")]
//! # Where things are
//!
//! | To | Look in |
//! |---|---|
//! | use a chip | [`blocking::Atecc608`], [`asynch::Atecc608`]: the same operations, by job; [`Slot`], [`Error`], [`PublicKey`], [`Secret`] |
//! | learn how | [`guide`](https://docs.rs/atecc608/latest/atecc608/guide/): a page for each command, sharing a chip, code for both halves, from a blank chip to a fleet |
//! | decide what a chip may do, and check it before it is locked | [`config`]: the 128 bytes, presets, builder, lint, explain, plan |
//! | know what can't be undone | [`irreversible`]: a token for each such step |
//! | know why the chip refused something | [`diagnose`](mod@diagnose) |
//! | run a single command of the data sheet | [`command`]: a type for each of the 22 commands, and raw ones |
//! | be the other end of a key | [`host`](https://docs.rs/atecc608/latest/atecc608/host/): the digests, MACs and decryptions that a server computes |
//! | write tokens, PEM, JWK | [`formats`] |
//! | say where something is in the chip | [`memory`]: slots, zones, blocks, words |
//! | look at bytes on the bus | [`wire`]: opcodes, frames, CRC, status, times |
#![cfg_attr(not(test), no_std)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

#[macro_use]
mod flags;

// From the ground up: a room imports what stands above it here, and nothing below.
pub mod wire;

pub mod memory;
mod secret;

pub mod command;

pub mod config;

#[cfg(feature = "host")]
pub mod host;

pub mod formats;

#[cfg(feature = "x509")]
pub mod x509;

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

pub use address::{Address, InvalidAddress};
#[doc(inline)]
pub use config::{DataContents, LockState};
#[cfg(any(feature = "rand_core-010", feature = "rand_core-06"))]
pub use driver::ChipRng;
#[cfg(feature = "rand_core-06")]
pub use driver::SeededRng;
pub use driver::{LowPower, asynch, blocking, logged};
pub use error::{Argument, BufferTooSmall, Error, ErrorKind};
pub use key::{InvalidPublicKey, KeyOrigin, PublicKey, Signature};
#[doc(inline)]
pub use memory::{InvalidSlot, PublicKeySlot, Slot, SlotTooSmall};
pub use secret::Secret;
pub use serial::SerialNumber;
#[doc(inline)]
pub use wire::Status;
