//! Bytes on the wire, without I/O (chip reference 2, 3).
//!
//! [`Opcode`] and [`Request`] are what goes out, [`Status`] is what the chip says back. [`frame`] has the count and the
//! CRC around both, [`timing`] how long the chip may take.

mod buffer;
pub(crate) mod crc;
pub mod frame;
mod group;
pub(crate) mod nack;
mod opcode;
mod request;
mod status;
pub mod timing;
mod transfer;

pub use opcode::Opcode;
pub(crate) use request::AnswerKind;
pub use request::{Reply, Request};
pub use status::Status;
pub use transfer::Transfer;
