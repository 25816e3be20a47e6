//! What is computed outside the chip.

use crc::{CRC_16_ARC, NoTable};
use sha2::{Digest, Sha256};

/// SHA-256 of a message.
pub fn sha256(message: &[u8]) -> [u8; 32] {
    Sha256::digest(message).into()
}

/// SHA-256 of the parts one after another.
pub fn sha256_of(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

/// Two series of bytes, bit by bit, as long as the shorter one.
pub fn xor(data: &[u8], mask: &[u8]) -> Vec<u8> {
    data.iter().zip(mask).map(|(data, mask)| data ^ mask).collect()
}

/// A message without period.
pub fn message(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 251 + i / 64) as u8).collect()
}

/// CRC of chip reference 2.2.
pub fn crc(bytes: &[u8]) -> [u8; 2] {
    crc::Crc::<u16, NoTable>::new(&CRC_16_ARC).checksum(bytes).reverse_bits().to_le_bytes()
}
