//! Someone who only listens on the bus and plays back: every promise of SECURITY.md and of the guide that says this
//! brings nothing is tried, and for each what shows that the attack is one: the same without what stops it.
//!
//! The attacker has no key and no driver: what was recorded is turned into bytes of its own, with its own checksum
//! and its own SHA-256.

mod answers;
mod authorise;
mod boot;
mod certificates;
mod derive;
mod device;
mod eavesdropper;
mod every_operation;
mod storage;
mod validate;

pub(crate) use testkit::{sha256_of, xor};
