//! Who signs: tokens, and the handshake of a client certificate.
//!
//! [`TokenSigner`] signs a digest: a chip and a slot ([`ChipSigner`], [`BlockingChipSigner`]), or anything else that
//! has a P-256 key.

use atecc608::{Error, Signature, Slot, asynch, blocking};
use core::convert::Infallible;
use core::future::Future;

/// Signs SHA-256 digests with the device's P-256 key.
pub trait TokenSigner {
    /// Why there is no signature.
    type Error;

    /// Signs a digest as it is, without hashing it again.
    ///
    /// # Errors
    /// The signer's own.
    fn sign_digest(&mut self, digest: &[u8; 32]) -> impl Future<Output = Result<Signature, Self::Error>>;
}

impl<S: TokenSigner> TokenSigner for &mut S {
    type Error = S::Error;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        S::sign_digest(self, digest).await
    }
}

/// A chip behind an async driver, and the slot of the key.
#[derive(Debug)]
pub struct ChipSigner<'c, I2C, D, W = asynch::ZeroByte> {
    chip: &'c mut asynch::Atecc608<I2C, D, W>,
    slot: Slot,
}

impl<'c, I2C, D, W> ChipSigner<'c, I2C, D, W> {
    /// Signs with the key of `slot`.
    pub const fn new(chip: &'c mut asynch::Atecc608<I2C, D, W>, slot: Slot) -> Self {
        Self { chip, slot }
    }
}

impl<I2C, D, W> TokenSigner for ChipSigner<'_, I2C, D, W>
where
    I2C: embedded_hal_async::i2c::I2c,
    D: embedded_hal_async::delay::DelayNs,
    W: asynch::Wake<I2C>,
{
    type Error = Error<I2C::Error>;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        self.chip.sign_digest(self.slot, digest).await
    }
}

/// A chip behind a blocking driver, and the slot of the key. Signing blocks for the chip's execution
/// time, some 100 ms.
#[derive(Debug)]
pub struct BlockingChipSigner<'c, I2C, D, W = blocking::ZeroByte> {
    chip: &'c mut blocking::Atecc608<I2C, D, W>,
    slot: Slot,
}

impl<'c, I2C, D, W> BlockingChipSigner<'c, I2C, D, W> {
    /// Signs with the key of `slot`.
    pub const fn new(chip: &'c mut blocking::Atecc608<I2C, D, W>, slot: Slot) -> Self {
        Self { chip, slot }
    }
}

impl<I2C, D, W> TokenSigner for BlockingChipSigner<'_, I2C, D, W>
where
    I2C: embedded_hal::i2c::I2c,
    D: embedded_hal::delay::DelayNs,
    W: blocking::Wake<I2C>,
{
    type Error = Error<I2C::Error>;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        self.chip.sign_digest(self.slot, digest)
    }
}

/// Nobody: the signer of connections without a client certificate. There is no value of it.
#[derive(Debug, Clone, Copy)]
pub enum NoSigner {}

impl TokenSigner for NoSigner {
    type Error = Infallible;

    async fn sign_digest(&mut self, _: &[u8; 32]) -> Result<Signature, Infallible> {
        match *self {}
    }
}
