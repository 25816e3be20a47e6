//! Certificate signing requests in one call.

use super::device::Atecc608;
use super::wake::Wake;
use crate::command::{GenKeyPublic, MessageSource, ShaTarget, SignExternal};
#[cfg(feature = "pem")]
use crate::error::BufferTooSmall;
use crate::key::PublicKey;
use crate::memory::Slot;
#[cfg(feature = "pem")]
use crate::x509::PemLabel;
use crate::x509::{ChipError, Csr};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// # Certificate requests
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Writes a request for a certificate (PKCS#10, RFC 2986) for the key of a slot into `buffer` as DER. In one session
    /// the chip tells its public key, hashes the request and signs it.
    ///
    /// `buffer` needs [`Csr::max_der_len`] bytes. The request need not begin at its first byte.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/workbench.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = workbench();
    /// # use atecc608::Slot;
    /// use atecc608::x509::{Attribute, Csr, Name};
    ///
    /// const CSR: Csr<'static> = Csr::new(Name::Attributes(&[Attribute::common_name("sensor-7")]));
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut buffer = [0; CSR.max_der_len()];
    /// let der = chip.sign_csr(Slot::S0, &CSR, &mut buffer).await?;
    /// assert_eq!(der[..2], [0x30, 0x81]);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`ChipError::X509`] if the buffer is too small or a name can't be written ([`Csr::write`]), before the chip is
    /// asked. [`ChipError::Chip`] as [`public_key`](Self::public_key) and [`sign_message`](Self::sign_message).
    ///
    /// # Cancel safety
    /// As [`sign_message`](Self::sign_message).
    #[doc(alias = "atcacert_create_csr")]
    pub async fn sign_csr<'b>(
        &mut self,
        slot: Slot,
        csr: &Csr<'_>,
        buffer: &'b mut [u8],
    ) -> Result<&'b [u8], ChipError<I2C::Error>> {
        // Whether it can be written does not depend on the key.
        csr.write(&PublicKey::from_bytes([0; 64]), &mut *buffer).map(drop)?;
        self.session(async move |chip| {
            let key = chip.execute(&GenKeyPublic { slot, digest: false }).await?;
            let unsigned = csr.write(&key, buffer)?;
            chip.sha256(unsigned.message(), ShaTarget::MessageDigest).await?;
            let signature =
                chip.execute(&SignExternal { slot, source: MessageSource::MessageDigest }).await?;
            Ok(unsigned.finish(&signature)?)
        })
        .await
    }

    /// The same as PEM ("BEGIN CERTIFICATE REQUEST"), lines ended by LF, in the buffer `pem`, which needs
    /// [`Csr::max_pem_len`] bytes. The DER is made in `der`.
    ///
    /// # Errors
    /// As [`sign_csr`](Self::sign_csr).
    ///
    /// # Cancel safety
    /// As [`sign_message`](Self::sign_message).
    #[cfg(feature = "pem")]
    #[doc(alias = "atcacert_create_csr_pem")]
    pub async fn sign_csr_pem<'b>(
        &mut self,
        slot: Slot,
        csr: &Csr<'_>,
        der: &mut [u8],
        pem: &'b mut [u8],
    ) -> Result<&'b str, ChipError<I2C::Error>> {
        let needed = csr.max_pem_len();
        if pem.len() < needed {
            return Err(ChipError::X509(BufferTooSmall::new(needed).into()));
        }
        let der = self.sign_csr(slot, csr, der).await?;
        Ok(PemLabel::CertificateRequest.encode(der, pem).map_err(crate::x509::Error::from)?)
    }
}
