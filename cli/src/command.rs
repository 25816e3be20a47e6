//! A file for each command: its options, what it does, its answer.

pub mod aes;
pub mod bench;
pub mod cert;
pub mod completions;
pub mod config;
pub mod counter;
pub mod csr;
pub mod doctor;
pub mod ecdh;
pub mod hmac;
pub mod info;
pub mod jwt;
pub mod key;
pub mod lock;
pub mod mac;
pub mod man;
pub mod random;
pub mod scan;
pub mod selftest;
pub mod sign;
pub mod sim;
pub mod slot;
pub mod tng;
pub mod update;
pub mod verify;
pub mod why;
