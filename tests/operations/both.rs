//! Every operation of the driver on the simulated chip, in every lock state.
//!
//! One text for both drivers: these modules are compiled into two test programs, `asynch.rs` and `blocking.rs`, which
//! define the macros `op!`, `go!`, `wait!` and `session!` that make the calls. After every `op!` the chip must be asleep
//! or idle.
//!
//! What the chip should answer follows chip reference 5.0.8 (lock states) and the sections of the
//! commands. A test that panics prints the end of the bus's trace.

use super::{Atecc608, SdaPulse};

mod addresses;
mod aes_modes;
mod authorise;
pub(crate) mod certificates;
mod configure;
mod counters;
mod csr;
mod diagnose;
mod faults;
mod identity;
mod keys;
mod lock_data;
mod lock_zone;
mod memory;
mod otp;
mod pauses;
mod power;
mod protected;
mod provision;
pub(crate) mod rig;
mod session;
mod sha;
mod shared_keys;
mod sign;
mod stored;
mod streams;
mod tokens;
mod trust;
mod unverified;
mod verify;
