//! What leaves the chip under its I/O protection key, in one call (feature `host`; chip reference 5.0.6).
//!
//! The chip encrypts secrets and proves answers with the key in the slot that ChipOptions names. The host
//! must hold the same key. A proof that does not fit is [`ErrorKind::Forged`](crate::ErrorKind::Forged).

use super::device::Atecc608;
use super::wake::Wake;
use crate::command::{
    Derivation, EcdhEncrypted, EcdhKey, KdfEncrypted, KdfSource, MessageSource, NonceFixed, SecureBoot,
    SecureBootCheck, SecureBootMac, VerifyExternal, VerifyMac, VerifyStored,
};
use crate::driver::proof::genuine;
use crate::error::{Argument, Error};
use crate::host::{self, SecureBootKey};
use crate::key::{PublicKey, Signature};
use crate::memory::{PublicKeySlot, Slot};
use crate::secret::Secret;
use crate::secret::stack::asynch::scrubbed;
use crate::wire::Opcode;
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// # Answers protected on the bus
///
/// Secrets are encrypted and results proved with the I/O protection key, which the host must hold, too.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// The secret that the private key in a slot shares with a public key, encrypted on the bus
    /// (chip reference 5.5).
    ///
    /// Nothing proves that the bytes come from the chip: another `io_key` gives other bytes.
    ///
    /// # Errors
    /// As [`shared_secret`](Self::shared_secret), but [`ErrorKind::Encrypted`](crate::ErrorKind::Encrypted). Status
    /// [`Execution`](crate::Status::Execution) also if the chip has no I/O protection key.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_ecdh_ioenc")]
    pub async fn shared_secret_protected(
        &mut self,
        slot: Slot,
        public_key: &PublicKey,
        io_key: &Secret<32>,
    ) -> Result<Secret<32>, Error<I2C::Error>> {
        let mut secret = Secret::room();
        scrubbed(async || {
            let output = self.execute(&EcdhEncrypted { key: EcdhKey::Slot(slot), public_key }).await?;
            host::io_decrypt_into(&mut secret, &output, io_key);
            Ok::<_, Error<I2C::Error>>(())
        })
        .await?;
        // Not moved: this one is wiped.
        Ok(secret.clone())
    }

    /// Derives 32 bytes from the key in a slot, encrypted on the bus (chip reference 5.10).
    ///
    /// Nothing proves that the bytes come from the chip: another `io_key` gives other bytes.
    ///
    /// # Errors
    /// As [`derive`](Self::derive). Status [`Execution`](crate::Status::Execution) also if the chip has no
    /// I/O protection key.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_kdf")]
    pub async fn derive_protected(
        &mut self,
        slot: Slot,
        derivation: Derivation<'_>,
        io_key: &Secret<32>,
    ) -> Result<Secret<32>, Error<I2C::Error>> {
        let command = KdfEncrypted::new(KdfSource::Slot(slot), derivation)
            .ok_or(Error::argument(Argument::OutOfRange))?;
        let mut secret = Secret::room();
        scrubbed(async || {
            let output = self.execute(&command).await?;
            host::io_decrypt_into(&mut secret, &output, io_key);
            Ok::<_, Error<I2C::Error>>(())
        })
        .await?;
        Ok(secret.clone())
    }

    /// [`verify`](Self::verify) with a proof: nobody on the bus can forge the success
    /// (chip reference 5.22). `nonce` must never be the same twice.
    ///
    /// # Errors
    /// [`ErrorKind::Forged`](crate::ErrorKind::Forged) if the proof does not fit; else as [`verify`](Self::verify). Status
    /// [`Execution`](crate::Status::Execution) also if the chip has no I/O protection key.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcab_verify_extern_mac")]
    pub async fn verify_protected(
        &mut self,
        key: &PublicKey,
        digest: &[u8; 32],
        signature: &Signature,
        io_key: &Secret<32>,
        nonce: &[u8; 32],
    ) -> Result<(), Error<I2C::Error>> {
        let verify = VerifyExternal { signature, key, source: MessageSource::MessageDigest };
        self.verify_proven(VerifyMac::External(verify), digest, io_key, nonce).await
    }

    /// [`verify_stored`](Self::verify_stored) with a proof, as [`verify_protected`](Self::verify_protected).
    ///
    /// # Errors
    /// [`ErrorKind::Forged`](crate::ErrorKind::Forged) if the proof does not fit; else as [`verify_stored`](Self::verify_stored).
    /// Status [`Execution`](crate::Status::Execution) also if the chip has no I/O protection key.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); a limited-use key may have lost a use.
    #[doc(alias = "atcab_verify_stored_mac")]
    pub async fn verify_stored_protected(
        &mut self,
        slot: PublicKeySlot,
        digest: &[u8; 32],
        signature: &Signature,
        io_key: &Secret<32>,
        nonce: &[u8; 32],
    ) -> Result<(), Error<I2C::Error>> {
        let verify = VerifyStored { signature, slot, source: MessageSource::MessageDigest };
        self.verify_proven(VerifyMac::Stored(verify), digest, io_key, nonce).await
    }

    async fn verify_proven(
        &mut self,
        command: VerifyMac<'_>,
        digest: &[u8; 32],
        io_key: &Secret<32>,
        nonce: &[u8; 32],
    ) -> Result<(), Error<I2C::Error>> {
        let mut loaded = [0; 64];
        for (to, from) in loaded.iter_mut().zip(digest.iter().chain(nonce)) {
            *to = *from;
        }
        scrubbed(async || {
            let proof = self
                .session(async |chip| {
                    chip.execute(&NonceFixed::MessageDigest64(&loaded)).await?;
                    chip.execute(&command).await
                })
                .await?;
            genuine(Opcode::Verify, &proof, &host::verify_mac(&command, digest, nonce, io_key))
        })
        .await
    }

    /// [`secure_boot`](Self::secure_boot) with a proof, the digest encrypted on the bus
    /// (chip reference 5.17).
    ///
    /// `stored` is the signature that the chip keeps, for [`SecureBootCheck::Stored`] where the mode is
    /// FullSig; the proof covers it. Else `None`. `num_in` is the host's share of the nonce: 20 bytes that
    /// are never the same twice, so that no old proof can be played back.
    ///
    /// # Errors
    /// [`ErrorKind::Forged`](crate::ErrorKind::Forged) if the proof does not fit; else as [`secure_boot`](Self::secure_boot). With
    /// another `io_key` than the chip's the chip sees another digest: status
    /// [`Miscompare`](crate::Status::Miscompare). Status [`Execution`](crate::Status::Execution) also if the
    /// chip has no I/O protection key. Only `Ok` means checked.
    ///
    /// # Cancel safety
    /// As [`secure_boot`](Self::secure_boot).
    #[doc(alias = "atcab_secureboot_mac")]
    pub async fn secure_boot_protected(
        &mut self,
        digest: &[u8; 32],
        check: SecureBootCheck<'_>,
        stored: Option<&Signature>,
        io_key: &Secret<32>,
        num_in: &[u8; 20],
    ) -> Result<(), Error<I2C::Error>> {
        let signature = match check {
            SecureBootCheck::Full(signature) | SecureBootCheck::Copy(signature) => Some(signature),
            SecureBootCheck::Stored => stored,
        };
        scrubbed(async || {
            self.session(async |chip| {
                let key = SecureBootKey::new(io_key, &chip.random_nonce(num_in).await?);
                let sent = key.encrypt(digest);
                let command = SecureBootMac(SecureBoot { digest: &sent, check, once: false });
                let proof = chip.execute(&command).await?;
                genuine(Opcode::SecureBoot, &proof, &key.mac(&command, digest, signature))
            })
            .await
        })
        .await
    }
}
