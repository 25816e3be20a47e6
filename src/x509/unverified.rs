//! A certificate that nobody has verified yet.

use super::{Certificate, Error, Verifier};
use crate::key::{PublicKey, Signature};
use core::fmt;

/// A certificate made from its [`Compressed`](super::Compressed) form. It is handed out only when its signature is
/// the issuer's: whatever was wrong with the 72 bytes, the keys, the serial number or the template, the signature is
/// then wrong, too.
#[must_use = "it gives its certificate when it is verified"]
pub struct Unverified<'b> {
    certificate: Certificate<'b>,
    signature: Signature,
    issuer_key: PublicKey,
}

impl<'b> Unverified<'b> {
    pub(super) const fn new(
        certificate: Certificate<'b>,
        signature: Signature,
        issuer_key: PublicKey,
    ) -> Self {
        Self { certificate, signature, issuer_key }
    }

    /// The bytes whose SHA-256 is signed: the TBSCertificate.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.certificate.tbs()
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
            Ok(self.accept())
        } else {
            Err(Error::NotVerified)
        }
    }

    /// The certificate, after someone else has found the signature right.
    pub(crate) const fn accept(self) -> Certificate<'b> {
        self.certificate
    }
}

impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unverified").field("issuer_key", &self.issuer_key).finish_non_exhaustive()
    }
}
