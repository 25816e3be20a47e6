//! What the chip computes with: P-256, SHA-256 and random numbers.

pub(crate) mod ecc;
pub(crate) mod rng;
pub(crate) mod sha256;
