//! A certificate that nobody has verified yet.

use super::der::read::Span;
use super::{Certificate, Error, Verifier};
use crate::key::{PublicKey, Signature};
use core::fmt;

/// A certificate made from its [`Compressed`](super::Compressed) form. It is handed out only when its signature is
/// the issuer's: whatever was wrong with the 72 bytes, the keys, the serial number or the template, the signature is
/// then wrong, too.
#[must_use = "it gives its certificate when it is verified"]
pub struct Unverified<'b> {
    rebuilt: Rebuilt<'b>,
    signature: Signature,
    issuer_key: PublicKey,
}

/// The same without signature and key, for who has them at hand; read again when it is accepted, which takes less
/// stack than to keep it.
pub(crate) struct Rebuilt<'b> {
    der: &'b [u8],
    tbs: Span,
}

impl<'b> Rebuilt<'b> {
    /// Only if it is a certificate.
    #[inline(never)]
    pub(super) fn new(der: &'b [u8]) -> Result<Self, Error> {
        let mut certificate = Certificate::unread(der);
        certificate.read()?;
        Ok(Self { der, tbs: certificate.tbs_span() })
    }

    /// The bytes whose SHA-256 is signed.
    pub(crate) fn message(&self) -> &[u8] {
        self.tbs.of(self.der)
    }

    /// The certificate, after someone has found the signature right.
    pub(crate) fn accept(self) -> Result<Certificate<'b>, Error> {
        Certificate::parse(self.der)
    }
}

impl<'b> Unverified<'b> {
    pub(crate) const fn new(rebuilt: Rebuilt<'b>, signature: Signature, issuer_key: PublicKey) -> Self {
        Self { rebuilt, signature, issuer_key }
    }

    /// The bytes whose SHA-256 is signed: the TBSCertificate.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.rebuilt.message()
    }

    /// The signature over them.
    #[must_use]
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// The key that should have made it.
    #[must_use]
    pub const fn issuer_key(&self) -> PublicKey {
        self.issuer_key
    }

    /// The certificate, if the signature is right.
    ///
    /// # Errors
    /// [`Error::NotVerified`]: it is not.
    pub fn verify(self, verifier: &impl Verifier) -> Result<Certificate<'b>, Error> {
        if verifier.verify(&self.issuer_key, self.message(), &self.signature) {
            self.rebuilt.accept()
        } else {
            Err(Error::NotVerified)
        }
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("issuer_key", &self.issuer_key).finish_non_exhaustive()
    }
}
