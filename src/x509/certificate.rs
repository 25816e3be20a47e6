//! A certificate, read where it lies.

mod extension;
mod known;
mod name;
mod parse;
mod signature;
mod time;

pub use extension::{Extension, Extensions, Usages};
pub use name::{AlternativeName, AlternativeNames, Attributes, NameAttribute};

use super::der::read::Span;
use super::hash::{sha1, sha256};
use super::{Error, Oid, Validity, Verifier};
use crate::key::{PublicKey, Signature};
use core::fmt;
use core::ops::Range;
pub(in crate::x509) use time::Time;

/// A certificate (RFC 5280), read where it lies: nothing is copied, and nothing is ever encoded again, so that the
/// signature stays what it was.
///
/// [`parse`](Self::parse) looks at all of it; what it takes gives no errors later, but for keys and signatures that this
/// chip does not have. Whether the signature is right says [`verify`](Self::verify), and only then should anything be
/// believed.
#[derive(Clone, Copy)]
pub struct Certificate<'a> {
    der: &'a [u8],
    tbs: Span,
    tbs_content: Span,
    serial: Span,
    issuer: Span,
    not_before: Time,
    not_after: Time,
    subject: Span,
    key: Span,
    /// Content of the SEQUENCE, empty if there is none.
    extensions: Span,
    algorithm: Span,
    /// Content of the BIT STRING, without the byte for odd bits.
    signature: Span,
    version: u8,
}

