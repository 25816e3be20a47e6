//! Keys shared with others: MAC, CheckMac, HMAC, DeriveKey, Diffie-Hellman, KDF.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{
    CheckMac, Derivation, EcdhKey, EcdhOutput, GenKeyCreate, HmacKey, KdfOutput, KdfSource, KeyTarget, Mac,
    MacBlocks, OtherData, ShaEnd, ShaHmacStart, ShaTarget, ShaUpdate,
};
use crate::driver::hash::lost;
use crate::error::{Argument, Error, ErrorKind};
use crate::key::PublicKey;
use crate::memory::Slot;
use crate::secret::Secret;
use crate::secret::stack::asynch::scrubbed;
use crate::wire::Opcode;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// # HMAC
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// HMAC-SHA256 of a message with a slot's key or TempKey (chip reference 5.19).
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): the slot is no
    /// such key, its NoMac is set, or something it requires is missing.
    ///
    /// # Cancel safety
    /// The command may have run, and the session is over: drop it, too.
    #[doc(alias = "atcab_sha_hmac")]
    pub async fn hmac(&mut self, key: HmacKey, message: &[u8]) -> Result<[u8; 32], Error<I2C::Error>> {
        self.execute(&ShaHmacStart(key)).await?;
        let (blocks, last) = message.as_chunks::<64>();
        for block in blocks {
            let update = ShaUpdate::new(block).ok_or(Error::argument(Argument::TooLong))?;
            self.execute(&update).await.map_err(lost)?;
        }
        let end = ShaEnd::new(last, ShaTarget::OutputOnly).ok_or(Error::argument(Argument::TooLong))?;
        self.execute(&end).await.map_err(lost)
    }

    async fn clear_secret(
        &mut self,
        key: EcdhKey,
        public_key: &PublicKey,
        secret: &mut Secret<32>,
    ) -> Result<(), Error<I2C::Error>> {
        let answer = self.execute(&EcdhOutput { key, public_key }).await?;
        let clear = answer.as_ref().ok_or(Error::new(Opcode::Ecdh, ErrorKind::Encrypted))?;
        *secret.expose_mut() = *clear.expose();
        Ok(())
    }
}

/// # Proofs with a shared key
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// HMAC-SHA256 of a message with the key in a slot; of a stream:
    /// [`hmac_stream`](Self::hmac_stream).
    ///
    /// # Errors
    /// As [`Session::hmac`].
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_sha_hmac")]
    pub fn hmac(
        &mut self,
        slot: Slot,
        message: &[u8],
    ) -> impl Future<Output = Result<[u8; 32], Error<I2C::Error>>> {
        self.session(async move |chip| chip.hmac(HmacKey::Slot(slot), message).await)
    }

    /// The MAC of a challenge with the key in a slot (chip reference 5.12): proof that this chip
    /// holds the key. With `include_serial` no other chip with the same key gives the same MAC.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): the slot is a
    /// private key, its NoMac is set, or something it requires is missing.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_mac")]
    pub async fn mac(
        &mut self,
        slot: Slot,
        challenge: &[u8; 32],
        include_serial: bool,
    ) -> Result<[u8; 32], Error<I2C::Error>> {
        let blocks = MacBlocks::SlotAndChallenge(challenge);
        self.execute(&Mac { blocks, include_serial, slot }).await
    }

    /// Checks a MAC over a challenge with the key in a slot (chip reference 5.2): proof that
    /// whoever made it holds the key.
    ///
    /// # Errors
    /// Status [`Miscompare`](crate::Status::Miscompare) if the MAC is wrong; else as
    /// [`mac`](Self::mac). Only `Ok` means checked.
    ///
    /// # Cancel safety
    /// As [`mac`](Self::mac).
    #[doc(alias = "atcab_checkmac")]
    pub async fn check_mac(
        &mut self,
        slot: Slot,
        challenge: &[u8; 32],
        response: &[u8; 32],
        other_data: &OtherData,
    ) -> Result<(), Error<I2C::Error>> {
        let blocks = MacBlocks::SlotAndChallenge(challenge);
        self.execute(&CheckMac { blocks, slot, response, other_data }).await
    }
}

/// # Key agreement and derivation
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The secret that the private key in a slot shares with a public key (chip reference 5.5). It
    /// travels over the bus in clear: where others can listen, keep it inside
    /// ([`EcdhInside`](crate::command::EcdhInside)) or take it encrypted
    /// ([`EcdhEncrypted`](crate::command::EcdhEncrypted), with feature `host` in one call:
    /// `shared_secret_protected`).
    ///
    /// # Errors
    /// [`ErrorKind::Encrypted`] if the configuration (EcdhProt) makes the chip encrypt it. As
    /// [`execute`](Self::execute). Status [`Execution`](crate::Status::Execution): no key there,
    /// ECDH or its clear output is not allowed, or the public key is no point of the curve.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_ecdh")]
    pub async fn shared_secret(
        &mut self,
        slot: Slot,
        public_key: &PublicKey,
    ) -> Result<Secret<32>, Error<I2C::Error>> {
        let mut secret = Secret::room();
        scrubbed(async || {
            self.session(async |chip| chip.clear_secret(EcdhKey::Slot(slot), public_key, &mut secret).await)
                .await
        })
        .await?;
        // Not moved: this one is wiped.
        Ok(secret.clone())
    }

    /// A new private key that lives for this call only, in the chip, and the secret it shares with a
    /// public key: with the public key returned here the other device gets the same from its
    /// [`shared_secret`](Self::shared_secret). In clear, as there.
    ///
    /// # Errors
    /// As [`shared_secret`](Self::shared_secret).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); the key is lost.
    #[doc(alias = "atcab_ecdh_tempkey")]
    pub async fn ephemeral_secret(
        &mut self,
        public_key: &PublicKey,
    ) -> Result<(PublicKey, Secret<32>), Error<I2C::Error>> {
        let mut secret = Secret::room();
        let ephemeral = scrubbed(async || {
            self.session(async |chip| {
                let ephemeral = chip.execute(&GenKeyCreate(KeyTarget::TempKey)).await?;
                chip.clear_secret(EcdhKey::TempKey, public_key, &mut secret).await?;
                Ok::<_, Error<I2C::Error>>(ephemeral)
            })
            .await
        })
        .await?;
        Ok((ephemeral, secret.clone()))
    }

    /// Derives 32 bytes from the key in a slot (chip reference 5.10), given out in clear.
    ///
    /// # Errors
    /// [`Argument::OutOfRange`] if the derivation gives 64 bytes. As [`execute`](Self::execute);
    /// status [`Execution`](crate::Status::Execution): the slot's key has another type, clear output
    /// is not allowed (KdfProt: with feature `host` use `derive_protected`), or something the key
    /// requires is missing.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_kdf")]
    pub async fn derive(
        &mut self,
        slot: Slot,
        derivation: Derivation<'_>,
    ) -> Result<Secret<32>, Error<I2C::Error>> {
        let command =
            KdfOutput::new(KdfSource::Slot(slot), derivation).ok_or(Error::argument(Argument::OutOfRange))?;
        let mut secret = Secret::room();
        scrubbed(async || {
            let answer = self.execute(&command).await?;
            *secret.expose_mut() = *answer.expose();
            Ok::<_, Error<I2C::Error>>(())
        })
        .await?;
        Ok(secret.clone())
    }
}
