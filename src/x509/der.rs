//! DER (X.690): tags, identifiers, and a writer.

pub(crate) mod tag;
pub(crate) mod write;
