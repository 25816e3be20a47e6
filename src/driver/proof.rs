//! Answers that the chip proves.

use crate::error::{Error, ErrorKind};
use crate::secret::equal;
use crate::wire::Opcode;

/// Compares a proof in constant time.
pub(super) fn genuine<E>(opcode: Opcode, proof: &[u8; 32], expected: &[u8; 32]) -> Result<(), Error<E>> {
    if equal(proof, expected) { Ok(()) } else { Err(Error::new(opcode, ErrorKind::Forged)) }
}
