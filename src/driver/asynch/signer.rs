//! A signer that holds one slot.

use super::device::Atecc608;
use super::wake::Wake;
use crate::error::{Argument, Error};
use crate::key::Signature;
use crate::memory::Slot;
use core::cell::{Cell, RefCell};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Signs with the key of one slot through the traits of the `signature` crate, with the features
/// `p256` (today's generation of those crates) and `p256-013` (the previous one, blocking only).
///
/// Messages are hashed by the chip (SHA-256), digests are signed as they are. The traits' error is
/// opaque by design; what really happened is in [`take_error`](Self::take_error).
pub struct SlotSigner<'a, I2C: I2c, D, W> {
    // The traits take `&self`; two signatures under way at once are an error, not a panic.
    device: RefCell<&'a mut Atecc608<I2C, D, W>>,
    slot: Slot,
    error: Cell<Option<Error<I2C::Error>>>,
}

impl<I2C: I2c, D, W> core::fmt::Debug for SlotSigner<'_, I2C, D, W> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SlotSigner").field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// # Signers for other crates
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// A signer with the key of a slot.
    pub const fn signer(&mut self, slot: Slot) -> SlotSigner<'_, I2C, D, W> {
        SlotSigner { device: RefCell::new(self), slot, error: Cell::new(None) }
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> SlotSigner<'_, I2C, D, W> {
    /// Why the last signature failed, if it did.
    pub fn take_error(&self) -> Option<Error<I2C::Error>> {
        self.error.take()
    }

    fn keep(&self, result: Result<Signature, Error<I2C::Error>>) -> Option<Signature> {
        match result {
            Ok(signature) => {
                self.error.set(None);
                Some(signature)
            }
            Err(error) => {
                self.error.set(Some(error));
                None
            }
        }
    }

    /// Signs a message; the chip hashes it. `None` on failure.
    // The guard, held while the chip works, keeps a second signature out; it errs, never blocks.
    #[allow(clippy::await_holding_refcell_ref)]
    pub(crate) async fn sign_message(&self, message: &[u8]) -> Option<Signature> {
        let mut device = self.device.try_borrow_mut().ok()?;
        let result = device.sign_message(self.slot, message).await;
        self.keep(result)
    }

    /// Signs a digest, which must be 32 bytes. `None` on failure.
    #[allow(clippy::await_holding_refcell_ref)]
    pub(crate) async fn sign_prehash(&self, prehash: &[u8]) -> Option<Signature> {
        let mut device = self.device.try_borrow_mut().ok()?;
        let result = match prehash.try_into() {
            Ok(digest) => device.sign_digest(self.slot, digest).await,
            Err(_) => Err(Error::argument(Argument::DigestLength)),
        };
        self.keep(result)
    }
}
