//! Bytes on the wire, without I/O: opcodes, requests, groups with their CRC, status bytes, times (chip reference 2, 3).
//!
//! Imports nothing of this crate but [`Secret`](crate::Secret)'s wiping.

pub mod frame;
pub(crate) mod nack;
mod opcode;
mod request;
mod status;
pub mod timing;

pub use opcode::Opcode;
pub use request::{Reply, Request};
pub use status::Status;
