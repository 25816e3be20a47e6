//! Why there is no JSON.

use core::fmt;

/// A payload was not read or not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonError {
    /// It is no JSON, or not of the form asked for.
    Form,
    /// It does not fit the buffer.
    BufferTooSmall {
        /// The buffer's size, in bytes.
        capacity: usize,
    },
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("the payload is no JSON, or not of the form that was asked for"),
            Self::BufferTooSmall { capacity } => {
                write!(f, "the payload does not fit the buffer of {capacity} bytes")
            }
        }
    }
}

impl core::error::Error for JsonError {}
