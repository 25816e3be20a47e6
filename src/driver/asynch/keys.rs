//! Keys, signatures, verification.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{
    GenKeyCreate, GenKeyPublic, InfoKeyValid, KeyTarget, MessageSource, NonceFixed, ShaTarget, SignExternal,
    VerifyExternal, VerifyStored,
};
use crate::error::Error;
use crate::irreversible::OldKeyIsLost;
use crate::key::{KeyOrigin, PublicKey, Signature};
use crate::memory::{PublicKeySlot, Slot};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// The key that is there, or a new one.
    pub(super) async fn ensure_key(
        &mut self,
        slot: Slot,
    ) -> Result<(PublicKey, KeyOrigin), Error<I2C::Error>> {
        if self.execute(&InfoKeyValid(slot)).await? {
            let key = self.execute(&GenKeyPublic { slot, digest: false }).await?;
            Ok((key, KeyOrigin::Found))
        } else {
            // There is no old key.
            let key = self.execute(&GenKeyCreate(KeyTarget::Slot(slot, OldKeyIsLost))).await?;
            Ok((key, KeyOrigin::Made))
        }
    }
}

/// # Keys and signatures
///
/// A private key is made in the chip and never leaves it.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Makes a new private key in a slot and returns its public key (chip reference 5.7). The key
    /// the slot held is lost; [`ensure_key`](Self::ensure_key) never loses one.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): the
    /// configuration is not locked yet, the slot is no private key slot, is locked, or (once the
    /// data zone is locked) its WriteConfig does not allow GenKey. Status
    /// [`EccFault`](crate::Status::EccFault): try again. When
    /// [`may_have_run`](Error::may_have_run), ask for the public key before making another.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session): the key may have been made.
    #[doc(alias = "atcab_genkey")]
    pub async fn generate_key(
        &mut self,
        slot: Slot,
        old: OldKeyIsLost,
    ) -> Result<PublicKey, Error<I2C::Error>> {
        self.execute(&GenKeyCreate(KeyTarget::Slot(slot, old))).await
    }

    /// The public key of a slot, whose private key is made first if there is none. Never replaces
    /// a key, so it may be called again after any failure.
    ///
    /// # Errors
    /// As [`generate_key`](Self::generate_key) and [`public_key`](Self::public_key).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session): the key may have been made; call again.
    #[doc(alias = "atcab_genkey")]
    pub fn ensure_key(
        &mut self,
        slot: Slot,
    ) -> impl Future<Output = Result<(PublicKey, KeyOrigin), Error<I2C::Error>>> {
        self.session(async move |chip| chip.ensure_key(slot).await)
    }

    /// The public key of the private key in a slot (chip reference 5.7).
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): no key there,
    /// the configuration is not locked yet, or (once the data zone is locked) the slot's PubInfo
    /// does not allow it.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("atcacert_read_subj_key_id", "atcacert_read_subj_key_id_ext"))]
    #[doc(alias = "atcab_get_pubkey")]
    pub async fn public_key(&mut self, slot: Slot) -> Result<PublicKey, Error<I2C::Error>> {
        self.execute(&GenKeyPublic { slot, digest: false }).await
    }

    /// Signs a 32-byte digest with the key of a slot (chip reference 5.21). The digest is signed
    /// as it is, not hashed again.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): no key there,
    /// no permission for external signatures, a missing authorisation, or the key is used up.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcacert_get_response")]
    #[doc(alias = "atcab_sign")]
    pub fn sign_digest(
        &mut self,
        slot: Slot,
        digest: &[u8; 32],
    ) -> impl Future<Output = Result<Signature, Error<I2C::Error>>> {
        self.session(async move |chip| {
            chip.execute(&NonceFixed::MessageDigest(digest)).await?;
            chip.execute(&SignExternal { slot, source: MessageSource::MessageDigest }).await
        })
    }

    /// Signs a message of any length with the key of a slot; the chip makes its SHA-256, too.
    ///
    /// About 15 ms and 75 bytes on the bus for every 64 bytes; where flash allows a software
    /// SHA-256, [`sign_digest`](Self::sign_digest) is faster.
    ///
    /// # Errors
    /// As [`sign_digest`](Self::sign_digest).
    ///
    /// # Cancel safety
    /// As [`sign_digest`](Self::sign_digest).
    #[doc(alias = "atcab_sign")]
    pub fn sign_message(
        &mut self,
        slot: Slot,
        message: &[u8],
    ) -> impl Future<Output = Result<Signature, Error<I2C::Error>>> {
        self.session(async move |chip| {
            chip.sha256(message, ShaTarget::MessageDigest).await?;
            chip.execute(&SignExternal { slot, source: MessageSource::MessageDigest }).await
        })
    }
}

/// # Verification
///
/// Does a signature come from this public key?
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Verifies a signature over a digest with a public key from outside (chip reference 5.22).
    /// Works in every lock state.
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare) if the signature is wrong,
    /// [`Execution`](crate::Status::Execution) if the key is no point of the curve; else as
    /// [`execute`](Self::execute). Only `Ok` means verified.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_verify_response_hw")]
    #[doc(alias("atcab_verify", "atcab_verify_extern"))]
    pub fn verify(
        &mut self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> impl Future<Output = Result<(), Error<I2C::Error>>> {
        self.session(async move |chip| {
            chip.execute(&NonceFixed::MessageDigest(digest)).await?;
            chip.execute(&VerifyExternal { signature, key, source: MessageSource::MessageDigest }).await
        })
    }

    /// Verifies a signature over a digest with a public key stored in the chip
    /// (chip reference 5.22).
    ///
    /// # Errors
    /// As [`verify`](Self::verify). Status [`Execution`](crate::Status::Execution) also if the key
    /// must be validated first, or asks for a random nonce (ReqRandom), which this can't give.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias("atcab_verify", "atcab_verify_stored"))]
    pub fn verify_stored(
        &mut self,
        slot: PublicKeySlot,
        digest: &[u8; 32],
        signature: &Signature,
    ) -> impl Future<Output = Result<(), Error<I2C::Error>>> {
        self.session(async move |chip| {
            chip.execute(&NonceFixed::MessageDigest(digest)).await?;
            chip.execute(&VerifyStored { signature, slot, source: MessageSource::MessageDigest }).await
        })
    }
}
