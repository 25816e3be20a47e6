//! The chip as a random number generator for the `rand_core` traits.

use super::blocking::{Atecc608, Wake};
use crate::error::Error;
use crate::secret::wipe;
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

/// Random numbers of the chip, 32 bytes at a time, through the traits of `rand_core` 0.10
/// (feature `rand_core-010`). Those of 0.6 allow no error: they are on `SeededRng` (feature `rand_core-06`), which
/// `seeded` makes.
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

/// # Random number generator
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

#[cfg(feature = "rand_core-010")]
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

#[cfg(feature = "rand_core-06")]
mod previous;
#[cfg(feature = "rand_core-06")]
pub use previous::SeededRng;

#[cfg(test)]
mod tests {
    use super::*;
    use atecc608_sim::{Bus, Chip};

    /// What was given out is in no pool any more, what was not is.
    #[test]
    fn the_pool_forgets_what_it_gave_out() {
        let mut eeprom = Chip::blank(3).eeprom().clone();
        let mut zone = *eeprom.config();
        zone[87] = 0;
        eeprom.set_config(&zone);
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(eeprom));
        let mut chip = Atecc608::new(bus.i2c(), bus.delay());
        let mut rng = chip.rng();
        let (mut given, mut all) = ([0; 5], [0; 32]);
        rng.fill(&mut given).unwrap();
        assert_eq!(rng.pool[..5], [0; 5]);
        assert!(rng.pool[5..].windows(4).all(|bytes| bytes != [0; 4]));
        all[..5].copy_from_slice(&given);
        all[5..].copy_from_slice(&rng.pool[5..]);
        rng.fill(&mut [0; 26]).unwrap();
        assert_eq!(rng.pool, core::array::from_fn(|i| if i < 31 { 0 } else { all[31] }));
        rng.fill(&mut [0; 1]).unwrap();
        assert_eq!(rng.pool, [0; 32]);
    }
}
