//! Random numbers from two sources: if either can't be foretold, neither can what comes out.
//!
//! A seed is the SHA-256 of what the host's generator and the chip's gave; between seeds ChaCha20 stretches
//! it, and every request replaces the key by output that nobody has seen, so that what was drawn before
//! can't be computed from a state that leaks later. Everything is wiped when it is dropped.

use core::fmt;

use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use rand_core_06::{CryptoRng, Error, RngCore};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// Tells these hashes from all others of the same bytes.
const DOMAIN: &[u8] = b"atecc608-cloud entropy 1";

/// A generator seeded by the host and the chip: 32 bytes each.
///
/// ```
/// use atecc608_cloud::tls::Entropy;
/// use rand_core_06::RngCore;
///
/// # let (host, chip) = (core::array::from_fn(|n| n as u8), core::array::from_fn(|n| !n as u8));
/// // `host` from the microcontroller's generator, `chip` from `Atecc608::random`.
/// let mut rng = Entropy::new(&host, &chip)?;
/// let number = rng.next_u64();
/// # let _ = number;
/// # Ok::<(), atecc608_cloud::tls::BadSource>(())
/// ```
pub struct Entropy {
    key: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for Entropy {
    // The state tells the numbers to come.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entropy").finish_non_exhaustive()
    }
}

impl Entropy {
    /// Seeds a generator.
    ///
    /// # Errors
    /// A source gave a pattern, so it does not work. A chip whose configuration is not locked gives one.
    pub fn new(host: &[u8; 32], chip: &[u8; 32]) -> Result<Self, BadSource> {
        Self::mix(&[0; 32], host, chip)
    }

    /// Stirs fresh bytes in. What was there is not lost: bad bytes do no harm.
    ///
    /// # Errors
    /// A source gave a pattern; the state is unchanged.
    pub fn reseed(&mut self, host: &[u8; 32], chip: &[u8; 32]) -> Result<(), BadSource> {
        *self = Self::mix(&self.key, host, chip)?;
        Ok(())
    }

    fn mix(state: &[u8; 32], host: &[u8; 32], chip: &[u8; 32]) -> Result<Self, BadSource> {
        if is_pattern(host) {
            return Err(BadSource::Host);
        }
        if is_pattern(chip) {
            return Err(BadSource::Chip);
        }
        // With `sha2`'s feature `zeroize` the hasher wipes itself.
        let mut hash = Sha256::new().chain_update(DOMAIN).chain_update(state);
        hash.update(host);
        hash.update(chip);
        let mut key = Zeroizing::new([0; 32]);
        hash.finalize_into((&mut *key).into());
        Ok(Self { key })
    }
}

/// Whether the same 4 bytes are repeated.
fn is_pattern(bytes: &[u8; 32]) -> bool {
    let mut groups = bytes.chunks_exact(4);
    let first = groups.next();
    groups.all(|group| Some(group) == first)
}

impl RngCore for Entropy {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        // No key is used twice, so the nonce may stay.
        let mut cipher = ChaCha20::new((&*self.key).into(), &[0; 12].into());
        self.key.zeroize();
        cipher.apply_keystream(&mut *self.key);
        bytes.fill(0);
        cipher.apply_keystream(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Entropy {}

/// A source of randomness does not work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadSource {
    /// The host's.
    Host,
    /// The chip's.
    Chip,
}

impl fmt::Display for BadSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "the host's random numbers are a pattern; is its generator switched on?",
            Self::Chip => {
                "the chip's random numbers are a pattern; before its configuration is locked it gives no others"
            }
        })
    }
}

impl core::error::Error for BadSource {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn bytes(start: u8) -> [u8; 32] {
        core::array::from_fn(|index| start.wrapping_add((index * 7) as u8))
    }

    fn drawn(mut rng: Entropy) -> [u8; 32] {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        bytes
    }

