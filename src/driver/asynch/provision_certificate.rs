//! From a blank chip to a certificate in one go.

use super::device::Atecc608;
use super::issue::CertificateSigner;
use super::session::Session;
use super::wake::Wake;
use crate::config::{ConfigZone, LockState};
use crate::driver::certificate::{Gathered, Texts, crc};
use crate::error::{Argument, Error};
use crate::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use crate::key::{KeyOrigin, PublicKey};
use crate::x509::{self, Certificate, ChipError, Compressed, Enrolment, ProvisionError, SlotPlace};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// What is there when the key is made.
struct Ready {
    config: ConfigZone,
    data_locked: bool,
    key: PublicKey,
    origin: KeyOrigin,
}

impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Session<'_, I2C, D, W> {
    /// Verifies the signer's certificate that is to be written, with the root key; the device's names it as its issuer.
    async fn check_signer_certificate(
        &mut self,
        enrolment: &Enrolment<'_>,
        signer_key: PublicKey,
        issuer: NameDigest,
        config: &ConfigZone,
        buffer: &mut [u8],
    ) -> Result<(), ChipError<I2C::Error>> {
        let Some((definition, certificate)) = enrolment.signer() else {
            return Ok(());
        };
        let parts = Gathered {
            compressed: *certificate,
            subject_key: signer_key,
            issuer_key: definition.known_issuer_key().ok_or(x509::Error::NoRoot)?,
            chip_serial: config.serial_number(),
            texts: Texts::of(definition, enrolment.contents()),
        };
        let rebuilt = parts.rebuild(definition, buffer)?;
        let signer = self.verified(&parts, rebuilt).await?;
        if digest(signer.subject()) == issuer { Ok(()) } else { Err(x509::Error::OtherIssuer.into()) }
    }

    /// What an earlier call has left on a locked chip, all of it verified.
    async fn certificate_found<'b>(
        &mut self,
        enrolment: &Enrolment<'_>,
        signer_key: PublicKey,
        buffer: &'b mut [u8],
    ) -> Result<Certificate<'b>, ChipError<I2C::Error>> {
        let mut name = None;
        if let Some((definition, _)) = enrolment.signer() {
            let signer = self.read_certificate(definition, buffer).await?;
            if signer.public_key()? != signer_key {
                return Err(x509::Error::IssuerKey.into());
            }
            name = Some(digest(signer.subject()));
        }
        let mut parts = Gathered::EMPTY;
        self.gather(enrolment.device(), &mut parts).await?;
        if parts.issuer_key != signer_key {
            return Err(x509::Error::IssuerKey.into());
        }
        let rebuilt = parts.rebuild(enrolment.device(), buffer)?;
        let device = self.verified(&parts, rebuilt).await?;
        match name {
            Some(name) if name != digest(device.issuer()) => Err(x509::Error::OtherIssuer.into()),
            _ => Ok(device),
        }
    }
}

