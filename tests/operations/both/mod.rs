//! Tests for either driver, by concern.

use super::{Atecc608, SdaPulse};

mod addresses;
mod aes_modes;
mod authorise;
mod configure;
mod counters;
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
mod unverified;
mod verify;
