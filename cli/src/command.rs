//! A file for each command: its options, what it does, its answer.

pub mod bench;
pub mod completions;
pub mod counter;
pub mod info;
pub mod key;
pub mod man;
pub mod random;
pub mod scan;
pub mod selftest;
pub mod sign;
pub mod sim;
pub mod verify;
