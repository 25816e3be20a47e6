//! What a device was given.

use super::CertificateProblem;
use super::mailbox::ID_LEN;
use crate::aws::THING_NAME_MAX;
use crate::mqtt::Text;
use atecc608::PublicKey;
use atecc608::x509::{Certificate, PemLabel};

/// A thing and its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned<'b> {
    pub(super) thing: Text<THING_NAME_MAX>,
    pub(super) id: Text<ID_LEN>,
    pub(super) pem: &'b str,
}

impl<'b> Provisioned<'b> {
    /// The thing's name: the client id from now on. It was checked.
    #[must_use]
    pub fn thing(&self) -> &str {
        &self.thing
    }

    /// AWS's name for the certificate: its SHA-256.
    #[must_use]
    pub fn certificate_id(&self) -> &str {
        &self.id
    }

    /// The certificate as it came. Whose key is in it was not looked at: see [`der`](Self::der).
    #[must_use]
    pub const fn pem(&self) -> &'b str {
        self.pem
    }

    /// The certificate in DER, written into `buffer`, if it is for this key: the chip's, which is in the request. The buffer needs
    /// three quarters of the PEM's length; 1024 bytes are enough for those that AWS makes (*unverified*).
    ///
    /// # Errors
    /// [`CertificateProblem`].
    pub fn der<'d>(&self, key: &PublicKey, buffer: &'d mut [u8]) -> Result<&'d [u8], CertificateProblem> {
        // What stands behind the certificate, a line feed, is no part of it.
        let der = PemLabel::Certificate
            .decode(self.pem.trim_end().as_bytes(), buffer)
            .map_err(CertificateProblem::Unreadable)?;
        let certificate = Certificate::parse(der).map_err(CertificateProblem::Unreadable)?;
        if certificate.public_key().map_err(CertificateProblem::Unreadable)? != *key {
            return Err(CertificateProblem::OtherKey);
        }
        Ok(der)
    }
}
