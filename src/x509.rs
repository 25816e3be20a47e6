//! X.509: requests (CSR), certificates, and the 72-byte form in which chips keep them.
//!
//! Plain data without I/O and without an allocator: what is written goes into the caller's buffer, what is read stays
//! where it is. The operations that need a chip are those of [`blocking::Atecc608`](crate::blocking::Atecc608) and
//! [`asynch::Atecc608`](crate::asynch::Atecc608).
//!
//! | To | Look at |
//! |---|---|
//! | ask for a certificate | [`Csr`] |
//! | issue one | [`TbsCertificate`]; [`Template::issue`] for one that goes on a chip |
//! | read one | [`Certificate::parse`]: names, key, dates, extensions, thumbprints, where they lie |
//! | keep one in 72 bytes | [`Template`], [`Compressed`], [`Parts`] |
//! | know that it is right | [`Verifier`]; [`Unverified`], which gives no certificate before |
//! | say where on the chip it lies | [`Definition`], [`KeyPlace`], [`Enrolment`] |
//! | read a Trust&GO or TrustFLEX part | [`trust`] |

mod certificate;
mod chain;
mod compressed;
mod csr;
mod definition;
mod der;
mod enrolment;
mod error;
mod extension;
pub(crate) mod hash;
mod key_id;
mod malformed;
mod name;
mod oid;
pub(crate) mod parts;
#[cfg(feature = "pem")]
mod pem;
mod place;
mod provision_error;
mod serial;
mod stored;
mod tbs;
mod template;
mod time;
pub mod trust;
mod unsigned;
pub(crate) mod unverified;
mod verify;

pub use certificate::{
    AlternativeName, AlternativeNames, Attributes, Certificate, Extension, Extensions, NameAttribute, Usages,
};
pub use chain::Chain;
pub use compressed::{Compressed, CompressedError, Dates, Term, Version};
pub use csr::Csr;
pub use definition::{Definition, Misfit, Misfits, Unfit};
pub use enrolment::Enrolment;
pub use error::{ChipError, Error, IssueError};
pub use extension::{BasicConstraints, ExtendedKeyUsage, KeyUsage, Profile};
pub use key_id::KeyId;
pub use malformed::Malformed;
pub use name::{Attribute, AttributeType, GeneralName, InvalidText, Name};
pub use oid::Oid;
pub use parts::Parts;
#[cfg(feature = "pem")]
pub use pem::PemLabel;
pub use place::{KeyPlace, SlotBytes, SlotPlace};
pub use provision_error::ProvisionError;
pub use serial::{CertificateSerial, SerialSource, SignerId};
pub use stored::{Stored, slot_8};
pub use tbs::TbsCertificate;
pub use template::{Field, Place, Template, TemplateError};
pub use time::{DateTime, Validity};
pub use unsigned::Unsigned;
pub use unverified::Unverified;
#[cfg(feature = "p256-014-arithmetic")]
pub use verify::P256;
pub use verify::Verifier;
