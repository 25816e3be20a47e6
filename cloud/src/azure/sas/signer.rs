//! Who makes the HMAC.

use atecc608::{Error, Slot, asynch, blocking};
use core::future::Future;

/// HMAC-SHA256 with the device's symmetric key.
pub trait HmacSigner {
    /// Why there is no HMAC.
    type Error;

    /// HMAC-SHA256 of a message.
    ///
    /// # Errors
    /// The signer's own.
    fn hmac(&mut self, message: &[u8]) -> impl Future<Output = Result<[u8; 32], Self::Error>>;
}

impl<S: HmacSigner> HmacSigner for &mut S {
    type Error = S::Error;

    async fn hmac(&mut self, message: &[u8]) -> Result<[u8; 32], Self::Error> {
        S::hmac(self, message).await
    }
}

/// A chip behind an async driver, and the slot of the key.
#[derive(Debug)]
pub struct ChipHmac<'c, I2C, D, W = asynch::ZeroByte> {
    chip: &'c mut asynch::Atecc608<I2C, D, W>,
    slot: Slot,
}

impl<'c, I2C, D, W> ChipHmac<'c, I2C, D, W> {
    /// With the key of `slot`.
    pub const fn new(chip: &'c mut asynch::Atecc608<I2C, D, W>, slot: Slot) -> Self {
        Self { chip, slot }
    }
}

impl<I2C, D, W> HmacSigner for ChipHmac<'_, I2C, D, W>
where
    I2C: embedded_hal_async::i2c::I2c,
    D: embedded_hal_async::delay::DelayNs,
    W: asynch::Wake<I2C>,
{
    type Error = Error<I2C::Error>;

    async fn hmac(&mut self, message: &[u8]) -> Result<[u8; 32], Self::Error> {
        self.chip.hmac(self.slot, message).await
    }
}

/// A chip behind a blocking driver, and the slot of the key. It blocks for some 45 ms, bus at 100 kHz.
#[derive(Debug)]
pub struct BlockingChipHmac<'c, I2C, D, W = blocking::ZeroByte> {
    chip: &'c mut blocking::Atecc608<I2C, D, W>,
    slot: Slot,
}

impl<'c, I2C, D, W> BlockingChipHmac<'c, I2C, D, W> {
    /// With the key of `slot`.
    pub const fn new(chip: &'c mut blocking::Atecc608<I2C, D, W>, slot: Slot) -> Self {
        Self { chip, slot }
    }
}

impl<I2C, D, W> HmacSigner for BlockingChipHmac<'_, I2C, D, W>
where
    I2C: embedded_hal::i2c::I2c,
    D: embedded_hal::delay::DelayNs,
    W: blocking::Wake<I2C>,
{
    type Error = Error<I2C::Error>;

    async fn hmac(&mut self, message: &[u8]) -> Result<[u8; 32], Self::Error> {
        self.chip.hmac(self.slot, message)
    }
}
