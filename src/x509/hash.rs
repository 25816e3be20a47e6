//! SHA-256, and SHA-1 for names of keys and certificates: nothing depends on SHA-1's strength.
//!
//! Block by block, since `sha1::Sha1` and `sha2::Sha256` have places that panic, in their buffer; and as their state
//! would be moved, which takes stack.

use core::slice::from_ref;
use sha1::block_api::compress;
use sha2::block_api::compress256;

/// The hash before the first block (FIPS 180-4 5.3.1).
const SHA1: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
/// The same (FIPS 180-4 5.3.3).
const SHA256: [u32; 8] =
    [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19];

/// Of a message in pieces.
#[inline(never)]
pub(super) fn sha1(message: &[&[u8]]) -> [u8; 20] {
    let mut state = SHA1;
    blocks(message, |block| compress(&mut state, from_ref(block)));
    bytes(&state)
}

/// Of a message in pieces.
#[inline(never)]
pub(crate) fn sha256(message: &[&[u8]]) -> [u8; 32] {
    let mut state = SHA256;
    blocks(message, |block| compress256(&mut state, from_ref(block)));
    bytes(&state)
}

/// The blocks of a message below 512 MiB: behind it a 1 bit, zeros, and its length in bits, which end a block (FIPS
/// 180-4 5.1.1).
fn blocks(message: &[&[u8]], mut compress: impl FnMut(&[u8; 64])) {
    let mut block = [0; 64];
    let mut len = 0_usize;
    let mut push = |byte| {
        if let Some(to) = block.get_mut(len % 64) {
            *to = byte;
        }
        len = len.wrapping_add(1);
        if len.is_multiple_of(64) {
            compress(&block);
        }
        len
    };
    let mut after = 0;
    for byte in message.iter().copied().flatten() {
        after = push(*byte);
    }
    let bits = (after as u64).wrapping_mul(8).to_be_bytes();
    after = push(0x80);
    while after % 64 != 56 {
        after = push(0);
    }
    for byte in bits {
        push(byte);
    }
}

fn bytes<const N: usize>(state: &[u32]) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.as_chunks_mut().0.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha1::{Digest, Sha1};
    use sha2::Sha256;

    /// What the crates say that make blocks of them themselves.
    #[test]
    fn every_length_in_pieces() {
        let message: std::vec::Vec<u8> = (0..=255).cycle().take(600).collect();
        for len in 0..=600 {
            let message = &message[..len];
            let (one, other) = message.split_at(len / 3);
            assert_eq!(sha1(&[one, &[], other]), <[u8; 20]>::from(Sha1::digest(message)), "{len} bytes");
            assert_eq!(sha256(&[one, &[], other]), <[u8; 32]>::from(Sha256::digest(message)), "{len} bytes");
        }
    }
}
