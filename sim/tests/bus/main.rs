//! The bus, its front ends and its trace, with the chip on it.

#[path = "../common/mod.rs"]
mod common;

mod asynchronous;
mod faults;
mod front_end;
mod masters;
mod trace;
mod vcd;
mod wire;
