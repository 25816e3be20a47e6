//! The vendor's build server, which holds the key that signs firmware.

use atecc608::{PublicKey, Signature};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::elliptic_curve::Generate;

use super::Failure;

/// A signing key.
#[derive(Debug)]
pub struct Vendor(SigningKey);

impl Vendor {
    /// With a new key.
    pub fn generate() -> Self {
        Self(SigningKey::generate())
    }

    /// What devices are given.
    pub fn public_key(&self) -> Result<PublicKey, Failure> {
        let point = self.0.verifying_key().to_sec1_point(false);
        Ok(PublicKey::from_sec1(point.as_bytes().try_into()?).ok_or("not an uncompressed point")?)
    }

    /// Signs a digest.
    pub fn sign(&self, digest: &[u8; 32]) -> Result<Signature, Failure> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest)?;
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}
