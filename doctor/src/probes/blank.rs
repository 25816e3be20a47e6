//! Questions to a chip of which nothing is locked, which change what can be restored.

mod chip_mode;
mod kdf;
mod longest_group;
mod power_on_test;
mod protected_bytes;
mod reserved_address;
mod statuses;

use crate::probe::{Probe, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[
    reserved_address::PROBE,
    longest_group::PROBE,
    chip_mode::COUNTS,
    chip_mode::LONG,
    power_on_test::PROBE,
    protected_bytes::PROBE,
    statuses::SIGN,
    statuses::SOURCE_FLAG,
    statuses::ECDH,
    statuses::AES_KEY_ID,
    statuses::AES_SLOT,
    kdf::IV_PLACE,
    kdf::OUT_NONCE,
];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[];
