#![doc = include_str!("../README.md")]

pub mod authority;
pub mod chain;
pub mod export;
pub mod files;
pub mod key_file;
pub mod manifest;
pub mod report;
mod request;
pub mod station;
mod text;
