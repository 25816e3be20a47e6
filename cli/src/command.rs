//! A file for each command: its options, what it does, its answer.

pub mod aes;
pub mod cert;
pub mod config;
pub mod csr;
pub mod doctor;
pub mod ecdh;
pub mod hmac;
pub mod info;
pub mod jwt;
pub mod key;
pub mod lock;
pub mod mac;
pub mod random;
pub mod sign;
pub mod slot;
pub mod tng;
pub mod update;
pub mod verify;
pub mod why;
