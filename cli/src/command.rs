//! A file for each command: its options, what it does, its answer.

pub mod config;
pub mod info;
pub mod key;
pub mod lock;
pub mod random;
pub mod sign;
pub mod verify;
pub mod why;
