//! SHA-256: whole messages, and the running computation of the SHA command with a state that can be taken
//! out and put back (chip reference 5.19).

use sha2::{Digest, Sha256, block_api::compress256};

const BLOCK: usize = 64;

/// SHA-256 of the parts one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// A hash that is not over yet.
#[derive(Clone)]
pub(crate) struct Running {
    state: [u32; 8],
    total: u32,
    rest: Vec<u8>,
}

impl Running {
    pub(crate) fn new() -> Running {
        let state = [
            0x6A09_E667,
            0xBB67_AE85,
            0x3C6E_F372,
            0xA54F_F53A,
            0x510E_527F,
            0x9B05_688C,
            0x1F83_D9AB,
            0x5BE0_CD19,
        ];
        Running { state, total: 0, rest: Vec::new() }
    }

    /// Bytes so far.
    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.total = self.total.wrapping_add(bytes.len() as u32);
        self.absorb(bytes);
    }

    fn absorb(&mut self, bytes: &[u8]) {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() - self.rest.len() % BLOCK;
        let (blocks, _) = self.rest[..whole].as_chunks::<BLOCK>();
        compress256(&mut self.state, blocks);
        self.rest.drain(..whole);
    }

    pub(crate) fn finish(mut self) -> [u8; 32] {
        let bits = u64::from(self.total) * 8;
        let zeros = (2 * BLOCK - 9 - self.rest.len()) % BLOCK;
        let mut padding = vec![0x80];
        padding.resize(1 + zeros, 0);
        padding.extend(bits.to_be_bytes());
        self.absorb(&padding);
        let mut digest = [0; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }

    /// The context as Read_Context gives it: total, state words (little endian), bytes of the unfinished block.
    pub(crate) fn to_context(&self) -> Vec<u8> {
        let words = self.state.iter().flat_map(|word| word.to_le_bytes());
        self.total.to_le_bytes().into_iter().chain(words).chain(self.rest.iter().copied()).collect()
    }

    /// The inverse; none if the size does not fit the total (chip reference D2).
    pub(crate) fn from_context(context: &[u8]) -> Option<Running> {
        let (total, tail) = context.split_first_chunk::<4>()?;
        let (words, rest) = tail.split_first_chunk::<32>()?;
        let total = u32::from_le_bytes(*total);
        if rest.len() != total as usize % BLOCK {
            return None;
        }
        let mut state = [0; 8];
        for (word, bytes) in state.iter_mut().zip(words.as_chunks::<4>().0) {
            *word = u32::from_le_bytes(*bytes);
        }
        Some(Running { state, total, rest: rest.to_vec() })
    }
}

/// HMAC-SHA256 in the making.
#[derive(Clone)]
pub(crate) struct RunningHmac {
    inner: Running,
    key: [u8; BLOCK],
}

impl RunningHmac {
    /// The key has at most 64 bytes.
    pub(crate) fn new(key: &[u8]) -> RunningHmac {
        let mut padded = [0; BLOCK];
        padded[..key.len()].copy_from_slice(key);
        let mut inner = Running::new();
        inner.update(&padded.map(|byte| byte ^ 0x36));
        RunningHmac { inner, key: padded }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.inner.update(bytes);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        sha256(&[&self.key.map(|byte| byte ^ 0x5C), &self.inner.finish()])
    }
}

/// HMAC-SHA256 of the parts one after the other, with a key of at most 64 bytes.
pub(crate) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut running = RunningHmac::new(key);
    for part in parts {
        running.update(part);
    }
    running.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_equals_whole_at_every_length_and_cut() {
        let message: Vec<u8> = (0..200u8).collect();
        for length in 0..message.len() {
            for cut in [0, length / 3, length] {
                let mut running = Running::new();
                running.update(&message[..cut]);
                let mut running = Running::from_context(&running.to_context()).unwrap();
                running.update(&message[cut..length]);
                assert_eq!(running.finish(), sha256(&[&message[..length]]), "{length} {cut}");
            }
        }
    }

    #[test]
    fn context_of_the_wrong_size_is_refused() {
        let mut running = Running::new();
        running.update(b"12345");
        let context = running.to_context();
        assert_eq!(context.len(), 41);
        assert!(Running::from_context(&context[..40]).is_none());
        assert!(Running::from_context(&[0; 35]).is_none());
    }
}
