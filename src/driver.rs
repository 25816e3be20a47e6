//! The chip on its bus.
//!
//! `transaction` decides what happens on the bus and does no I/O; [`asynch`] does it, and has the operations;
//! [`blocking`] is generated from [`asynch`].

pub mod asynch;
mod block;
pub mod blocking;
#[cfg(feature = "x509")]
mod certificate;
mod cmac;
mod configuration;
mod hash;
pub mod logged;
mod low_power;
#[cfg(feature = "host")]
mod proof;
#[cfg(any(feature = "rand_core-010", feature = "rand_core-06"))]
mod rng;
#[cfg(any(feature = "p256-014", feature = "p256-013"))]
mod signature_traits;
mod stored_key;
mod transaction;
#[cfg(feature = "x509")]
mod trust;
mod wake;

pub use low_power::LowPower;
#[cfg(any(feature = "rand_core-010", feature = "rand_core-06"))]
pub use rng::ChipRng;
#[cfg(feature = "rand_core-06")]
pub use rng::SeededRng;
