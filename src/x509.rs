//! X.509: requests (CSR), certificates, and the 72-byte form in which chips keep them.
//!
//! Plain data without I/O and without an allocator: what is written goes into the caller's buffer, what is read stays
//! where it is. The operations that need a chip are those of [`blocking::Atecc608`](crate::blocking::Atecc608) and
//! [`asynch::Atecc608`](crate::asynch::Atecc608).

mod der;
mod error;
mod key_id;
mod place;
mod time;
mod unsigned;

pub use error::{ChipError, Error};
pub use key_id::KeyId;
pub use place::{KeyPlace, SlotPlace, SlotBytes};
pub use time::{DateTime, Validity};
pub use unsigned::Unsigned;
