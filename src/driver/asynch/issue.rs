//! Certificates, signed by whoever has the issuer's key.
//!
//! Three ways to say what is signed; each hands the message to the signer once it is whole.

use super::signer::SlotSigner;
use super::wake::Wake;
use crate::error::Error;
use crate::key::{PublicKey, Signature};
use crate::x509::{self, Compressed, Dates, IssueError, Parts, SignerId, TbsCertificate, Template, Unsigned};
use embedded_hal_async::delay::DelayNs;
use embedded_hal_async::i2c::I2c;

/// Has an issuer's key and signs with it: a slot of this chip or of another
/// ([`Atecc608::keypair`](super::Atecc608::keypair)), a host's key (`p256::ecdsa::SigningKey`, with the feature
/// `p256-014-arithmetic`), or as you implement it.
pub trait CertificateSigner {
    /// Why it could not sign.
    type Error;

    /// The key with which its signatures verify.
    fn public_key(&self) -> PublicKey;

    /// Signs the SHA-256 of a message.
    #[allow(async_fn_in_trait, reason = "whether the future is Send is for the caller's bus to say")]
    async fn sign(&mut self, message: &[u8]) -> Result<Signature, Self::Error>;
}

/// The chip hashes, too.
impl<I2C: I2c, D: DelayNs, W: Wake<I2C>> CertificateSigner for SlotSigner<'_, I2C, D, W, PublicKey> {
    type Error = Error<I2C::Error>;

    fn public_key(&self) -> PublicKey {
        SlotSigner::public_key(self)
    }

    async fn sign(&mut self, message: &[u8]) -> Result<Signature, Self::Error> {
        let (device, slot) = self.parts();
        device.sign_message(slot, message).await
    }
}

/// A key in software.
#[cfg(feature = "p256-014-arithmetic")]
impl CertificateSigner for p256::ecdsa::SigningKey {
    type Error = p256::ecdsa::Error;

    fn public_key(&self) -> PublicKey {
        (*self.verifying_key()).into()
    }

    async fn sign(&mut self, message: &[u8]) -> Result<Signature, Self::Error> {
        let signature: p256::ecdsa::Signature = signature::Signer::try_sign(self, message)?;
        Ok(signature.into())
    }
}

/// Writes a certificate into `buffer` as DER, signed by `signer`. One that is signed by its own subject is made the
/// same way, with [`TbsCertificate::self_signed`].
///
/// `buffer` needs [`TbsCertificate::max_der_len`] bytes. The certificate need not begin at its first byte. The signature is
/// taken as the signer gives it: where that may be at fault, [`Certificate::verify`](x509::Certificate::verify) says so.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/workbench.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
/// # let bus = workbench();
/// # use atecc608::Slot;
/// use atecc608::asynch::{CertificateSigner, issue};
/// use atecc608::x509::{Attribute, DateTime, Name, Profile, TbsCertificate, Validity};
///
/// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
/// let validity = Validity {
///     not_before: DateTime::new(2026, 1, 1, 0, 0, 0).ok_or("no date")?,
///     not_after: DateTime::MAX,
/// };
/// let name = [Attribute::common_name("Example root")];
/// let mut signer = chip.keypair(Slot::S0).await?;
/// let root = TbsCertificate::self_signed(
///     &[1],
///     Name::Attributes(&name),
///     validity,
///     signer.public_key(),
///     Profile::ROOT,
/// );
/// let mut buffer = [0; 512];
/// let der = issue(&root, &mut signer, &mut buffer).await?;
/// assert!(der.len() <= root.max_der_len());
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// [`IssueError::X509`] as [`TbsCertificate::write`], and [`IssuerKey`](x509::Error::IssuerKey) if the signer has another
/// key than the certificate names; then nothing is signed. [`IssueError::Signer`] if the signer fails.
///
/// # Cancel safety
/// As the signer's.
pub async fn issue<'b, S: CertificateSigner>(
    certificate: &TbsCertificate<'_>,
    signer: &mut S,
    buffer: &'b mut [u8],
) -> Result<&'b [u8], IssueError<S::Error>> {
    if signer.public_key() != certificate.issuer_key {
        return Err(x509::Error::IssuerKey.into());
    }
    sign(certificate.write(buffer)?, signer).await
}

/// Makes a certificate from a template: writes it into `buffer` as DER, signed by `signer`, and gives the 72 bytes that
/// stand for it on a chip, too. `id` is the signer's.
///
/// `buffer` needs [`Template::max_len`] bytes. The certificate need not begin at its first byte. The signature is taken as
/// the signer gives it, as by [`issue`].
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guide/workbench.rs"));
/// # fn main() -> Result<(), Box<dyn std::error::Error>> { embassy_futures::block_on(async {
/// # let bus = workbench();
/// # let template = &*testkit::fleet::DEVICE; // made from an example certificate
/// # let (mut signer, device_key) = (testkit::fleet::signer(), *testkit::fleet::OTHER_KEY);
/// # use atecc608::asynch::CertificateSigner;
/// use atecc608::asynch::issue_from_template;
/// use atecc608::x509::{DateTime, Dates, Parts, SignerId, Term};
///
/// let mut chip = atecc608::asynch::Atecc608::new(bus.i2c(), bus.delay());
/// let parts = Parts::new(device_key, signer.public_key()).with_chip_serial(chip.serial_number().await?);
/// let issued = DateTime::new(2026, 11, 30, 5, 0, 0).ok_or("no date")?;
/// let dates = Dates::new(issued, Term::Years(20))?;
/// let mut buffer = [0; 1024];
/// let (der, compressed) =
///     issue_from_template(template, &parts, SignerId(1), &dates, &mut signer, &mut buffer).await?;
/// assert_eq!(compressed, template.compress(der, SignerId(1), &parts)?);
/// # Ok(()) }) }
/// ```
///
/// # Errors
/// [`IssueError::X509`] as [`Template::issue`], and [`IssuerKey`](x509::Error::IssuerKey) if the signer has another key
/// than `parts` names; then nothing is signed. [`IssueError::Signer`] if the signer fails.
///
/// # Cancel safety
/// As the signer's.
pub async fn issue_from_template<'b, S: CertificateSigner>(
    template: &Template<'_>,
    parts: &Parts<'_>,
    id: SignerId,
    dates: &Dates,
    signer: &mut S,
    buffer: &'b mut [u8],
) -> Result<(&'b [u8], Compressed), IssueError<S::Error>> {
    if signer.public_key() != parts.issuer_key() {
        return Err(x509::Error::IssuerKey.into());
    }
    let unsigned = template.issue(parts, id, dates, buffer)?;
    let signature = signer.sign(unsigned.message()).await.map_err(IssueError::Signer)?;
    let compressed = template.compressed(id, dates, &signature)?;
    Ok((unsigned.finish(&signature)?, compressed))
}

/// Has something signed that is written already: a certificate by [`TbsCertificate::write`], a request by
/// [`Csr::write`](x509::Csr::write). Whether it names the signer's key is not checked.
///
/// # Errors
/// [`IssueError::Signer`] if the signer fails.
///
/// # Cancel safety
/// As the signer's.
pub async fn sign<'b, S: CertificateSigner>(
    unsigned: Unsigned<'b>,
    signer: &mut S,
) -> Result<&'b [u8], IssueError<S::Error>> {
    let signature = signer.sign(unsigned.message()).await.map_err(IssueError::Signer)?;
    Ok(unsigned.finish(&signature)?)
}
