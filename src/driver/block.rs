//! What modes of the block cipher compute outside it (NIST SP 800-38A, B, D).

use crate::secret::xor;

/// A block, as GCM and the others count in it.
pub(super) type Block = [u8; 16];

/// Next counter block: the whole block counts in CTR.
pub(super) fn increment(block: Block) -> Block {
    u128::from_be_bytes(block).wrapping_add(1).to_be_bytes()
}

/// Next counter block of GCM: the last 32 bits count.
pub(super) fn increment32(block: Block) -> Block {
    let value = u128::from_be_bytes(block);
    let low = (value as u32).wrapping_add(1);
    (value >> 32 << 32 | u128::from(low)).to_be_bytes()
}

/// First counter block of GCM for a 96-bit nonce.
pub(super) fn first_counter(nonce: &[u8; 12]) -> Block {
    let mut block = [0; 16];
    xor(&mut block, nonce);
    if let Some(last) = block.last_mut() {
        *last = 1;
    }
    block
}

/// Last block that GCM hashes: both lengths in bits.
pub(super) fn lengths(associated: &[u8], ciphertext: &[u8]) -> Block {
    let bits = |bytes: &[u8]| bytes.len() as u128 * 8;
    (bits(associated) << 64 | bits(ciphertext)).to_be_bytes()
}

/// Multiplication by x in the field of CMAC.
pub(super) fn double(block: Block) -> Block {
    let value = u128::from_be_bytes(block);
    let carry = if value >> 127 == 1 { 0x87 } else { 0 };
    (value << 1 ^ carry).to_be_bytes()
}
