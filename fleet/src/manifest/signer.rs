//! The certificate of who signs manifests.

use crate::chain::ChainError;
use atecc608::PublicKey;
use atecc608::x509::Certificate;
use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// The certificate of a key that signs manifests, **which the caller trusts**: it came by another way than the manifest.
///
/// Only its key and its names (`kid`, `x5t#S256`) are used; who issued it is not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningCertificate {
    der: Vec<u8>,
    key: PublicKey,
    kid: String,
    x5t: String,
}

impl SigningCertificate {
    /// From the certificate in DER.
    ///
    /// # Errors
    ///
    /// If it is no certificate of a P-256 key with a subject key id.
    pub fn from_der(der: &[u8]) -> Result<Self, ChainError> {
        let certificate = Certificate::parse(der).map_err(|error| ChainError::Certificate(0, error))?;
        let id = certificate.subject_key_id().ok_or(ChainError::NoKeyId)?;
        Ok(Self {
            der: der.to_vec(),
            key: certificate.public_key().map_err(|error| ChainError::Certificate(0, error))?,
            kid: Base64UrlUnpadded::encode_string(id),
            x5t: Base64UrlUnpadded::encode_string(&Sha256::digest(der)),
        })
    }

    /// Its DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Its key.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.key
    }

    /// `kid` in the protected header: the subject key id as base64url.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// `x5t#S256` in the protected header: SHA-256 of the DER as base64url.
    #[must_use]
    pub fn x5t(&self) -> &str {
        &self.x5t
    }
}
