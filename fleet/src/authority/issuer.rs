//! What signs certificates for devices.

use super::{Certificates, IssueError, hour_of};
use crate::report::Issued;
use atecc608::blocking::CertificateSigner;
use atecc608::x509::{Certificate, Compressed, DateTime, Dates, P256, Verifier};
use atecc608::{PublicKey, SerialNumber};
use std::fmt::Display;

/// Signs certificates for devices: with a key in software, in a chip, or wherever a [`CertificateSigner`] has it.
#[derive(Debug)]
pub struct Issuer<S> {
    signer: S,
    certificates: Certificates,
    key: PublicKey,
    compressed: Compressed,
    signatures: u64,
}

impl<S: CertificateSigner<Error: Display>> Issuer<S> {
    /// `signer` has the key of the signer's certificate.
    ///
    /// # Errors
    ///
    /// [`IssueError::OtherKey`]: it has another.
    pub fn new(signer: S, certificates: Certificates) -> Result<Self, IssueError> {
        let key = certificates.signer_key()?;
        if signer.public_key() != key {
            return Err(IssueError::OtherKey);
        }
        let compressed = certificates.compressed_signer()?;
        Ok(Self { signer, certificates, key, compressed, signatures: 0 })
    }

    /// The certificates it issues by.
    #[must_use]
    pub const fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// So many certificates it signed.
    #[must_use]
    pub const fn signatures(&self) -> u64 {
        self.signatures
    }

    /// The signer's key.
    #[must_use]
    pub const fn public_key(&self) -> PublicKey {
        self.key
    }

    /// The signer's certificate as it is written to chips.
    #[must_use]
    pub const fn compressed(&self) -> Compressed {
        self.compressed
    }

    /// A certificate for the key of a chip, beginning with the hour of `now`. Its signature is verified before it is
    /// given out. The signer's certificate must be valid at that time; that it lasts as long as the device's is not asked.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn issue(
        &mut self,
        chip: SerialNumber,
        key: &PublicKey,
        now: DateTime,
    ) -> Result<Issued, IssueError> {
        let validity = Certificate::parse(self.certificates.signer())?.validity()?;
        if !validity.contains(now) {
            // What is written to a chip stays there.
            return Err(IssueError::NotValid(now, validity));
        }
        let dates = Dates::new(hour_of(now), self.certificates.term())?;
        let parts = self.certificates.parts(chip, *key)?;
        let id = self.certificates.signer_id();
        let (signer, issuer_key) = (&mut self.signer, self.key);
        let issued = self.certificates.with_device_template(|template| -> Result<Issued, IssueError> {
            let mut buffer = vec![0; template.max_len() + ROOM];
            let unsigned = template.issue(&parts, id, &dates, &mut buffer)?;
            let signature =
                signer.sign(unsigned.message()).map_err(|error| IssueError::NotSigned(error.to_string()))?;
            if !P256.verify(&issuer_key, unsigned.message(), &signature) {
                return Err(IssueError::OtherKey);
            }
            let compressed = template.compressed(id, &dates, &signature)?;
            let certificate = unsigned.finish(&signature)?.to_vec();
            Ok(Issued { public_key: (*key).into(), compressed: *compressed.as_bytes(), certificate })
        })?;
        self.signatures += 1;
        Ok(issued)
    }

    /// Whether a certificate from the report is one for this chip and key, by this signer, and what its compressed form
    /// stands for.
    #[must_use]
    pub fn vouches_for(&self, issued: &Issued, chip: SerialNumber, key: &PublicKey) -> bool {
        *key == PublicKey::from(issued.public_key)
            && self.rebuild(&issued.compressed, chip, key).is_ok_and(|der| der == issued.certificate)
    }

    /// The certificate in DER that stands behind 72 bytes, if this signer signed it.
    ///
    /// # Errors
    ///
    /// [`IssueError::X509`]: it did not, or they say something else.
    pub fn rebuild(
        &self,
        compressed: &[u8; 72],
        chip: SerialNumber,
        key: &PublicKey,
    ) -> Result<Vec<u8>, IssueError> {
        let parts = self.certificates.parts(chip, *key)?;
        self.certificates.with_device_template(|template| {
            let mut buffer = vec![0; template.max_len() + ROOM];
            let compressed = (*compressed).into();
            let certificate = template.rebuild(&compressed, &parts, &mut buffer)?.verify(&P256)?;
            Ok(certificate.der().to_vec())
        })
    }
}

/// Should a serial number be longer than the example's.
const ROOM: usize = 16;