impl<'a> Certificate<'a> {
    /// The whole, in DER.
    #[must_use]
    pub const fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The bytes whose SHA-256 is signed: the TBSCertificate, in DER.
    #[doc(alias("atcacert_get_tbs", "atcacert_get_tbs_digest"))]
    #[must_use]
    pub fn tbs(&self) -> &'a [u8] {
        self.tbs.of(self.der)
    }

    /// 1 to 3. Only version 3 has extensions.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// The serial number: content of the INTEGER, big endian, at least one byte. With a leading zero if the next byte
    /// is above 0x7F; negative if the first is.
    #[doc(alias = "atcacert_get_cert_sn")]
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        self.serial.of(self.der)
    }

    /// Who issued it: the name, in DER.
    #[doc(alias = "atcacert_get_issuer")]
    #[must_use]
    pub fn issuer(&self) -> &'a [u8] {
        self.issuer.of(self.der)
    }

    /// Whom it is for: the name, in DER.
    #[doc(alias = "atcacert_get_subject")]
    #[must_use]
    pub fn subject(&self) -> &'a [u8] {
        self.subject.of(self.der)
    }

    /// The issuer's name, attribute by attribute.
    #[must_use]
    pub fn issuer_attributes(&self) -> Attributes<'a> {
        Attributes::of(self.issuer())
    }

    /// The subject's name, attribute by attribute.
    #[must_use]
    pub fn subject_attributes(&self) -> Attributes<'a> {
        Attributes::of(self.subject())
    }

    /// The subject's common name: the last, if there are several. `None` without one, or if it is no UTF-8.
    #[must_use]
    pub fn common_name(&self) -> Option<&'a str> {
        self.subject_attributes().filter(|attribute| attribute.oid == Oid::COMMON_NAME).last()?.text()
    }

    /// From when to when it is valid.
    ///
    /// # Errors
    /// [`Error::NoSuchDay`]: one of both is the 29 February of a year that has none. The certificate is right as its
    /// signer made it, but most verifiers refuse it.
    #[doc(alias("atcacert_get_issue_date", "atcacert_get_expire_date", "atcacert_date_from_asn1_tag"))]
    pub const fn validity(&self) -> Result<Validity, Error> {
        match (self.not_before.date, self.not_after.date) {
            (Some(not_before), Some(not_after)) => Ok(Validity { not_before, not_after }),
            _ => Err(Error::NoSuchDay),
        }
    }

    /// The key that the certificate is for. Not checked to lie on the curve.
    ///
    /// # Errors
    /// [`Error::OtherKey`]: no P-256 key with named curve and uncompressed point.
    #[doc(alias = "atcacert_get_subj_public_key")]
    pub fn public_key(&self) -> Result<PublicKey, Error> {
        PublicKey::from_spki_der(self.public_key_info()).ok_or(Error::OtherKey)
    }

    /// The key with its algorithm: the SubjectPublicKeyInfo, in DER.
    #[must_use]
    pub fn public_key_info(&self) -> &'a [u8] {
        self.key.of(self.der)
    }

    /// The signature.
    ///
    /// # Errors
    /// [`Error::OtherSignature`]: none by ecdsa-with-SHA256 with a P-256 key.
    #[doc(alias("atcacert_get_signature", "atcacert_der_dec_ecdsa_sig_value"))]
    pub fn signature(&self) -> Result<Signature, Error> {
        signature::p256(self.der, self.algorithm, self.signature).ok_or(Error::OtherSignature)
    }

    /// Whether `issuer` has signed it.
    ///
    /// That is all: dates, names and what the issuer may do are other questions.
    ///
    /// # Errors
    /// - [`Error::NotVerified`]: the signature is not the issuer's.
    /// - [`Error::OtherSignature`]: none by ecdsa-with-SHA256 with a P-256 key.
    #[doc(alias = "atcacert_verify_cert_sw")]
    pub fn verify(&self, issuer: &PublicKey, verifier: &impl Verifier) -> Result<(), Error> {
        if verifier.verify(issuer, self.tbs(), &self.signature()?) { Ok(()) } else { Err(Error::NotVerified) }
    }

    /// The extensions, in their order.
    #[must_use]
    pub const fn extensions(&self) -> Extensions<'a> {
        Extensions::new(self.der, self.extensions)
    }

    /// The extension with this identifier.
    #[must_use]
    pub fn extension(&self, oid: Oid<'_>) -> Option<Extension<'a>> {
        self.extensions().find(|extension| extension.oid == oid)
    }

    /// Where a part of it lies, as this type gives it (`subject()`, the value of an extension, ...): bytes of
    /// [`der`](Self::der). `None` if `part` is something else.
    #[must_use]
    pub fn range_of(&self, part: &[u8]) -> Option<Range<usize>> {
        let start = part.as_ptr().addr().checked_sub(self.der.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        if end > self.der.len() { None } else { Some(start..end) }
    }

    /// SHA-256 over the whole: what AWS and others call its fingerprint or id.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        sha256(&[self.der])
    }

    /// SHA-1 over the whole: what Azure calls its thumbprint.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        sha1(&[self.der])
    }
}

/// Where things are, for templates.
impl Certificate<'_> {
    /// Whether it has a P-256 key and is signed with one.
    pub(super) fn is_of_p256(&self) -> bool {
        let numbers = signature::p256_numbers(self.der, self.algorithm, self.signature);
        PublicKey::from_spki_der(self.public_key_info()).is_some() && numbers.is_some()
    }

    pub(super) const fn tbs_span(&self) -> Span {
        self.tbs
    }

    pub(super) const fn tbs_content(&self) -> Span {
        self.tbs_content
    }

    /// The serial number's length, if it is below 128, and its bytes.
    pub(super) const fn serial_spans(&self) -> (Span, Span) {
        let Span { start, .. } = self.serial;
        (Span { start: start.saturating_sub(1), end: start }, self.serial)
    }

    pub(super) const fn issuer_span(&self) -> Span {
        self.issuer
    }

    pub(super) const fn subject_span(&self) -> Span {
        self.subject
    }

    /// X and Y of a P-256 key.
    pub(super) const fn point_span(&self) -> Span {
        Span { start: self.key.end.saturating_sub(64), end: self.key.end }
    }

    /// Both ends of the validity.
    pub(super) const fn times(&self) -> (Time, Time) {
        (self.not_before, self.not_after)
    }
}

impl fmt::Debug for Certificate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("common_name", &self.common_name()).finish_non_exhaustive()
    }
}
