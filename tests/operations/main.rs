//! Every operation of the driver on the simulated chip, in every lock state.
//!
//! One text for both drivers: the modules in `both` are compiled twice, inside [`blocking`] and inside
//! [`asynch`], which define the macros `op!`, `go!`, `wait!` and `session!` that make the calls. After
//! every `op!` the chip must be asleep or idle.
//!
//! What the chip should answer follows chip reference 5.0.8 (lock states) and the sections of the
//! commands. A test that panics prints the end of the bus's trace.
#![allow(clippy::duplicate_mod, reason = "one text, two drivers")]

mod asynch;
mod attacker;
mod blocking;
mod cancellation;
mod chip_rng;
mod common;
mod hook;
mod sendable;
mod signers_async;
mod signers_blocking;
#[path = "../common/vendor_configuration.rs"]
mod vendor_configuration;
