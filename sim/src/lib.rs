#![doc = include_str!("../README.md")]

pub mod bus;
pub mod chip;
#[cfg(feature = "description")]
pub mod description;
pub mod hal;
#[cfg(feature = "mock")]
pub mod mock;
pub mod preset;
pub mod server;
#[cfg(feature = "state")]
pub mod state;
pub mod trace;

pub use bus::{Bus, ChipId, Fault};
pub use chip::Chip;
