//! Trust&GO and TrustFLEX: which part it is, its certificates up to the root.

use super::device::Atecc608;
use super::session::Session;
use super::wake::Wake;
use crate::command::ReadBlock;
use crate::driver::trust::{Device, Signer, is_refused, keep, range, verified};
use crate::error::Error;
use crate::memory::{Block, Zone};
use crate::x509::trust::{HardwareAddress, Identity, MAX_LEN, OtpCode, Trust, TrustError};
use crate::x509::{self, Certificate, Chain, ChipError, Compressed, KeyPlace, SlotPlace};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    async fn otp_code(&mut self) -> Result<OtpCode, TrustError<I2C::Error>> {
        match self.execute(&ReadBlock(Block::at(Zone::Otp, 0))).await {
            Ok(block) => Ok(OtpCode::from_block(&block)),
            Err(error) if is_refused(&error) => Err(TrustError::NotTrust(None)),
            Err(error) => Err(error.into()),
        }
    }

    /// The 72 bytes, or `None` if there are none to be had.
    async fn compressed(&mut self, place: SlotPlace) -> Result<Option<Compressed>, Error<I2C::Error>> {
        let mut compressed = Compressed::BLANK;
        match self.read_place(place, compressed.bytes_mut()).await {
            Ok(()) => Ok(Some(compressed)),
            Err(ChipError::Chip(error)) if !is_refused(&error) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// The signer's certificate, in the buffer: from where the root's signature over it is good.
    async fn trust_signer(
        &mut self,
        trust: &Trust<'_>,
        code: OtpCode,
        buffer: &mut [u8],
    ) -> Result<Signer, TrustError<I2C::Error>> {
        let start = buffer.as_ptr().addr();
        let (mut missing, mut why) = (None, None);
        for layout in trust.layouts(code) {
            let definition = layout.signer(trust.root());
            let at = definition.certificate();
            let id = match self.compressed(at).await? {
                Some(found) if found.template() == definition.template().number() => found.signer(),
                _ => {
                    missing.get_or_insert(at);
                    continue;
                }
            };
            match self.read_certificate(&definition, buffer).await {
                Ok(signer) => {
                    let key = signer.public_key()?;
                    return Ok(Signer { layout, id, key, certificate: range(start, &signer) });
                }
                Err(ChipError::X509(x509::Error::NotVerified)) => {
                    why.get_or_insert(TrustError::NotByRoot(id));
                }
                Err(error) => keep(&mut why, error)?,
            }
        }
        Err(why.unwrap_or_else(|| TrustError::missing(code, missing)))
    }

    /// The device's certificate, in the buffer: by the template with which the signer's signature over it is good.
    async fn trust_device(
        &mut self,
        trust: &Trust<'_>,
        code: OtpCode,
        signer: &Signer,
        buffer: &mut [u8],
    ) -> Result<Device, TrustError<I2C::Error>> {
        let place = signer.layout.device();
        let missing = TrustError::NoCertificate { code, place };
        let Some(found) = self.compressed(place).await? else { return Err(missing) };
        let template = found.template();
        let start = buffer.as_ptr().addr();
        let mut why = None;
        for kind in trust.kinds_of(signer.layout, code) {
            if kind.device().template().number() != template {
                continue;
            }
            if found.signer() != signer.id {
                return Err(TrustError::WrongSigner { named: found.signer(), stored: signer.id });
            }
            let definition = kind.device().with_issuer_key(KeyPlace::Known(signer.key));
            match self.read_certificate(&definition, buffer).await {
                Ok(device) => {
                    return Ok(Device { part: kind.part(), certificate: range(start, &device) });
                }
                Err(ChipError::X509(x509::Error::NotVerified)) => {
                    why = Some(TrustError::NotBySigner { signer: signer.id, template });
                }
                Err(error) => keep(&mut why, error)?,
            }
        }
        Err(why.unwrap_or(missing))
    }
}

/// # Trust&GO and TrustFLEX
///
/// Parts that come with certificates of Microchip's: [`trust`](crate::x509::trust).
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Which part this is, proved by its certificates, and its address. All in one session, in about 0.7 s at
    /// 100 kHz, with 552 bytes on the stack.
    ///
    /// The OTP code decides what is tried first; what is right, the signatures say: the root's over the signer's
    /// certificate, the signer's over the device's. Both are verified by the chip, so someone on the bus can forge the
    /// answer; and certificates are public, so a copy of them proves nothing. To know that this chip has the key,
    /// have it sign a number of yours ([`sign_digest`](Self::sign_digest)) and verify that with the key of its
    /// certificate.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::new();
    /// # bus.add(atecc608_sim::preset::Preset::TngTlsPublished.chip(1));
    /// # let address = atecc608::Address::from_7bit(0x35).unwrap();
    /// # let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    /// use atecc608::x509::trust::{self, Part};
    ///
    /// let found = chip.identify_trust(&trust::MICROCHIP).await?;
    /// assert_eq!(found.part, Part::TngTls);
    /// let mac = found.address.expect("parts of this kind have one");
    /// assert_eq!(mac.to_string(), "E8EB1B202027");
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`TrustError`]; [`TrustError::Chip`] as [`execute`](Self::execute).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias = "tng_get_device_cert_def_ext")]
    #[doc(alias("tng_get_device_cert_def", "tng_get_type"))]
    pub async fn identify_trust(&mut self, trust: &Trust<'_>) -> Result<Identity, TrustError<I2C::Error>> {
        let mut buffer = [0; MAX_LEN];
        self.session(async |chip| {
            let code = chip.otp_code().await?;
            let signer = chip.trust_signer(trust, code, &mut buffer).await?;
            let device = chip.trust_device(trust, code, &signer, &mut buffer).await?;
            let serial = chip.serial_number().await?;
            let address = HardwareAddress::of(&verified(&buffer, device.certificate)?);
            Ok(Identity { part: device.part, serial, signer: signer.id, address, code })
        })
        .await
    }

    /// Reads the device's certificate, verified up to the root by the chip ([`identify_trust`](Self::identify_trust)
    /// says what that is worth). The bytes are those that Microchip issued; [`MAX_LEN`] are enough for any.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::new();
    /// # bus.add(atecc608_sim::preset::Preset::TngTlsPublished.chip(1));
    /// # let address = atecc608::Address::from_7bit(0x35).unwrap();
    /// # let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    /// use atecc608::x509::trust::{self, Trust};
    ///
    /// // This firmware knows its part, and has no room for the templates of others.
    /// const MINE: Trust<'_> = Trust::new(&[&trust::TNGTLS], trust::ROOT);
    /// let mut buffer = [0; trust::MAX_LEN];
    /// let device = chip.read_trust_device(&MINE, &mut buffer).await?;
    /// assert_eq!(device.common_name(), Some("sn0123A23F29F9366A01"));
    /// // Azure asks for the SHA-1 thumbprint, AWS calls the SHA-256 its id.
    /// assert_eq!((device.sha1()[0], device.sha256()[0]), (0xCD, 0xE5));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`identify_trust`](Self::identify_trust); the buffer is too small.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("tng_atcacert_read_device_cert", "tng_atcacert_device_public_key", "tng_get_device_pubkey"))]
    pub async fn read_trust_device<'b>(
        &mut self,
        trust: &Trust<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, TrustError<I2C::Error>> {
        let device = self
            .session(async |chip| {
                let code = chip.otp_code().await?;
                let signer = chip.trust_signer(trust, code, buffer).await?;
                chip.trust_device(trust, code, &signer, buffer).await
            })
            .await?;
        verified(buffer, device.certificate)
    }

    /// Reads the signer's certificate, verified with the root's key by the chip.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::new();
    /// # bus.add(atecc608_sim::preset::Preset::TngTls.chip(1));
    /// # let address = atecc608::Address::from_7bit(0x35).unwrap();
    /// # let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    /// use atecc608::PublicKey;
    /// use atecc608::x509::trust::{self, TrustAnchor};
    ///
    /// // A simulated part has certificates of a root that everybody has the key of.
    /// let root = PublicKey::from_bytes(atecc608_sim::preset::demo_root().public_key);
    /// let simulated = trust::MICROCHIP.with_root(TrustAnchor::new(root));
    /// let mut buffer = [0; trust::MAX_LEN];
    /// let signer = chip.read_trust_signer(&simulated, &mut buffer).await?;
    /// assert_eq!(signer.common_name(), Some("Crypto Authentication Signer D000"));
    /// // Microchip's root does not vouch for it.
    /// assert!(chip.read_trust_signer(&trust::MICROCHIP, &mut buffer).await.is_err());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`read_trust_device`](Self::read_trust_device), but for what concerns the device's certificate, which is not
    /// looked at.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("tng_atcacert_read_signer_cert", "tng_atcacert_signer_public_key"))]
    pub async fn read_trust_signer<'b>(
        &mut self,
        trust: &Trust<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, TrustError<I2C::Error>> {
        let signer = self
            .session(async |chip| {
                let code = chip.otp_code().await?;
                chip.trust_signer(trust, code, buffer).await
            })
            .await?;
        verified(buffer, signer.certificate)
    }

    /// Reads both, as a TLS client sends them: device, signer. Verified up to the root by the chip, in one session.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::new();
    /// # bus.add(atecc608_sim::preset::Preset::TngTlsPublished.chip(1));
    /// # let address = atecc608::Address::from_7bit(0x35).unwrap();
    /// # let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay()).with_address(address);
    /// use atecc608::x509::trust;
    ///
    /// let (mut first, mut second) = ([0; trust::MAX_LEN], [0; trust::MAX_LEN]);
    /// let chain = chip.read_trust_chain(&trust::MICROCHIP, &mut first, &mut second).await?;
    /// assert_eq!((chain.device.der().len(), chain.signer.der().len()), (547, 520));
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// As [`read_trust_device`](Self::read_trust_device).
    ///
    /// # Cancel safety
    /// As [`session`](Self::session); nothing changes.
    #[doc(alias("tng_atcacert_read_device_cert", "tng_atcacert_read_signer_cert"))]
    pub async fn read_trust_chain<'d, 's>(
        &mut self,
        trust: &Trust<'_>,
        device_buffer: &'d mut [u8],
        signer_buffer: &'s mut [u8],
    ) -> Result<Chain<'d, 's>, TrustError<I2C::Error>> {
        let (device, signer) = self
            .session(async |chip| {
                let code = chip.otp_code().await?;
                let signer = chip.trust_signer(trust, code, signer_buffer).await?;
                let device = chip.trust_device(trust, code, &signer, device_buffer).await?;
                Ok::<_, TrustError<I2C::Error>>((device, signer))
            })
            .await?;
        Ok(Chain::new(
            verified(device_buffer, device.certificate)?,
            verified(signer_buffer, signer.certificate)?,
        )?)
    }
}
