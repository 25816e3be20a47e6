//! Clouds on this machine that know devices by certificates, each with its rules.
//!
//! Nothing here shares code with the device's side: packets, certificates and tokens are read by what the device does
//! not use.

#![forbid(unsafe_code)]

pub mod aws;
pub mod azure;
pub mod broker;
pub mod google;
pub mod mqtt;
mod peer;
mod pem;
pub mod tls;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use peer::Peer;
pub use pem::pem;

/// A panic elsewhere leaves nothing here half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
