//! What `scan`, `provision`, `sign` and `csr` do and say: to any chip on any bus, for a person at any terminal.
//!
//! The binaries only bring the hardware; so all of this is tested on the simulated chip.

#![cfg_attr(not(test), no_std)]

#[cfg(test)]
extern crate std;

mod found;
mod line;
mod provision;
mod request;
mod scan;
mod sign;
mod state;
mod terminal;
mod why;

pub use found::look_for;
pub use line::{Echo, LINE_MAX, LineEditor};
pub use provision::{Outcome, provision};
pub use request::request;
pub use scan::{Wiring, scan};
pub use sign::sign;
pub use state::State;
pub use terminal::{Stopped, Terminal};

#[cfg(test)]
mod tests;
