//! The wires to the chip, with a clock.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error as _, ErrorKind, I2c};

/// Bus, delay and clock, whatever they are made of.
pub trait Line {
    /// One write.
    ///
    /// # Errors
    ///
    /// What the bus says, a missing acknowledge included.
    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), BusFault>;

    /// One read.
    ///
    /// # Errors
    ///
    /// What the bus says, a missing acknowledge included.
    fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), BusFault>;

    /// Lets time pass.
    fn wait_us(&mut self, us: u32);

    /// The time, in nanoseconds since whenever.
    fn nanos(&mut self) -> u64;
}

/// What the bus said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusFault {
    /// Of which kind; not all buses tell a missing acknowledge from the rest.
    pub kind: ErrorKind,
    /// Its name where it came from: an errno.
    pub name: String,
}

impl BusFault {
    /// Whether it may be that nobody acknowledged.
    #[must_use]
    pub fn may_be_nack(&self) -> bool {
        !matches!(self.kind, ErrorKind::ArbitrationLoss | ErrorKind::Overrun)
    }
}

/// A [`Line`] of the traits of `embedded-hal` and a clock.
pub struct Wires<I: I2c, D, C> {
    i2c: I,
    delay: D,
    clock: C,
    name: fn(&I::Error) -> String,
}

impl<I: I2c, D: DelayNs, C: FnMut() -> u64> Wires<I, D, C> {
    /// From these; the clock gives nanoseconds, the last one the name of an error.
    pub fn new(i2c: I, delay: D, clock: C, name: fn(&I::Error) -> String) -> Self {
        Self { i2c, delay, clock, name }
    }

    fn fault(&self, error: &I::Error) -> BusFault {
        BusFault { kind: error.kind(), name: (self.name)(error) }
    }
}

impl<I: I2c, D, C> core::fmt::Debug for Wires<I, D, C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Wires").finish_non_exhaustive()
    }
}

impl<I: I2c, D: DelayNs, C: FnMut() -> u64> Line for Wires<I, D, C> {
    fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), BusFault> {
        self.i2c.write(address, bytes).map_err(|error| self.fault(&error))
    }

    fn read(&mut self, address: u8, buffer: &mut [u8]) -> Result<(), BusFault> {
        self.i2c.read(address, buffer).map_err(|error| self.fault(&error))
    }

    fn wait_us(&mut self, us: u32) {
        self.delay.delay_us(us);
    }

    fn nanos(&mut self) -> u64 {
        (self.clock)()
    }
}
