//! A message, signed as X.509 and TLS want it.

use atecc608::{Signature, Slot};
use sha2::{Digest, Sha256};

use crate::{ChipError, SharedChip};

/// Signs the SHA-256 of a message with the key in a slot. It is hashed here, not by the chip. Gives an Ecdsa-Sig-Value
/// in DER (RFC 3279 2.2.3), 8 to 72 bytes.
pub(crate) fn sign(chip: &SharedChip, slot: Slot, message: &[u8]) -> Result<Vec<u8>, ChipError> {
    let digest = Sha256::digest(message).into();
    Ok(der(&chip.sign_digest(slot, &digest)?))
}

fn der(signature: &Signature) -> Vec<u8> {
    let (r, s) = signature.as_bytes().split_at(32);
    value(0x30, &[integer(r), integer(s)].concat())
}

/// INTEGER, positive: without leading zeros, but for one where the highest bit is set.
fn integer(big_endian: &[u8]) -> Vec<u8> {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    let mut content = big_endian.get(zeros..).unwrap_or_default().to_vec();
    if content.first().is_none_or(|first| *first > 0x7F) {
        content.insert(0, 0);
    }
    value(0x02, &content)
}

/// Tag, length, content. Nothing here is longer than 70 bytes, so one byte of length will do.
fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, content.len() as u8], content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(r: &[u8], s: &[u8]) -> Vec<u8> {
        let mut bytes = [0; 64];
        bytes[32 - r.len()..32].copy_from_slice(r);
        bytes[64 - s.len()..].copy_from_slice(s);
        der(&Signature::from_bytes(bytes))
    }

    #[test]
    fn integers_are_as_short_as_they_can_be_and_positive() {
        assert_eq!(of(&[1], &[0x7F]), [0x30, 6, 2, 1, 1, 2, 1, 0x7F]);
        assert_eq!(of(&[0x80], &[0, 0x12, 0x34]), [0x30, 8, 2, 2, 0, 0x80, 2, 2, 0x12, 0x34]);
        assert_eq!(of(&[], &[1]), [0x30, 6, 2, 1, 0, 2, 1, 1]);
        let longest = of(&[0xFF; 32], &[0x80; 32]);
        assert_eq!(longest.len(), 72);
        assert_eq!(longest[..5], [0x30, 70, 2, 33, 0]);
        assert_eq!(longest[37..40], [2, 33, 0]);
    }
}
