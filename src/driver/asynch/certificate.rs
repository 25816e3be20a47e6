//! Certificates that lie on the chip.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::{GenKeyPublic, MessageSource, ShaTarget, VerifyExternal};
use crate::driver::certificate::{Gathered, not_blank, read_plan};
#[cfg(feature = "host")]
use crate::error::Argument;
use crate::error::Error;
#[cfg(feature = "host")]
use crate::host::SharedKey;
use crate::key::PublicKey;
#[cfg(feature = "host")]
use crate::memory::Slot;
use crate::wire::Status;
use crate::x509::unverified::Rebuilt;
use crate::x509::{
    self, Certificate, Chain, ChipError, Definition, KeyPlace, SlotBytes, SlotPlace, Unverified,
};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    async fn read_bytes(&mut self, place: SlotBytes, room: &mut [u8]) -> Result<(), Error<I2C::Error>> {
        self.read_spans(read_plan(place.slot(), place.offset(), place.len()), room).await
    }

    /// The bytes of a place, which must not be blank.
    pub(super) async fn read_place(
        &mut self,
        place: SlotPlace,
        bytes: &mut [u8; SlotPlace::LEN],
    ) -> Result<(), ChipError<I2C::Error>> {
        self.read_spans(read_plan(place.slot(), place.offset(), SlotPlace::LEN), bytes).await?;
        Ok(not_blank(place, bytes)?)
    }

    async fn key_from(&mut self, place: &KeyPlace, key: &mut PublicKey) -> Result<(), ChipError<I2C::Error>> {
        *key = match *place {
            KeyPlace::Private(slot) => self.execute(&GenKeyPublic { slot, digest: false }).await?,
            KeyPlace::Stored(place) => {
                let mut bytes = [0; SlotPlace::LEN];
                self.read_place(place, &mut bytes).await?;
                PublicKey::from_padded(&bytes)
            }
            KeyPlace::Known(key) => key,
        };
        Ok(())
    }

    /// All that a certificate is made up from. Not inlined where it blocks: see [`Gathered::rebuild`].
    #[inline(never)]
    pub(super) async fn gather(
        &mut self,
        definition: &Definition<'_>,
        parts: &mut Gathered,
    ) -> Result<(), ChipError<I2C::Error>> {
        self.read_place(definition.certificate(), parts.compressed.bytes_mut()).await?;
        self.gather_others(definition, parts).await
    }

    /// The same but for the certificate's 72 bytes.
    async fn gather_others(
        &mut self,
        definition: &Definition<'_>,
        parts: &mut Gathered,
    ) -> Result<(), ChipError<I2C::Error>> {
        parts.chip_serial = self.serial_number().await?;
        let keys = [&mut parts.subject_key, &mut parts.issuer_key];
        for (place, key) in definition.keys().into_iter().zip(keys) {
            self.key_from(place, key).await?;
        }
        for (place, room) in parts.texts.rooms(definition) {
            self.read_bytes(place, room).await?;
        }
        Ok(())
    }

    /// The certificate made up from these, if its signature is that of the issuer's key.
    #[inline(never)]
    pub(super) async fn verified<'b>(
        &mut self,
        parts: &Gathered,
        rebuilt: Rebuilt<'b>,
    ) -> Result<Certificate<'b>, ChipError<I2C::Error>> {
        let (signature, key) = (&parts.compressed.signature(), &parts.issuer_key);
        let verify = VerifyExternal { signature, key, source: MessageSource::MessageDigest };
        for first in [true, false] {
            self.sha256(rebuilt.message(), ShaTarget::MessageDigest).await?;
            match self.execute(&verify).await {
                Ok(()) => return Ok(rebuilt.accept()?),
                Err(error) => match error.status() {
                    Some(Status::Miscompare) => break,
                    // It says so of a key that is no point, and of R and S that are no numbers below the order; but
                    // also if its supply dipped, and the digest is gone.
                    Some(Status::Execution) if first => {}
                    Some(Status::Execution) => break,
                    _ => return Err(error.into()),
                },
            }
        }
        Err(x509::Error::NotVerified.into())
    }

    /// The same for one that lies on the chip.
    pub(super) async fn read_certificate<'b>(
        &mut self,
        definition: &Definition<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, ChipError<I2C::Error>> {
        let mut parts = Gathered::EMPTY;
        self.gather(definition, &mut parts).await?;
        let rebuilt = parts.rebuild(definition, buffer)?;
        self.verified(&parts, rebuilt).await
    }
}

