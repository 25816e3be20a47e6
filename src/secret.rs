//! Bytes that nobody else may see, and what is done so that nobody does.

mod bytes;
pub(crate) mod stack;
mod wipe;

pub use bytes::Secret;
pub(crate) use bytes::{equal, xor};
pub(crate) use wipe::wipe;
