//! What `diagnose` says of refusals, and the simulated chip as the witness: it tells by which of its rules it
//! refused, in names of its own.

mod agree;
mod dictionary;
mod questions;
mod state;
mod threads;
