//! Certificates that differ in little: the rest is taken from an example.

mod assemble;
mod dates;
mod edits;
pub(super) mod error;
mod field;
mod size;
mod values;

pub use error::TemplateError;
pub use field::{Field, Place};

use super::parts::Given;
use super::unverified::Rebuilt;
use super::{Certificate, Compressed, Dates, Error, Parts, SerialSource, SignerId, Unsigned, Unverified};
use crate::key::Signature;
use assemble::Layout;

/// What all certificates of one kind have in common, from which and from 72 bytes ([`Compressed`]) each of them is made
/// again: an example, and where the others differ from it.
///
/// A value, mostly a `const`. Serial number, dates, key, both key ids and the signature always differ; the rest is
/// declared as [`Field`]s. All else stands in every certificate as it stands in the example, byte by byte: names,
/// extensions, and whether a date is UTCTime or GeneralizedTime.
///
/// ```
/// use atecc608::x509::{DateTime, Dates, Field, P256, Parts, Place, SerialSource, SignerId, Template, Term};
/// use atecc608::{PublicKey, SerialNumber, Signature};
/// use p256::ecdsa::{SigningKey, signature::Signer};
/// # use atecc608::x509::{Attribute, Name, Profile, TbsCertificate, Validity};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let at = |year| DateTime::new(year, 1, 1, 0, 0, 0).ok_or("no date");
/// # let names = ["Signer 0001", "sensor 0123A23F29F9366A01"].map(|text| [Attribute::common_name(text)]);
/// # let [issuer, subject] = [&names[0], &names[1]].map(|name| Name::Attributes(name));
/// # let key = SigningKey::from_slice(&[7; 32])?;
/// # let public = PublicKey::from(*key.verifying_key());
/// # let tbs = TbsCertificate {
/// #     serial: &[0x40; 16],
/// #     issuer,
/// #     validity: Validity { not_before: at(2024)?, not_after: at(2054)? },
/// #     subject,
/// #     subject_key: public,
/// #     issuer_key: public,
/// #     profile: Profile::DEVICE,
/// #     alternative_names: &[],
/// # };
/// # let mut room = [0; 600];
/// # let example = tbs.write(&mut room)?.finish(&Signature::from_bytes([1; 64]))?;
/// // A certificate of the fleet, in DER: `include_bytes!("example.der")`.
/// let fields =
///     [Field::signer_id(Place::Issuer, "0001"), Field::chip_serial(Place::Subject, "0123A23F29F9366A01")];
/// let template = Template::new(example, 1, 0, SerialSource::PublicKeyHash).with_fields(&fields);
/// template.check()?;
///
/// // The factory: a certificate for a chip's key. The signer may be a chip as well.
/// let signer = SigningKey::from_slice(&[9; 32])?;
/// let signer_key = PublicKey::from(*signer.verifying_key());
/// # let device_key = public;
/// let parts = Parts::new(device_key, signer_key).with_chip_serial(SerialNumber([1, 0x23, 4, 5, 6, 7, 8, 9, 0xEE]));
/// let dates = Dates::new(DateTime::new(2026, 3, 1, 12, 0, 0).ok_or("no date")?, Term::Years(25))?;
/// let mut buffer = [0; 600];
/// let unsigned = template.issue(&parts, SignerId(2), &dates, &mut buffer)?;
/// let signature = Signature::from(Signer::<p256::ecdsa::Signature>::sign(&signer, unsigned.message()));
/// let der = unsigned.finish(&signature)?;
///
/// // 72 bytes of it go on the chip,
/// let compressed = template.compress(der, SignerId(2), &parts)?;
///
/// // and whoever has the template, both keys and the chip's serial number has the certificate again.
/// let mut again = [0; 600];
/// let certificate = template.rebuild(&compressed, &parts, &mut again)?.verify(&P256)?;
/// assert_eq!(certificate.der(), der);
/// assert_eq!(certificate.common_name(), Some("sensor 0123040506070809EE"));
/// # Ok(())
/// # }
/// ```
///
/// RFC 5280 wants UTCTime until 2049 and GeneralizedTime from then on, so an example is right for certificates that end on
/// its side of that year. Templates with UTCTime refuse a later one; with GeneralizedTime any year can be said, and
/// readers take it.
///
/// The example needs a P-256 key with named curve, a signature by ecdsa-with-SHA256, and key ids of 20 bytes, which
/// are always made as SHA-1 of the key (RFC 5280 4.2.1.2, method 1). It is looked through whenever the template is used;
/// [`check`](Self::check) says in a test whether all of it is there.
#[doc(alias = "atcacert_def_t")]
#[derive(Debug, Clone, Copy)]
pub struct Template<'a> {
    example: &'a [u8],
    number: u8,
    chain: u8,
    source: SerialSource,
    fields: &'a [Field<'a>],
}

