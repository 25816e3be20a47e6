//! The chip as a random number generator for the `rand_core` traits.

use crate::blocking::{Atecc608, Wake};
use crate::error::Error;
use crate::frame::wipe;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// Random numbers of the chip, 32 bytes at a time, through the traits of `rand_core` 0.10
/// (feature `rand_core`) and 0.6 (feature `rand_core-06`).
///
/// Every 32 bytes cost a command (about 10 ms): for more than a few, seed a software generator with
/// [`random`](Atecc608::random). That is also the way to a generator that can't fail.
pub struct ChipRng<'a, I2C, D, W> {
    chip: &'a mut Atecc608<I2C, D, W>,
    pool: [u8; 32],
    /// Bytes of the pool not given out yet; they are at its end.
    left: usize,
}

impl<I2C, D, W> core::fmt::Debug for ChipRng<'_, I2C, D, W> {
    // The pool holds numbers to come.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ChipRng").finish_non_exhaustive()
    }
}

impl<I2C, D, W> Drop for ChipRng<'_, I2C, D, W> {
    fn drop(&mut self) {
        wipe(&mut self.pool);
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The chip as a random number generator.
    pub const fn rng(&mut self) -> ChipRng<'_, I2C, D, W> {
        ChipRng { chip: self, pool: [0; 32], left: 0 }
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> ChipRng<'_, I2C, D, W> {
    /// Fills `bytes` with random numbers.
    ///
    /// # Errors
    /// As [`Atecc608::random`]; what was filled before is no secret worth keeping.
    pub fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error<I2C::Error>> {
        for byte in bytes {
            if self.left == 0 {
                self.pool = self.chip.random()?;
                self.left = self.pool.len();
            }
            // Given out once: the pool forgets it.
            if let Some(from) = self.pool.iter_mut().nth_back(self.left - 1) {
                *byte = core::mem::take(from);
            }
            self.left -= 1;
        }
        Ok(())
    }
}

#[cfg(feature = "rand_core")]
mod today {
    use super::{ChipRng, DelayNs, Error, I2c, Wake};
    use rand_core::{TryCryptoRng, TryRng};

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> TryRng for ChipRng<'_, I2C, D, W> {
        type Error = Error<I2C::Error>;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            let mut bytes = [0; 4];
            self.fill(&mut bytes)?;
            Ok(u32::from_le_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            let mut bytes = [0; 8];
            self.fill(&mut bytes)?;
            Ok(u64::from_le_bytes(bytes))
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            self.fill(bytes)
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> TryCryptoRng for ChipRng<'_, I2C, D, W> {}
}

/// The previous generation has no fallible generator: where its traits allow no error, the chip is
/// asked until it answers. Numbers are never made up, and nothing panics; a firmware whose chip
/// may be missing calls [`ChipRng::fill`] first, or lets its watchdog decide.
#[cfg(feature = "rand_core-06")]
mod previous {
    use super::{ChipRng, DelayNs, I2c, Wake};
    use core::num::NonZeroU32;
    use rand_core_06::{CryptoRng, Error, RngCore};

    /// Code of the error that [`RngCore::try_fill_bytes`] returns when the chip fails.
    const CODE: u32 = Error::CUSTOM_START + 608;

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> RngCore for ChipRng<'_, I2C, D, W> {
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
            while self.fill(bytes).is_err() {}
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
            self.fill(bytes).map_err(|_| Error::from(NonZeroU32::new(CODE).unwrap_or(NonZeroU32::MIN)))
        }
    }

    impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> CryptoRng for ChipRng<'_, I2C, D, W> {}
}
