//! Every fault at every point: what goes wrong on the wire or with the supply, at every byte of every
//! operation of both drivers, in every lock state.
//!
//! After each fault (see [`oracle`]):
//! 1. the operation succeeds, or its error names what happened ([`names`]);
//! 2. the next operation works and tells the truth;
//! 3. no command that changes the chip ran twice;
//! 4. no wrong result is returned as a right one;
//! 5. where a step that can't be undone was done, success or `may_have_run()` says so.
//!
//! `cargo xtask defects faults` seeds a defect for each, builds, and demands red: (1) a lost arbitration told as a
//! time-out, a stream's lost context told as a refusal; (2) one wake pulse instead of two; (3) a command sent again
//! after a damaged answer; (4) answers whose CRC is not looked at; (5) `may_have_run()` without resets. For
//! provisioning: a key made without looking; for cancellation: no sleep before the pulse.
//!
//! A missing acknowledge is told in every [`nack_report`] that HALs have, by turns; `FAULT_WAYS=all` takes each point in all of them.
//!
//! The sweeps take every so-many-th point; `FAULT_SWEEP=all cargo test --release --test faults` takes all, and
//! `cargo xtask faults all` does the same and prints tables: points, outcomes by fault, await points, seeds.
//!
//! | Locked | Operations that succeed undisturbed | Fault points, each driver |
//! |---|---:|---:|
//! | nothing | 21 of 86 | 409,158 |
//! | configuration | 62 of 86 | 495,196 |
//! | both zones | 72 of 86 | 925,162 |
//!
//! The points are those of both kinds of ways, clear and unclear. 6,236 await points in the three lock states on a fast
//! chip and 73,579 on one as slow as may be; 6,000 seeds of two faults and of storms.
#![allow(clippy::duplicate_mod, reason = "one text, two drivers")]

mod answer;
mod asynch;
mod blocking;
mod cancel;
mod chips;
mod docs;
mod fault;
mod nack_report;
mod names;
mod op;
mod oracle;
mod provisioning;
mod sharing;
mod storms;
mod sweep;
mod wire;
