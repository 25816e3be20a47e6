//! A file for each command: its options, what it does, its answer.

pub mod doctor;
pub mod info;
pub mod key;
pub mod random;
pub mod sign;
pub mod verify;
