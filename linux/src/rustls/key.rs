//! A slot's key, as rustls asks for keys.

use ::rustls::pki_types::SubjectPublicKeyInfoDer;
use ::rustls::sign::{Signer, SigningKey};
use ::rustls::{Error, OtherError, SignatureAlgorithm, SignatureScheme};
use atecc608::{PublicKey, Slot};
use std::sync::Arc;

use crate::{ChipError, SharedChip, signing};

/// The only scheme that this chip has: ECDSA on P-256, with SHA-256.
pub(super) const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP256_SHA256;

/// The private key in a slot of a chip, for rustls: it never leaves the chip, which makes every signature.
///
/// [`certified_key`](super::certified_key) puts it together with its certificates.
#[derive(Debug, Clone)]
pub struct ChipKey {
    chip: SharedChip,
    slot: Slot,
    public_key: PublicKey,
}

impl ChipKey {
    /// The key in this slot. Its public key is read now, and kept; the slot must be one that signs digests of others
    /// (bit 0 of ReadKey), which shows with the first signature.
    ///
    /// # Errors
    ///
    /// What the chip fails with. A slot without a private key is refused with status 0x0F.
    pub fn new(chip: SharedChip, slot: Slot) -> Result<Self, ChipError> {
        let public_key = chip.public_key(slot)?;
        Ok(Self { chip, slot, public_key })
    }

    /// The public key, as it was when this was made.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// Where the private key is.
    #[must_use]
    pub fn slot(&self) -> Slot {
        self.slot
    }

    /// The chip that it is in.
    #[must_use]
    pub fn chip(&self) -> &SharedChip {
        &self.chip
    }
}

impl SigningKey for ChipKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered.contains(&SCHEME).then(|| Box::new(ChipSigner(self.clone())) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(self.public_key.to_spki_der().to_vec().into())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

/// Signs one handshake.
#[derive(Debug)]
struct ChipSigner(ChipKey);

impl Signer for ChipSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let ChipKey { chip, slot, .. } = &self.0;
        signing::sign(chip, *slot, message).map_err(|error| OtherError(Arc::new(error)).into())
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}