/// # Certificates
///
/// Certificates lie on the chip compressed to 72 bytes. They are made up again from a template, keys and the chip's
/// serial number, and handed out only if the signature verifies.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Reads a certificate: its 72 bytes, keys, serial number and texts, makes it up in the buffer, and has the chip verify the
    /// signature with the issuer's key; all in one session. A buffer of 1024 bytes is enough for most certificates, 560 for
    /// those of Trust&GO; the template's [`max_len`](crate::x509::Template::max_len) says what it takes.
    ///
    /// What it is worth: it was signed with the key of [`Definition::issuer_key`]. Whether that is a good one, only a
    /// root key says that the program brings along ([`KeyPlace::Known`]); see [`read_chain`](Self::read_chain). Someone
    /// on the bus can forge the chip's answer: where that matters, verify in software, with
    /// [`read_unverified_certificate`](Self::read_unverified_certificate). Dates are not looked at: the chip has no clock.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let template = &*testkit::fleet::DEVICE; // made from an example certificate
    /// use atecc608::Slot;
    /// use atecc608::x509::{Definition, KeyPlace, SlotPlace};
    ///
    /// // The certificate of the key in slot 0 lies in slot 10, its signer's key in slot 11.
    /// let (key, signer_key) = (KeyPlace::Private(Slot::S0), KeyPlace::Stored(SlotPlace::S11));
    /// let device = Definition::new(template, SlotPlace::S10, key, signer_key);
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut buffer = [0; 1024];
    /// let certificate = chip.read_certificate(&device, &mut buffer).await?;
    /// assert_eq!(certificate.public_key()?, chip.public_key(Slot::S0).await?);
    /// println!("{:?} until {}", certificate.common_name(), certificate.validity()?.not_after);
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`ChipError::X509`]: [`Blank`](crate::x509::Error::Blank) if nothing was written there;
    /// [`NotVerified`](crate::x509::Error::NotVerified); the buffer is too small, or the 72 bytes do not belong to this
    /// template. [`ChipError::Chip`], status [`Execution`](crate::Status::Execution): the data zone is not locked
    /// yet, a slot can't be read in clear, or no key is there ([`Definition::check`] knows before); else as
    /// [`execute`](Self::execute). For a certificate in a secret slot there is `read_certificate_encrypted`
    /// (feature `host`).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_read_cert_ext")]
    #[doc(alias = "atcacert_read_cert")]
    pub async fn read_certificate<'b>(
        &mut self,
        definition: &Definition<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, ChipError<I2C::Error>> {
        self.session(async |chip| chip.read_certificate(definition, buffer).await).await
    }

    /// [`read_certificate`](Self::read_certificate) for a certificate whose slot, one of 9 to 15, is secret (IsSecret with
    /// EncryptRead, chip reference 4.5, 5.16): its 72 bytes are read as three blocks of 32, encrypted under the slot's
    /// read key. A nonce of the host's for each of them, as [`read_encrypted`](Self::read_encrypted) asks for it. Keys,
    /// serial number and texts are read in clear; a session for each block, and one for the rest.
    ///
    /// This keeps the certificate from those who read the slot, not from those who listen on the bus meanwhile: what the
    /// chip verifies, and the signature, are sent to it in clear. Of the last block the slot keeps 8 bytes: whether the
    /// chip gives it encrypted is not known (UNVERIFIED, chip reference U55).
    ///
    /// Slot 8 is left out, as in `write_certificate_encrypted`: its places share blocks, which are written encrypted
    /// only as a whole.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let device = testkit::fleet::device();
    /// use atecc608::{Secret, Slot, asynch::SharedKey};
    ///
    /// # let fresh = [[1; 20], [2; 20], [3; 20]];
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let read_key = SharedKey { slot: Slot::S9, key: Secret::new([0x44; 32]) };
    /// let mut buffer = [0; 1024];
    /// let result = chip.read_certificate_encrypted(&device, &read_key, &fresh, &mut buffer).await;
    /// assert!(result.is_err(), "not a slot with encrypted reads");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`read_certificate`](Self::read_certificate). [`ChipError::X509`], also if the key is another than the chip's: what
    /// comes out of 72 wrong bytes is no certificate of this template, or does not verify.
    /// [`ChipError::Chip`]: [`Argument::SharedBlock`] for slot 8; status [`Execution`](crate::Status::Execution), also
    /// if this is not the slot's read key. [`Definition::check_encrypted`] knows slots that don't fit before.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[cfg(feature = "host")]
    #[doc(alias = "atcacert_read_cert")]
    pub async fn read_certificate_encrypted<'b>(
        &mut self,
        definition: &Definition<'_>,
        read_key: &SharedKey,
        num_in: &[[u8; 20]; 3],
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, ChipError<I2C::Error>> {
        let place = definition.certificate();
        if place.slot() == Slot::S8 {
            return Err(Error::argument(Argument::SharedBlock).into());
        }
        let mut parts = Gathered::EMPTY;
        let bytes = parts.compressed.bytes_mut();
        for ((number, nonce), part) in (0..3u8).zip(num_in).zip(bytes.chunks_mut(32)) {
            let block = self.read_encrypted(place.slot(), number, read_key, nonce).await?;
            part.iter_mut().zip(block.expose()).for_each(|(to, from)| *to = *from);
        }
        not_blank(place, bytes)?;
        self.session(async |chip| {
            chip.gather_others(definition, &mut parts).await?;
            let rebuilt = parts.rebuild(definition, buffer)?;
            chip.verified(&parts, rebuilt).await
        })
        .await
    }

    /// [`read_certificate`](Self::read_certificate) without the chip's Verify: the certificate is given by
    /// [`Unverified::verify`], to software that has the arithmetic of P-256 (a [`Verifier`](crate::x509::Verifier)), which
    /// nobody on the bus can deceive.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let device = testkit::fleet::device();
    /// use atecc608::x509::P256; // feature p256-014-arithmetic
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut buffer = [0; 1024];
    /// let unverified = chip.read_unverified_certificate(&device, &mut buffer).await?;
    /// let certificate = unverified.verify(&P256)?;
    /// # assert!(certificate.common_name().is_some());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`read_certificate`](Self::read_certificate), but for the signature.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_read_cert")]
    pub async fn read_unverified_certificate<'b>(
        &mut self,
        definition: &Definition<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Unverified<'b>, ChipError<I2C::Error>> {
        let mut parts = Gathered::EMPTY;
        self.session(async |chip| chip.gather(definition, &mut parts).await).await?;
        let rebuilt = parts.rebuild(definition, buffer)?;
        Ok(Unverified::new(rebuilt, parts.compressed.signature(), parts.issuer_key))
    }

    /// Reads the signer's certificate and verifies it with the root key, then the device's, and verifies it with the key
    /// that the signer's certificate is for; all in one session. The issuers' keys of both definitions are not
    /// looked at, so that nothing on the chip can stand in for the root. A buffer each, as for
    /// [`read_certificate`](Self::read_certificate).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = testkit::fleet::enrolled_chip();
    /// # let (device, signer) = (testkit::fleet::device(), testkit::fleet::signer_of_device());
    /// # let root = *testkit::fleet::ROOT_KEY;
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let (mut one, mut other) = ([0; 1024], [0; 1024]);
    /// let chain = chip.read_chain(&device, &signer, &root, &mut one, &mut other).await?;
    /// // What TLS sends: the device's certificate, then the signer's.
    /// let sent = [chain.device.der(), chain.signer.der()];
    /// # assert!(sent.iter().all(|der| der.len() > 300));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`read_certificate`](Self::read_certificate) for each of the two;
    /// [`OtherIssuer`](crate::x509::Error::OtherIssuer) if the device's certificate names another issuer than the
    /// signer's certificate has as its subject.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "atcacert_verify_cert_hw")]
    pub async fn read_chain<'d, 's>(
        &mut self,
        device: &Definition<'_>,
        signer: &Definition<'_>,
        root: &PublicKey,
        device_buffer: &'d mut [u8],
        signer_buffer: &'s mut [u8],
    ) -> Result<Chain<'d, 's>, ChipError<I2C::Error>> {
        let signer = signer.with_issuer_key(KeyPlace::Known(*root));
        self.session(async |chip| {
            let signer = chip.read_certificate(&signer, signer_buffer).await?;
            let device = device.with_issuer_key(KeyPlace::Known(signer.public_key()?));
            let device = chip.read_certificate(&device, device_buffer).await?;
            Ok(Chain::new(device, signer)?)
        })
        .await
    }
}
