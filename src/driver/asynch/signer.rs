//! A signer that holds one slot.

use super::device::Atecc608;
use super::wake::Wake;
#[cfg(feature = "p256-014")]
use crate::error::Argument;
use crate::error::Error;
use crate::key::PublicKey;
#[cfg(feature = "p256-014")]
use crate::key::Signature;
use crate::memory::Slot;
use core::cell::{Cell, RefCell};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Signs with the key of one slot through the traits of the `signature` crate, with the features
/// `p256-014` (today's generation of those crates) and `p256-013` (the previous one, blocking only).
///
/// Messages are hashed by the chip (SHA-256), digests are signed as they are: 32 bytes. Signatures are those of
/// `p256`, 64 bytes or DER (72 bytes at most). The traits' error is opaque by design; what really happened is in
/// [`take_error`](Self::take_error).
///
/// `K` is what is known of the public key: nothing, `()`, after [`Atecc608::signer`]; the [`PublicKey`] after
/// [`Atecc608::keypair`] or [`with_public_key`](Self::with_public_key). With it this is a `Keypair` of the `signature`
/// crate, and with the features `spki-08` and `spki-07` all that builders of certificates and requests ask for:
/// `DynSignatureAlgorithmIdentifier`, and a verifying key that is `EncodePublicKey`. With the feature `x509` it signs this
/// crate's certificates: [`CertificateSigner`](https://docs.rs/atecc608/latest/atecc608/asynch/trait.CertificateSigner.html).
///
/// Chip reference 5.20 (Sign), 5.7 (GenKey).
pub struct SlotSigner<'a, I2C: I2c, D, W, K = ()> {
    // The traits take `&self`; two signatures under way at once are an error, not a panic.
    device: RefCell<&'a mut Atecc608<I2C, D, W>>,
    slot: Slot,
    public_key: K,
    error: Cell<Option<Error<I2C::Error>>>,
}

impl<I2C: I2c, D, W, K> core::fmt::Debug for SlotSigner<'_, I2C, D, W, K> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SlotSigner").field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// # Signers for other crates
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// A signer with the key of a slot. Asks the chip nothing.
    pub const fn signer(&mut self, slot: Slot) -> SlotSigner<'_, I2C, D, W> {
        SlotSigner { device: RefCell::new(self), slot, public_key: (), error: Cell::new(None) }
    }

    /// A signer with the key of a slot that knows its public key, which the chip is asked for.
    ///
    /// # Errors
    /// As [`public_key`](Self::public_key).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    pub async fn keypair(
        &mut self,
        slot: Slot,
    ) -> Result<SlotSigner<'_, I2C, D, W, PublicKey>, Error<I2C::Error>> {
        let public_key = self.public_key(slot).await?;
        Ok(self.signer(slot).with_public_key(public_key))
    }
}

impl<'a, I2C: I2c, D, W> SlotSigner<'a, I2C, D, W> {
    /// The same signer, knowing its public key: for slots whose key the chip does not tell, or to spare the
    /// command. Whether it is the slot's is not checked; another makes signatures that do not verify.
    pub fn with_public_key(self, public_key: PublicKey) -> SlotSigner<'a, I2C, D, W, PublicKey> {
        let Self { device, slot, public_key: (), error } = self;
        SlotSigner { device, slot, public_key, error }
    }
}

impl<I2C: I2c, D, W> SlotSigner<'_, I2C, D, W, PublicKey> {
    /// The public key.
    pub const fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The chip and the slot.
    #[cfg(feature = "x509")]
    pub(super) fn parts(&mut self) -> (&mut Atecc608<I2C, D, W>, Slot) {
        (self.device.get_mut(), self.slot)
    }
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>, K> SlotSigner<'_, I2C, D, W, K> {
    /// Why the last signature failed, if it did.
    pub fn take_error(&self) -> Option<Error<I2C::Error>> {
        self.error.take()
    }

    #[cfg(feature = "p256-014")]
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
    #[cfg(feature = "p256-014")]
    #[allow(clippy::await_holding_refcell_ref)]
    pub(crate) async fn sign_message(&self, message: &[u8]) -> Option<Signature> {
        let mut device = self.device.try_borrow_mut().ok()?;
        let result = device.sign_message(self.slot, message).await;
        self.keep(result)
    }

    /// Signs a digest, which must be 32 bytes. `None` on failure.
    #[cfg(feature = "p256-014")]
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