impl<'a> Template<'a> {
    /// From an example in DER. The numbers of template and chain are those that stand in the compressed form, 0 to 15;
    /// with other numbers nothing is made ([`CompressedError::NoNibble`](super::CompressedError::NoNibble)).
    #[must_use]
    pub const fn new(example: &'a [u8], number: u8, chain: u8, source: SerialSource) -> Self {
        Self { example, number, chain, source, fields: &[] }
    }

    /// What else differs, up to 10 fields. Their order is that of the texts in [`Parts`].
    #[must_use]
    pub const fn with_fields(mut self, fields: &'a [Field<'a>]) -> Self {
        self.fields = fields;
        self
    }

    /// The example.
    #[must_use]
    pub const fn example(&self) -> &'a [u8] {
        self.example
    }

    /// Its number, as in the compressed form.
    #[must_use]
    pub const fn number(&self) -> u8 {
        self.number
    }

    /// The number of its chain, as in the compressed form.
    #[must_use]
    pub const fn chain(&self) -> u8 {
        self.chain
    }

    /// Where the serial number comes from.
    #[must_use]
    pub const fn serial_source(&self) -> SerialSource {
        self.source
    }

    /// Bytes of any of its certificates at most, and of the buffer in which one is made; 0 if the example is none. It
    /// takes serial number and names to be as long as those of the example: add what yours have more.
    #[must_use]
    pub const fn max_len(&self) -> usize {
        match size::tbs_len(self.example) {
            Some(len) => Unsigned::max_len(len),
            None => 0,
        }
    }

    const fn layout(&self) -> Layout<'a> {
        Layout::new(self.example, self.fields)
    }

    /// Whether the example is a certificate that has all that it must have, and each field once. For a test of yours.
    ///
    /// # Errors
    /// [`Error::Template`]: what is wrong with it.
    pub fn check(&self) -> Result<(), Error> {
        let mut layout = self.layout();
        layout.read()?;
        layout.check()
    }

    /// A new certificate, to be signed by the issuer. Then `finish` makes the whole, and
    /// [`compressed`](Self::compressed) the 72 bytes.
    ///
    /// # Errors
    /// - [`Error::Template`]: what is wrong with the template or its parts.
    /// - [`Error::Compressed`]: numbers above 15.
    /// - [`Error::BufferTooSmall`]: [`max_len`](Self::max_len) bytes are enough.
    #[doc(alias("atcacert_set_issue_date", "atcacert_set_expire_date"))]
    pub fn issue<'b>(
        &self,
        parts: &Parts<'_>,
        signer: SignerId,
        dates: &Dates,
        buffer: &'b mut [u8],
    ) -> Result<Unsigned<'b>, Error> {
        self.issue_given(&parts.given(), signer, dates, buffer)
    }

    /// The same with parts where they are.
    ///
    /// # Errors
    /// As [`issue`](Self::issue).
    pub(crate) fn issue_given<'b>(
        &self,
        parts: &Given<'_, '_>,
        signer: SignerId,
        dates: &Dates,
        buffer: &'b mut [u8],
    ) -> Result<Unsigned<'b>, Error> {
        let compressed = self.compressed(signer, dates, &Signature::from_bytes([0; 64]))?;
        let mut layout = self.layout();
        layout.read()?;
        layout.make(parts, &compressed, |made| {
            if !made.serial_is_positive() {
                return Err(TemplateError::SerialNotPositive.into());
            }
            Unsigned::write(buffer, |writer| made.write(writer))
        })
    }

    /// The compressed form of a certificate that was just issued with these.
    ///
    /// # Errors
    /// [`Error::Compressed`]: the template's numbers are above 15.
    pub const fn compressed(
        &self,
        signer: SignerId,
        dates: &Dates,
        signature: &Signature,
    ) -> Result<Compressed, Error> {
        match Compressed::new(signature, dates, signer, self.number, self.chain, self.source) {
            Ok(compressed) => Ok(compressed),
            Err(error) => Err(Error::Compressed(error)),
        }
    }

    /// The 72 bytes of a certificate: only if exactly this certificate is made from them again. Whether its signature
    /// is right is not asked.
    ///
    /// # Errors
    /// - [`Error::Malformed`]: it is no certificate.
    /// - [`Error::OtherSignature`]: its signature has no place in 64 bytes.
    /// - [`Error::Compressed`]: its dates can't be said; a 29 February that has no end is among them.
    /// - [`Error::Template`]: it is not what this template makes of these parts.
    #[doc(alias("atcacert_get_comp_cert_ext", "atcacert_calc_expire_years"))]
    #[doc(alias = "atcacert_get_comp_cert")]
    pub fn compress(&self, der: &[u8], signer: SignerId, parts: &Parts<'_>) -> Result<Compressed, Error> {
        let certificate = Certificate::parse(der)?;
        let dates = dates::dates(&certificate)?;
        let compressed = self.compressed(signer, &dates, &certificate.signature()?)?;
        let mut layout = self.layout();
        layout.read()?;
        layout.make(&parts.given(), &compressed, |made| made.compare(&certificate))?;
        Ok(compressed)
    }

    /// The certificate that stands behind 72 bytes. It has yet to be verified.
    ///
    /// # Errors
    /// - [`Error::Compressed`]: the 72 bytes say what is not defined.
    /// - [`Error::Template`]: they are for another template, or something is wrong with it or its parts.
    /// - [`Error::Malformed`]: a text given makes it no certificate.
    /// - [`Error::BufferTooSmall`]: [`max_len`](Self::max_len) bytes are enough.
    #[doc(alias = "atcacert_set_comp_cert")]
    #[doc(alias = "atcacert_cert_build_start")]
    #[doc(alias = "atcacert_cert_build_process")]
    #[doc(alias = "atcacert_cert_build_finish")]
    pub fn rebuild<'b>(
        &self,
        compressed: &Compressed,
        parts: &Parts<'_>,
        buffer: &'b mut [u8],
    ) -> Result<Unverified<'b>, Error> {
        let rebuilt = self.rebuild_given(compressed, &parts.given(), buffer)?;
        Ok(Unverified::new(rebuilt, compressed.signature(), parts.issuer_key()))
    }

    /// The same with parts where they are.
    ///
    /// # Errors
    /// As [`rebuild`](Self::rebuild).
    pub(crate) fn rebuild_given<'b>(
        &self,
        compressed: &Compressed,
        parts: &Given<'_, '_>,
        buffer: &'b mut [u8],
    ) -> Result<Rebuilt<'b>, Error> {
        let expected = [self.number, self.chain, self.source.nibble()];
        let found = [compressed.template(), compressed.chain(), compressed.serial_source()?.nibble()];
        if expected != found {
            return Err(TemplateError::OtherTemplate { expected, found }.into());
        }
        Rebuilt::new(finish(self.unsigned(compressed, parts, buffer)?, compressed)?)
    }

    #[inline(never)]
    fn unsigned<'b>(
        &self,
        compressed: &Compressed,
        parts: &Given<'_, '_>,
        buffer: &'b mut [u8],
    ) -> Result<Unsigned<'b>, Error> {
        let mut layout = self.layout();
        layout.read()?;
        layout.make(parts, compressed, |made| Unsigned::write(buffer, |writer| made.write(writer)))
    }
}

#[inline(never)]
fn finish<'b>(unsigned: Unsigned<'b>, compressed: &Compressed) -> Result<&'b [u8], Error> {
    unsigned.finish(&compressed.signature())
}
