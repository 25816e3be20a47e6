//! X.509: requests (CSR), certificates, and the 72-byte form in which chips keep them.
//!
//! Plain data without I/O and without an allocator: what is written goes into the caller's buffer, what is read stays
//! where it is. The operations that need a chip are those of [`blocking::Atecc608`](crate::blocking::Atecc608) and
//! [`asynch::Atecc608`](crate::asynch::Atecc608).

mod csr;
mod der;
mod error;
mod extension;
mod key_id;
mod name;
#[cfg(feature = "pem")]
mod pem;
mod tbs;
mod time;
mod unsigned;

pub use csr::Csr;
pub use error::{ChipError, Error, IssueError};
pub use extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, Profile};
pub use key_id::KeyId;
pub use name::{Attribute, AttributeType, GeneralName, InvalidText, Name};
#[cfg(feature = "pem")]
pub use pem::PemLabel;
pub use tbs::TbsCertificate;
pub use time::{DateTime, Validity};
pub use unsigned::Unsigned;
