//! The I2C peripheral.

use core::fmt;

use embedded_hal::i2c::{Error, ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

use super::pending::pend;
use crate::bus::{Bus, Master};
use crate::chip::Ack;

/// An I2C peripheral on a [`Bus`], blocking and async.
///
/// A transaction follows `embedded-hal`'s contract: adjacent operations of one direction are one message,
/// a change of direction is a repeated START, and STOP always comes. The async calls are done when first
/// polled, unless [`yielding`](SimI2c::yielding).
#[derive(Debug)]
pub struct SimI2c {
    master: Master,
    nack_as: Option<ErrorKind>,
    yields: bool,
}

impl Bus {
    /// A front end for `embedded-hal` and `embedded-hal-async`.
    #[must_use]
    pub fn i2c(&self) -> SimI2c {
        SimI2c { master: self.master(), nack_as: None, yields: false }
    }
}

/// What a simulated I2C peripheral reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct I2cError(ErrorKind);

impl I2cError {
    /// What a peripheral reports that has this for it, for tests that compare.
    #[must_use]
    pub const fn new(kind: ErrorKind) -> I2cError {
        I2cError(kind)
    }
}

impl Error for I2cError {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

impl fmt::Display for I2cError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "simulated I2C bus: {}", self.0)
    }
}

impl core::error::Error for I2cError {}

impl SimI2c {
    /// The bus this peripheral is on.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        self.master.bus()
    }

    /// Sets this peripheral's clock in Hz, whatever the bus's; 0 counts as 1.
    pub fn set_clock_hz(&mut self, hz: u32) {
        self.master.set_clock_hz(hz);
    }

    /// The same peripheral, reporting every missing acknowledgement as `kind`, like a HAL that cannot tell
    /// address from data (`NoAcknowledge(Unknown)`) or that knows no NACK at all (`Bus`, `Other`).
    #[must_use]
    pub fn report_nack_as(mut self, kind: ErrorKind) -> SimI2c {
        self.nack_as = Some(kind);
        self
    }

    /// The same peripheral, whose async calls are pending once before they touch the bus, so that a test
    /// can drop a future there.
    #[must_use]
    pub fn yielding(mut self) -> SimI2c {
        self.yields = true;
        self
    }

    fn nack(&self, source: NoAcknowledgeSource) -> I2cError {
        I2cError(self.nack_as.unwrap_or(ErrorKind::NoAcknowledge(source)))
    }

    /// Everything between the first START and the STOP.
    fn messages(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        let mut direction = None;
        for operation in operations {
            let reads = matches!(operation, Operation::Read(_));
            if direction != Some(reads) {
                direction = Some(reads);
                if self.bus().sda_stuck() {
                    return Err(I2cError(ErrorKind::ArbitrationLoss));
                }
                if self.master.start((address << 1) | u8::from(reads)) == Ack::Nack {
                    return Err(self.nack(NoAcknowledgeSource::Address));
                }
            }
            match operation {
                Operation::Read(buffer) => buffer.fill_with(|| self.master.read()),
                Operation::Write(bytes) => {
                    for &byte in *bytes {
                        if self.master.write(byte) == Ack::Nack {
                            return Err(self.nack(NoAcknowledgeSource::Data));
                        }
                    }
                }
            }
        }
        Ok(())
    }
}

impl ErrorType for SimI2c {
    type Error = I2cError;
}

impl I2c for SimI2c {
    /// # Errors
    ///
    /// `NoAcknowledge` with its source or what [`report_nack_as`](SimI2c::report_nack_as) says,
    /// `ArbitrationLoss` while something holds SDA low, `Other` for an address above 0x7F.
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        if address > 0x7F {
            return Err(I2cError(ErrorKind::Other));
        }
        let result = self.messages(address, operations);
        self.master.stop();
        result
    }
}

impl embedded_hal_async::i2c::I2c for SimI2c {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        pend(self.yields).await;
        I2c::transaction(self, address, operations)
    }
}
