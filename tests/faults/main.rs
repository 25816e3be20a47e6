//! Every fault at every point: what goes wrong on the wire or with the supply, at every byte of every
//! operation of both drivers, in every lock state.
//!
//! After each fault (see [`judge`]):
//! 1. the operation succeeds, or its error names what happened ([`names`]);
//! 2. the next operation works and tells the truth;
//! 3. no command that changes the chip ran twice;
//! 4. no wrong result is returned as a right one;
//! 5. where a step that can't be undone was done, success or `may_have_run()` says so.
//!
//! Defects that turn them red, one for each: (1) a lost arbitration told as a time-out; (2) one wake pulse
//! instead of two; (3) a command sent again after a damaged answer; (4) answers whose CRC is not looked at;
//! (5) `may_have_run()` without resets. For provisioning: failed writes passed over and the lock unchecked, and
//! a key made without looking; for cancellation: no sleep before the pulse.
//!
//! The sweeps take every so-many-th point; `FAULT_SWEEP=all cargo test --release --test faults` takes all.
#![allow(clippy::duplicate_mod, reason = "one text, two drivers")]

mod answer;
mod asynch;
mod blocking;
mod cancel;
mod chips;
#[path = "../operations/common.rs"]
#[allow(dead_code, unused_imports, reason = "shared with the tests of the operations")]
mod common;
mod docs;
mod fault;
mod judge;
mod names;
mod op;
mod provisioning;
mod random;
mod sharing;
mod storms;
mod sweep;
#[path = "../common/vendor_configuration.rs"]
mod vendor_configuration;
mod wire;