    #[test]
    fn the_first_numbers_are_those_computed_elsewhere() {
        // SHA-256 of Python's hashlib, ChaCha20 written down from RFC 8439 in Python.
        let rng = Entropy::new(&bytes(1), &bytes(2)).unwrap();
        assert_eq!(
            *rng.key,
            [
                0x48, 0x05, 0xEB, 0x91, 0x31, 0xD2, 0x17, 0x3B, 0x72, 0x82, 0xBB, 0xAC, 0x21, 0x71, 0x0E,
                0x9D, 0xE9, 0xE4, 0x33, 0xD8, 0xE3, 0xB7, 0xDB, 0xC2, 0x16, 0xF4, 0xC7, 0x47, 0x47, 0x03,
                0xE6, 0x07
            ]
        );
        assert_eq!(
            drawn(rng),
            [
                0xDC, 0x35, 0xAB, 0x9D, 0x59, 0x62, 0xA5, 0xE4, 0x71, 0x4B, 0xC1, 0xB2, 0xF5, 0x61, 0x97,
                0xE6, 0x0E, 0xFD, 0xE8, 0xBE, 0x54, 0xD7, 0x25, 0x12, 0x9A, 0xB0, 0xF5, 0x04, 0x7A, 0xDC,
                0xF1, 0xE9
            ]
        );
    }

    #[test]
    fn either_source_alone_changes_everything() {
        let both = drawn(Entropy::new(&bytes(1), &bytes(2)).unwrap());
        assert_ne!(both, drawn(Entropy::new(&bytes(3), &bytes(2)).unwrap()));
        assert_ne!(both, drawn(Entropy::new(&bytes(1), &bytes(3)).unwrap()));
    }

    #[test]
    fn a_request_leaves_no_way_back_and_none_repeats() {
        let mut rng = Entropy::new(&bytes(1), &bytes(2)).unwrap();
        let before = *rng.key;
        let mut first = vec![0; 100];
        rng.fill_bytes(&mut first);
        assert_ne!(*rng.key, before);
        assert!(!first.windows(32).any(|window| window == &rng.key[..]), "the next key was given out");
        let mut second = vec![0; 100];
        rng.fill_bytes(&mut second);
        assert_ne!(first, second);
        assert_ne!(rng.next_u32(), rng.next_u32());
    }

    #[test]
    fn what_was_in_the_buffer_does_not_matter() {
        let mut filled = [0xA5; 32];
        Entropy::new(&bytes(1), &bytes(2)).unwrap().fill_bytes(&mut filled);
        assert_eq!(filled, drawn(Entropy::new(&bytes(1), &bytes(2)).unwrap()));
    }

    #[test]
    fn a_reseed_depends_on_old_and_new() {
        let reseeded = |seed, fresh| {
            let mut rng = Entropy::new(&bytes(seed), &bytes(2)).unwrap();
            rng.reseed(&bytes(fresh), &bytes(9)).unwrap();
            drawn(rng)
        };
        assert_ne!(reseeded(1, 5), reseeded(3, 5));
        assert_ne!(reseeded(1, 5), reseeded(1, 6));
        assert_ne!(reseeded(1, 5), drawn(Entropy::new(&bytes(5), &bytes(9)).unwrap()));
    }

    #[test]
    fn patterns_are_no_seed() {
        let unlocked: [u8; 32] = core::array::from_fn(|index| if index % 4 < 2 { 0xFF } else { 0 });
        assert_eq!(Entropy::new(&bytes(1), &unlocked).err(), Some(BadSource::Chip));
        assert_eq!(Entropy::new(&[0; 32], &bytes(1)).err(), Some(BadSource::Host));
        let mut rng = Entropy::new(&bytes(1), &bytes(2)).unwrap();
        assert_eq!(rng.reseed(&bytes(1), &[7; 32]), Err(BadSource::Chip));
        assert_eq!(drawn(rng), drawn(Entropy::new(&bytes(1), &bytes(2)).unwrap()));
    }
}
