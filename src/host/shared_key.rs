//! A key on both sides.

use crate::memory::Slot;
use crate::secret::Secret;

/// A key that chip and host share: where the chip has it, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedKey {
    /// The slot.
    pub slot: Slot,
    /// Its first 32 bytes.
    pub key: Secret<32>,
}