/// # Provisioning with a certificate
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> Atecc608<I2C, D, W> {
    /// Makes an identity with a certificate of a blank chip: writes and locks the configuration, makes the key, has the
    /// certificate signed, writes it with its signer's key and certificate, and locks the data zone. **All of it is for
    /// ever.** Returns the certificate, which lies in `buffer`: [`Template::max_len`](x509::Template::max_len) bytes of the larger
    /// of the two templates.
    ///
    /// As [`provision`](Self::provision) it can be called again after any failure, on a new chip as on one that was
    /// interrupted: what is locked is not locked again and the key stays; the certificate is signed and written
    /// anew as long as the data zone is open, as nothing can be read back before. When both zones are locked, the certificates
    /// are read and verified: then the origin is [`KeyOrigin::Found`], and the signer is not asked.
    ///
    /// Before anything is written: the configuration must let the certificates be read ([`x509::Definition::check`]), a
    /// certificate is made up with the template and the dates, the signer's certificate is verified with the root key, and
    /// the one names the other as its issuer.
    /// Before the data lock: it is still the same chip, which verifies what the signer signed with the signer's key, and
    /// locks with the CRC of just these contents.
    ///
    /// The signer is asked while the chip sleeps, so it may take its time, or be another chip on the same bus.
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
    /// # let bus = atecc608_sim::Bus::with_blank_chip(1);
    /// # use testkit::fleet;
    /// # let (template, signers) = (&*fleet::DEVICE, &*fleet::SIGNERS); // made from example certificates
    /// # let (root_key, signer_certificate, mut signer) = (*fleet::ROOT_KEY, *fleet::SIGNER_CERTIFICATE, fleet::signer());
    /// use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    /// use atecc608::x509::{DateTime, Dates, Definition, Enrolment, KeyPlace, SignerId, SlotPlace, Term};
    /// use atecc608::{Slot, config::preset};
    ///
    /// let signer_key = KeyPlace::Stored(SlotPlace::S11);
    /// let device = Definition::new(template, SlotPlace::S10, KeyPlace::Private(Slot::S0), signer_key);
    /// let signer_is = Definition::new(signers, SlotPlace::S12, signer_key, KeyPlace::Known(root_key));
    /// let issued = DateTime::new(2026, 11, 30, 5, 0, 0).ok_or("no date")?;
    /// let enrolment = Enrolment::new(&device, SignerId(0xABCD), Dates::new(issued, Term::Years(20))?)
    ///     .with_signer(&signer_is, &signer_certificate);
    ///
    /// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
    /// let mut buffer = [0; 1024];
    /// let (certificate, _) = chip
    ///     .provision_with_certificate(
    ///         preset::x509_device,
    ///         &enrolment,
    ///         &mut signer,
    ///         &mut buffer,
    ///         NoMoreConfigWrites,
    ///         NoMoreFreeDataWrites,
    ///     )
    ///     .await?;
    /// println!("{:02x?}", certificate.der());
    /// # Ok(()) }) }
    /// ```
    ///
    /// # Errors
    /// [`ProvisionError::Unfit`] and [`ProvisionError::X509`]: nothing was written.
    /// [`ProvisionError::Commit`]: as [`provision`](Self::provision) until the key is made. [`ProvisionError::Signer`] and
    /// [`ProvisionError::Locked`]: **the configuration is locked**, and the key is made. [`IssuerKey`](x509::Error::IssuerKey)
    /// in the latter: the chip was locked before with another signer's certificate.
    /// [`OtherChip`](x509::Error::OtherChip): the chip was changed while the signer worked; nothing was written to this
    /// one.
    ///
    /// # Cancel safety
    /// As [`session`](Self::session) and the signer's: any of the steps may be done; call again.
    pub async fn provision_with_certificate<'b, S: CertificateSigner>(
        &mut self,
        wanted: impl FnOnce(&ConfigZone) -> ConfigZone,
        enrolment: &Enrolment<'_>,
        signer: &mut S,
        buffer: &'b mut [u8],
        config_lock: NoMoreConfigWrites,
        data_lock: NoMoreFreeDataWrites,
    ) -> Result<(Certificate<'b>, KeyOrigin), ProvisionError<I2C::Error, S::Error>> {
        let (device, contents) = (enrolment.device(), enrolment.contents());
        let slot = enrolment.key_slot().ok_or(Error::argument(Argument::NoKeySlot))?;
        let signer_key = signer.public_key();
        enrolment.check_signer(&signer_key)?;
        let ready: Ready = self
            .session(async |chip| {
                let found = chip.read_config().await?;
                let mut config = wanted(&found);
                enrolment.check(&config)?;
                // With any key: what can go wrong goes wrong now.
                let parts = parts_of(enrolment, signer_key, signer_key, &config);
                let issuer = parts.with_parts(device, |parts| {
                    let template = device.template();
                    let unsigned =
                        template.issue_given(parts, enrolment.signer_id(), enrolment.dates(), buffer)?;
                    Ok(digest(Certificate::parse(unsigned.finish(&ANY_SIGNATURE)?)?.issuer()))
                })?;
                chip.check_signer_certificate(enrolment, signer_key, issuer, &config, buffer).await?;
                let (key, origin) = chip.configured_key(&found, &mut config, slot, config_lock).await?;
                let data_locked = found.is_data_locked();
                Ok::<_, ProvisionError<I2C::Error, S::Error>>(Ready { config, data_locked, key, origin })
            })
            .await?;
        if ready.data_locked {
            let certificate = self
                .session(async |chip| chip.certificate_found(enrolment, signer_key, buffer).await)
                .await
                .map_err(ProvisionError::Locked)?;
            return Ok((certificate, KeyOrigin::Found));
        }
        let later = |error: x509::Error| ProvisionError::Locked(ChipError::X509(error));
        let (id, dates, template) = (enrolment.signer_id(), enrolment.dates(), device.template());
        let mut parts = parts_of(enrolment, ready.key, signer_key, &ready.config);
        let signature = {
            let unsigned = parts.with_parts(device, |parts| template.issue_given(parts, id, dates, buffer));
            signer.sign(unsigned.map_err(later)?.message()).await.map_err(ProvisionError::Signer)?
        };
        parts.compressed = template.compressed(id, dates, &signature).map_err(later)?;
        let rebuilt = parts.rebuild(device, buffer).map_err(later)?;
        let places = enrolment.places(&parts.compressed, &signer_key);
        let places = places.map(|(place, stored)| (place, stored.to_bytes()));
        let crc = crc(contents, places.clone(), &ready.config);
        let certificate = self
            .session(async |chip| {
                // It slept while the signer worked.
                if chip.serial_number().await? != ready.config.serial_number() {
                    return Err(x509::Error::OtherChip.into());
                }
                let certificate = chip.verified(&parts, rebuilt).await?;
                chip.write_blocks(contents, places, enrolment.texts()).await?;
                chip.lock_contents(crc, LockState::of(&ready.config), data_lock).await?;
                Ok::<_, ChipError<I2C::Error>>(certificate)
            })
            .await
            .map_err(ProvisionError::Locked)?;
        Ok((certificate, ready.origin))
    }
}

/// SHA-256 of a name in DER: there is one buffer for two certificates.
type NameDigest = [u8; 32];

fn digest(name: &[u8]) -> NameDigest {
    x509::hash::sha256(&[name])
}

/// In place of a signature, where only lengths matter: R and S as long as they can be.
const ANY_SIGNATURE: crate::key::Signature = crate::key::Signature::from_bytes([0xFF; 64]);

/// What the device's certificate is made up from, before it is signed.
fn parts_of(
    enrolment: &Enrolment<'_>,
    subject_key: PublicKey,
    issuer_key: PublicKey,
    config: &ConfigZone,
) -> Gathered {
    Gathered {
        compressed: Compressed::from_bytes([0; SlotPlace::LEN]),
        subject_key,
        issuer_key,
        chip_serial: config.serial_number(),
        texts: Texts::of(enrolment.device(), enrolment.contents()),
    }
}
