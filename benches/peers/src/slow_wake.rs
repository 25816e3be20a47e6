//! An I2C bus that goes down to 100 kHz for at-cryptoauth's wake, which is a byte to the chip's address.

use atecc608_sim::hal::{I2cError, SimI2c};
use embedded_hal::i2c::{ErrorType, I2c, Operation};

/// What at-cryptoauth wakes with; it rewinds the answer with the same byte.
const WAKE: u8 = 0x00;
const SLEEP: u8 = 0x01;
const IDLE: u8 = 0x02;

pub(crate) struct SlowWake {
    i2c: SimI2c,
    hz: u32,
    /// The chip is idle or asleep, so that the next byte is to wake it.
    low_power: bool,
}

impl SlowWake {
    pub(crate) fn new(i2c: SimI2c, hz: u32) -> SlowWake {
        SlowWake { i2c, hz, low_power: true }
    }
}

impl ErrorType for SlowWake {
    type Error = I2cError;
}

impl I2c for SlowWake {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let word_address = match operations {
            &mut [Operation::Write(&[byte])] => Some(byte),
            _ => None,
        };
        if self.low_power && word_address == Some(WAKE) {
            self.low_power = false;
            self.i2c.set_clock_hz(self.hz.min(100_000));
        }
        let result = self.i2c.transaction(address, operations);
        self.i2c.set_clock_hz(self.hz);
        self.low_power |= matches!(word_address, Some(SLEEP | IDLE));
        result
    }
}

impl embedded_hal_async::i2c::I2c for SlowWake {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        I2c::transaction(self, address, operations)
    }
}
