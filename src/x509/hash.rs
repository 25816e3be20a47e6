//! SHA-1 and SHA-256 of messages that are there as a whole (FIPS 180-4). The blocks are filled here: the buffer of the
//! crates' own `Digest` has checks with panics behind them, which are not optimized out everywhere.

use sha1::block_api::compress;
use sha2::block_api::compress256;

const BLOCK: usize = 64;
/// Where the length stands in the last block.
const LEN_AT: usize = 56;

/// FIPS 180-4, 5.3.1 and 5.3.3.
const SHA1: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
const SHA256: [u32; 8] =
    [0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19];

/// SHA-1 over the pieces.
pub(super) fn sha1(pieces: &[&[u8]]) -> [u8; 20] {
    let mut state = SHA1;
    each_block(pieces, |block| compress(&mut state, block));
    bytes(&state)
}

/// SHA-256 over the pieces.
pub(super) fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut state = SHA256;
    each_block(pieces, |block| compress256(&mut state, block));
    bytes(&state)
}

/// The message in blocks, with its padding (FIPS 180-4, 5.1.1).
fn each_block(pieces: &[&[u8]], mut compress: impl FnMut(&[[u8; BLOCK]; 1])) {
    let mut block = [[0; BLOCK]];
    let mut filled = 0;
    let mut push = |byte| {
        for to in block.as_flattened_mut().iter_mut().skip(filled).take(1) {
            *to = byte;
        }
        filled = (filled + 1) % BLOCK;
        if filled == 0 {
            compress(&block);
        }
        filled
    };
    let mut bits: u64 = 0;
    for byte in pieces.iter().copied().flatten() {
        push(*byte);
        bits = bits.wrapping_add(8);
    }
    let mut at = push(0x80);
    while at != LEN_AT {
        at = push(0);
    }
    for byte in bits.to_be_bytes() {
        push(byte);
    }
}

fn bytes<const N: usize>(words: &[u32]) -> [u8; N] {
    let mut bytes = [0; N];
    for (to, from) in bytes.iter_mut().zip(words.iter().flat_map(|word| word.to_be_bytes())) {
        *to = from;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Digest;

    /// Of every length up to some blocks, in two pieces: as the crates' own.
    #[test]
    fn as_the_crates() {
        let message: std::vec::Vec<u8> = (0..200u8).collect();
        for len in 0..message.len() {
            let whole = &message[..len];
            let (a, b) = whole.split_at(len / 3);
            assert_eq!(sha256(&[a, b]), <[u8; 32]>::from(sha2::Sha256::digest(whole)), "{len}");
            assert_eq!(sha1(&[a, b]), <[u8; 20]>::from(sha1::Sha1::digest(whole)), "{len}");
        }
    }
}
