#![doc = include_str!("../README.md")]

mod chip;
mod machine;
mod memory;
#[path = "../firmware/src/op.rs"]
#[allow(missing_docs, reason = "an operation is called what it does")]
mod op;
mod program;
mod secrets;

pub use machine::{Half, Job, Outcome, run};
pub use memory::{Left, Writer};
pub use op::Op;
pub use program::Program;
pub use secrets::Secrets;
