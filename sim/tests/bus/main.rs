//! The bus, its front ends, its trace and its server, with the chip on it.

mod asynchronous;
mod common;
mod faults;
mod front_end;
mod masters;
#[cfg(feature = "cli")]
mod program;
mod server;
mod sockets;
mod tcp;
mod trace;
mod vcd;
mod wire;
