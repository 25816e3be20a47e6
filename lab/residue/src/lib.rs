#![doc = include_str!("../README.md")]

mod chip;
mod machine;
mod memory;
mod program;
mod secrets;

pub use machine::{Half, Job, Outcome, run};
pub use memory::{Residue, Writer};
pub use program::Program;
pub use residue_op::Op;
pub use secrets::Secrets;
