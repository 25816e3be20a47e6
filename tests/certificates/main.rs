//! Certificates read, rebuilt from 72 bytes, and verified: published ones, ones with every bit changed, odd ones.

mod common;
mod dates;
mod flips;
mod issued;
mod nerves_key;
mod parser;
mod published;
mod random;
mod refused;
mod serials;
mod signatures;
mod templates;
