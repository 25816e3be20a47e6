//! DER (X.690): tags, identifiers, a reader and a writer.

pub(crate) mod read;
pub(crate) mod tag;
pub(crate) mod write;
