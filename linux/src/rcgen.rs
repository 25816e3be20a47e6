//! Requests and certificates by [`rcgen`] 0.14, signed by a chip.
//!
//! For programs that use it already: as a device that asks for a certificate, or as an authority whose key is in a chip.
//! The driver does without it ([`Csr`](atecc608::x509::Csr)), also on a microcontroller.
//!
//! ```
//! # #[cfg(feature = "sim")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use atecc608::Slot;
//! use atecc608_linux::{SharedChip, rcgen::ChipKeyPair};
//! use rcgen::{CertificateParams, DistinguishedName, DnType};
//!
//! // On a device: "/dev/i2c-1".
//! let chip = SharedChip::open("sim:tngtls", None)?;
//! let key = ChipKeyPair::new(chip, Slot::new(0).unwrap())?;
//!
//! let mut params = CertificateParams::default();
//! params.distinguished_name = DistinguishedName::new();
//! params.distinguished_name.push(DnType::CommonName, "sensor-1");
//! let request = params.serialize_request(&key)?; // send it to the authority
//! # assert!(request.der().len() > 200);
//! # Ok(()) }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```
//!
//! # Key identifiers
//!
//! Left alone, rcgen makes key identifiers of its own kind, a part of a SHA-256 (RFC 7093). Certificates that are kept
//! on chips have the SHA-1 of RFC 5280, and so do those of Microchip, OpenSSL and most authorities.
//! [`ChipKeyPair::key_id`] is that one. In a self-signed certificate it names the key, and as the issuer's it goes into
//! the authority key identifier of everything that is issued:
//!
//! ```
//! # #[cfg(feature = "sim")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use atecc608::Slot;
//! # use atecc608_linux::{SharedChip, rcgen::ChipKeyPair};
//! use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer};
//!
//! # let chip = SharedChip::open("sim:demo-signer", None)?;
//! let authority = ChipKeyPair::new(chip, Slot::new(0).unwrap())?;
//! let mut params = CertificateParams::default();
//! params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
//! params.key_identifier_method = authority.key_id();
//! let root = params.self_signed(&authority)?;
//!
//! # let device_key = ChipKeyPair::new(SharedChip::open("sim:tngtls", None)?, Slot::new(0).unwrap())?;
//! let mut device = CertificateParams::new(["sensor-1".to_owned()])?;
//! device.key_identifier_method = device_key.key_id();
//! device.use_authority_key_identifier_extension = true;
//! let certificate = device.signed_by(&device_key, &Issuer::new(params, authority))?;
//! # assert!(root.der().len() > 200 && certificate.der().len() > 200);
//! # Ok(()) }
//! # #[cfg(not(feature = "sim"))]
//! # fn main() {}
//! ```
//!
//! Without rcgen's feature `crypto` a certificate needs a serial number of its own (`params.serial_number`).

use ::rcgen::{Error, KeyIdMethod, PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm, SigningKey};
use atecc608::{PublicKey, Slot};
use std::sync::{Mutex, PoisonError};

use crate::{ChipError, SharedChip, signing};

/// The private key in a slot of a chip, for rcgen, with its public key.
#[derive(Debug)]
pub struct ChipKeyPair {
    chip: SharedChip,
    slot: Slot,
    public_key: PublicKey,
    point: [u8; 65],
    failure: Mutex<Option<ChipError>>,
}

impl ChipKeyPair {
    /// The key in this slot. Its public key is read now, and kept.
    ///
    /// # Errors
    ///
    /// What the chip fails with. A slot without a private key is refused with status 0x0F.
    pub fn new(chip: SharedChip, slot: Slot) -> Result<Self, ChipError> {
        let public_key = chip.public_key(slot)?;
        Ok(Self { chip, slot, public_key, point: public_key.to_sec1(), failure: Mutex::default() })
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.public_key
    }

    /// The key identifier of RFC 5280, 20 bytes.
    #[must_use]
    pub fn key_id(&self) -> KeyIdMethod {
        KeyIdMethod::PreSpecified(self.public_key.key_id().as_bytes().to_vec())
    }

    /// What the chip said when [`Error::RemoteKeyError`] came of a signature, which is all that rcgen can say. It is
    /// handed out once.
    #[must_use]
    pub fn take_failure(&self) -> Option<ChipError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl PublicKeyData for ChipKeyPair {
    fn der_bytes(&self) -> &[u8] {
        &self.point
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &PKCS_ECDSA_P256_SHA256
    }
}

impl SigningKey for ChipKeyPair {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        signing::sign(&self.chip, self.slot, message).map_err(|error| {
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            Error::RemoteKeyError
        })
    }
}
