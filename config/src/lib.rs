#![doc = include_str!("../README.md")]

mod document;
mod error;
pub mod forms;
pub mod layout;
mod preset;
mod read;

pub use document::{Document, Start};
pub use error::{Error, ErrorKind};
pub use preset::{Preset, UnknownPreset};
pub use read::{from_file, from_slice, from_text, from_toml};
