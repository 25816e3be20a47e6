#![doc = include_str!("../README.md")]

mod console;
pub mod hart;
mod image;
pub mod line;
mod machine;
mod memory;
mod peripheral;
mod rom;
mod soc;
mod time;

pub use console::Console;
pub use machine::{Machine, Stop};
