//! A file for each command: its options, what it does, its answer.

pub mod cert;
pub mod config;
pub mod csr;
pub mod info;
pub mod jwt;
pub mod key;
pub mod lock;
pub mod random;
pub mod sign;
pub mod tng;
pub mod verify;
pub mod why;
