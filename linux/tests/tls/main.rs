//! TLS with the key of a simulated chip: rustls at both ends in memory, OpenSSL and GnuTLS over loopback.
#![cfg(target_os = "linux")]

mod authority;
mod board;
mod handshake;

mod chain;
mod cost;
mod executor;
mod faults;
mod others;
mod refusals;
mod renewal;
mod threads;
