//! Public keys kept in the chip, and images they vouch for.

use super::device::Atecc608;
use super::wake::Wake;
use crate::command::{
    GenKeyDigest, NonceFixed, ReadBlock, SecureBoot, SecureBootCheck, Validity, VerifyValidate, WriteBlock,
};
use crate::driver::stored_key::{StoredKey, places, stored};
use crate::error::Error;
use crate::key::{PublicKey, Signature};
use crate::memory::PublicKeySlot;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// # Public keys in slots
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Stores a public key: 4 zeros, X, 4 zeros, Y (chip reference 4.16). A key that must be
    /// validated is not valid until [`set_validity`](Self::set_validity), and the chip marks it in byte 0, which
    /// [`DataContents`](crate::DataContents) knows. In slot 8 **bytes 72 to 95 become 0xFF**, as they are on a blank chip:
    /// the chip writes blocks of 32.
    ///
    /// # Errors
    /// As [`write_slot`](Self::write_slot); status [`Execution`](crate::Status::Execution) also if the slot holds a
    /// validated key: invalidate that first.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a part may be written. Write again.
    #[doc(alias = "atcacert_public_key_add_padding")]
    #[doc(alias = "atcab_write_pubkey")]
    pub async fn write_public_key(
        &mut self,
        slot: PublicKeySlot,
        key: &PublicKey,
    ) -> Result<(), Error<I2C::Error>> {
        let mut blocks = stored(slot, key);
        self.session(async |chip| {
            for (place, block) in blocks.by_ref() {
                chip.execute(&WriteBlock(place, &block)).await?;
            }
            Ok(())
        })
        .await
    }

    /// Reads a stored public key.
    ///
    /// # Errors
    /// As [`read_slot`](Self::read_slot).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_public_key_remove_padding")]
    #[doc(alias = "atcab_read_pubkey")]
    pub fn read_public_key(
        &mut self,
        slot: PublicKeySlot,
    ) -> impl Future<Output = Result<PublicKey, Error<I2C::Error>>> {
        self.session(async move |chip| {
            let mut key = StoredKey::new();
            for block in places(slot) {
                key.add(&chip.execute(&ReadBlock(block)).await?);
            }
            Ok(key.get())
        })
    }

    /// Validates or invalidates a stored public key with its parent's signature
    /// (chip reference 5.22). `nonce` and `other_data` are those of the statement the parent signed:
    /// TempKey is loaded with `nonce`, then GenKey digests the stored key with three zero bytes.
    ///
    /// **A recorded call can be replayed**: a key that was invalidated becomes valid, and one that was replaced
    /// comes back where anyone can write the slot. Against this, lock the slot ([`lock_slot`](Self::lock_slot)) once its
    /// key is final, which keeps replaced keys out (a validity can still be set); or set ReqRandom on the parent, and in a
    /// [`session`](Self::session) run [`NonceRandom`](crate::command::NonceRandom), [`GenKeyDigest`] and
    /// [`VerifyValidate`], with a statement over the chip's nonce that the parent signs meanwhile.
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare) if the signature is wrong; status
    /// [`Execution`](crate::Status::Execution) if the slot's key needs no validation or the parent
    /// can't be used or has ReqRandom; else as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); it may be done. Repeating does no harm.
    #[doc(alias("atcab_verify_validate", "atcab_verify_invalidate"))]
    pub fn set_validity(
        &mut self,
        slot: PublicKeySlot,
        validity: Validity,
        nonce: &[u8; 32],
        signature: &Signature,
        other_data: &[u8; 19],
    ) -> impl Future<Output = Result<(), Error<I2C::Error>>> {
        self.session(async move |chip| {
            chip.execute(&NonceFixed::TempKey(nonce)).await?;
            chip.execute(&GenKeyDigest { slot, other_data: [0; 3] }).await?;
            chip.execute(&VerifyValidate { validity, slot, signature, other_data }).await
        })
    }
}

/// # Secure boot
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Checks the digest of a firmware image as the configuration's SecureBoot says
    /// (chip reference 5.17). Someone on the bus can forge this answer; where that matters use
    /// [`SecureBootMac`](crate::command::SecureBootMac).
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare) if the image is not the right one; status
    /// [`Execution`](crate::Status::Execution) if secure boot is off or this check is not the
    /// configured one; else as [`execute`](Self::execute). Only `Ok` means checked.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); with [`SecureBootCheck::Copy`] the digest may be stored.
    #[doc(alias = "atcab_secureboot")]
    pub async fn secure_boot(
        &mut self,
        digest: &[u8; 32],
        check: SecureBootCheck<'_>,
    ) -> Result<(), Error<I2C::Error>> {
        self.execute(&SecureBoot { digest, check, once: false }).await
    }
}
