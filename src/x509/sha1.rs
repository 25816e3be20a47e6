//! SHA-1, for names of keys and certificates: nothing depends on its strength.
//!
//! In blocks, since `sha1::Sha1` has places that panic, in its buffer.

use sha1::block_api::compress;

/// The hash before the first block (FIPS 180-4 5.3.1).
const INITIAL: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

/// Of a message below 512 MiB.
pub(super) fn sha1(message: &[u8]) -> [u8; 20] {
    let (blocks, rest) = message.as_chunks();
    let mut state = INITIAL;
    compress(&mut state, blocks);
    // The rest, a 1 bit, zeros, and the message's length in bits, which end a block (FIPS 180-4 5.1.1).
    let mut ends = [[0; 64]; 2];
    let padded = rest.iter().chain(&[0x80]);
    ends.as_flattened_mut().iter_mut().zip(padded).for_each(|(to, from)| *to = *from);
    let bits = (message.len() as u32).wrapping_mul(8).to_be_bytes();
    let ends = if rest.len() < 56 { ends.split_at_mut(1).0 } else { &mut ends };
    if let Some([.., a, b, c, d]) = ends.last_mut() {
        [*a, *b, *c, *d] = bits;
    }
    compress(&mut state, ends);
    let mut digest = [0; 20];
    digest.as_chunks_mut().0.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
    digest
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha1::{Digest, Sha1};

    /// What the crate says that makes blocks of them itself.
    #[test]
    fn every_length() {
        let message: std::vec::Vec<u8> = (0..=255).cycle().take(600).collect();
        for len in 0..=600 {
            let message = &message[..len];
            assert_eq!(sha1(message), <[u8; 20]>::from(Sha1::digest(message)), "{len} bytes");
        }
    }
}
