//! Random numbers, repeatable from a seed.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};

/// What the chip draws between two losses of its volatile state.
pub(crate) struct Rng(ChaCha20Rng);

impl Rng {
    /// Starts a session: the seed to keep for the next one, and this one's numbers. As the kept seed is a
    /// draw itself, no later session repeats these numbers.
    pub(crate) fn start(seed: &[u8; 32]) -> ([u8; 32], Rng) {
        let mut rng = Rng(ChaCha20Rng::from_seed(*seed));
        (rng.bytes(), rng)
    }

    /// 32 random bytes.
    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
