//! The traits of `rand_core` 0.6, some of which allow no error.

use super::{ChipRng, DelayNs, Error, I2c, Wake};
use crate::secret::wipe;
use core::num::NonZeroU32;
use rand_core_06::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

/// Code of the error that [`RngCore::try_fill_bytes`] returns when the chip fails.
const CODE: u32 = rand_core_06::Error::CUSTOM_START + 608;

/// The chip's random numbers through the traits of `rand_core` 0.6, for a chip that has given some.
///
/// `next_u32`, `next_u64` and `fill_bytes` can't fail there. They ask the chip; if it fails now, though it was there
/// when [`seeded`](ChipRng::seeded) was called, the numbers come from a reserve: SHA-256 over 32 bytes of the chip's
/// that nobody was given, which moves on with each use. So they are always filled, always secret, never wait for ever
/// and never panic. `try_fill_bytes` gives the chip's own numbers or an error.
pub struct SeededRng<'a, I2C, D, W> {
    rng: ChipRng<'a, I2C, D, W>,
    reserve: [u8; 32],
}

impl<I2C, D, W> core::fmt::Debug for SeededRng<'_, I2C, D, W> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SeededRng").finish_non_exhaustive()
    }
}

impl<I2C, D, W> Drop for SeededRng<'_, I2C, D, W> {
    fn drop(&mut self) {
        wipe(&mut self.reserve);
    }
}

impl<'a, I2C: I2c, D: DelayNs, W: Wake<I2C>> ChipRng<'a, I2C, D, W> {
    /// A generator for `rand_core` 0.6, once the chip has given 32 bytes.
    ///
    /// # Errors
    /// As [`Atecc608::random`](crate::blocking::Atecc608::random): [`NotRandom`](crate::ErrorKind::NotRandom) before the configuration is locked.
    pub fn seeded(self) -> Result<SeededRng<'a, I2C, D, W>, Error<I2C::Error>> {
        let mut seeded = SeededRng { rng: self, reserve: [0; 32] };
        seeded.reserve = seeded.rng.chip.random()?;
        Ok(seeded)
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> SeededRng<'_, I2C, D, W> {
    /// One hash for the bytes given out, one for the reserve that stays: neither tells the other.
    fn fill_from_reserve(&mut self, bytes: &mut [u8]) {
        let hash = |tag: u8, reserve: &[u8; 32]| -> [u8; 32] {
            Sha256::new().chain_update([tag]).chain_update(reserve).finalize().into()
        };
        for chunk in bytes.chunks_mut(32) {
            let mut given = hash(1, &self.reserve);
            self.reserve = hash(2, &self.reserve);
            chunk.iter_mut().zip(given).for_each(|(to, from)| *to = from);
            wipe(&mut given);
        }
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> RngCore for SeededRng<'_, I2C, D, W> {
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
        if self.rng.fill(bytes).is_err() {
            self.fill_from_reserve(bytes);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core_06::Error> {
        let code = NonZeroU32::new(CODE).unwrap_or(NonZeroU32::MIN);
        self.rng.fill(bytes).map_err(|_| rand_core_06::Error::from(code))
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> CryptoRng for SeededRng<'_, I2C, D, W> {}
