//! What programs ask a chip for most.

use atecc608::command::{CounterId, Model};
use atecc608::irreversible::CountIsSpent;
use atecc608::{PublicKey, SerialNumber, Signature, Slot};

use super::{Chip, SharedChip};
use crate::error::{ChipError, Failure};

/// # Operations
///
/// Those of [`Chip`] that a gateway's program needs. [`with`](Self::with) does the others.
///
/// They block: 70 ms for a signature at 100 kHz, and the wait for the session before. On an executor they belong into
/// `spawn_blocking` or the like.
impl SharedChip {
    /// Any operations in one session: nobody else has the chip until the closure is done, and then it sleeps.
    ///
    /// The closure can fail with any error; with [`Failure`] as its error, `?` works for all of them. If it panics the
    /// chip sleeps all the same, and the handle works on.
    ///
    /// ```
    /// # #[cfg(feature = "sim")]
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use atecc608_linux::{Failure, SharedChip};
    ///
    /// let chip = SharedChip::open("sim:tngtls", None)?;
    /// let (serial, locks) = chip.with(|chip| -> Result<_, Failure> {
    ///     Ok((chip.serial_number()?, chip.lock_state()?))
    /// })?;
    /// assert!(locks.data);
    /// # Ok(()) }
    /// # #[cfg(not(feature = "sim"))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// What the closure fails with, as a [`ChipError`]; before it runs, if the chip is somebody else's for the whole wait.
    pub fn with<R, X: Into<Failure>>(
        &self,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, ChipError> {
        self.ask(|| "for several things".into(), work)
    }

    /// The chip's serial number.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with).
    pub fn serial_number(&self) -> Result<SerialNumber, ChipError> {
        self.ask(|| "for its serial number".into(), |chip| chip.serial_number())
    }

    /// Makes sure that it is a chip that the driver fits, and says which.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with); [`WrongChip`](atecc608::ErrorKind::WrongChip).
    pub fn identify(&self) -> Result<Model, ChipError> {
        self.ask(|| "which chip it is".into(), |chip| chip.identify())
    }

    /// 32 random bytes, once the chip's configuration is locked.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with); [`NotRandom`](atecc608::ErrorKind::NotRandom) before that.
    pub fn random(&self) -> Result<[u8; 32], ChipError> {
        self.ask(|| "for random bytes".into(), |chip| chip.random())
    }

    /// The public key of the private key in a slot.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with); the chip refuses with [`Execution`](atecc608::Status::Execution) if there is no key.
    pub fn public_key(&self, slot: Slot) -> Result<PublicKey, ChipError> {
        self.ask(|| format!("for the public key of {slot}"), |chip| chip.public_key(slot))
    }

    /// Signs a digest of 32 bytes with the key in a slot. It is not hashed again.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with); the chip refuses with [`Execution`](atecc608::Status::Execution) if there is no key or
    /// it may not sign.
    pub fn sign_digest(&self, slot: Slot, digest: &[u8; 32]) -> Result<Signature, ChipError> {
        self.ask(|| format!("to sign with {slot}"), |chip| chip.sign_digest(slot, digest))
    }

    /// Signs a message of any length with the key in a slot. The chip hashes it (SHA-256), 15 ms for each 64 bytes.
    ///
    /// # Errors
    ///
    /// As [`sign_digest`](Self::sign_digest).
    pub fn sign_message(&self, slot: Slot, message: &[u8]) -> Result<Signature, ChipError> {
        self.ask(|| format!("to sign with {slot}"), |chip| chip.sign_message(slot, message))
    }

    /// Verifies a signature over a digest. Only `Ok` means verified.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with); the chip refuses with [`Miscompare`](atecc608::Status::Miscompare) if the signature is
    /// wrong.
    pub fn verify(&self, key: &PublicKey, digest: &[u8; 32], signature: &Signature) -> Result<(), ChipError> {
        self.ask(|| "to verify a signature".into(), |chip| chip.verify(key, digest, signature))
    }

    /// HMAC-SHA256 of a message with the key in a slot, 32 bytes.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with).
    pub fn hmac(&self, slot: Slot, message: &[u8]) -> Result<[u8; 32], ChipError> {
        self.ask(|| format!("for an HMAC with {slot}"), |chip| chip.hmac(slot, message))
    }

    /// The value of a counter.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with).
    pub fn counter(&self, counter: CounterId) -> Result<u32, ChipError> {
        self.ask(|| format!("for {counter:?}"), |chip| chip.counter(counter))
    }

    /// Adds one to a counter, for ever, and returns the new value.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with). If it [may have run](ChipError::may_have_run), read the counter before you count again.
    pub fn increment_counter(&self, counter: CounterId, spent: CountIsSpent) -> Result<u32, ChipError> {
        self.ask(|| format!("to count {counter:?} up"), |chip| chip.increment_counter(counter, spent))
    }
}

/// # Requests and certificates
#[cfg(feature = "x509")]
mod certificates {
    use atecc608::x509::{self, Csr, Definition, trust};
    use atecc608::{PublicKey, Slot};

    use super::SharedChip;
    use crate::error::ChipError;

    /// # Requests and certificates
    impl SharedChip {
        /// A request for a certificate (PKCS#10) for the key in a slot, as PEM.
        ///
        /// ```
        /// # #[cfg(feature = "sim")]
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// use atecc608::Slot;
        /// use atecc608::x509::{Attribute, Csr, Name};
        /// # use atecc608_linux::SharedChip;
        ///
        /// let chip = SharedChip::open("sim:tngtls", None)?;
        /// let name = [Attribute::common_name("gateway-7")];
        /// let pem = chip.sign_csr_pem(Slot::S0, &Csr::new(Name::Attributes(&name)))?;
        /// assert!(pem.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
        /// # Ok(()) }
        /// # #[cfg(not(feature = "sim"))]
        /// # fn main() {}
        /// ```
        ///
        /// # Errors
        ///
        /// As [`with`](Self::with); [`Failure::X509`](crate::Failure::X509) for a name that can't be written.
        pub fn sign_csr_pem(&self, slot: Slot, csr: &Csr<'_>) -> Result<String, ChipError> {
            let (mut der, mut pem) = (vec![0; csr.max_der_len()], vec![0; csr.max_pem_len()]);
            let asked = || format!("to sign a certificate request with {slot}");
            self.ask(asked, |chip| chip.sign_csr_pem(slot, csr, &mut der, &mut pem).map(str::to_owned))
        }

        /// A certificate that lies on the chip, as DER, its signature verified with its issuer's key.
        ///
        /// # Errors
        ///
        /// As [`with`](Self::with); [`Failure::X509`](crate::Failure::X509) if there is none, or it does not verify.
        pub fn read_certificate(&self, definition: &Definition<'_>) -> Result<Vec<u8>, ChipError> {
            let mut buffer = [0; MAX_LEN];
            self.ask(
                || "for a certificate".into(),
                |chip| chip.read_certificate(definition, &mut buffer).map(|read| read.der().to_vec()),
            )
        }

        /// The device's certificate and its signer's, as DER, in the order in which TLS sends them. The signer's is verified
        /// with the root's key, and the device's with the signer's.
        ///
        /// # Errors
        ///
        /// As [`read_certificate`](Self::read_certificate).
        pub fn read_chain(
            &self,
            device: &Definition<'_>,
            signer: &Definition<'_>,
            root: &PublicKey,
        ) -> Result<[Vec<u8>; 2], ChipError> {
            let (mut first, mut second) = ([0; MAX_LEN], [0; MAX_LEN]);
            self.ask(
                || "for its certificates".into(),
                |chip| {
                    let chain = chip.read_chain(device, signer, root, &mut first, &mut second)?;
                    Ok::<_, x509::ChipError<_>>([chain.device.der().to_vec(), chain.signer.der().to_vec()])
                },
            )
        }

        /// The same of a Trust&GO or TrustFLEX chip, whose certificates Microchip has put there.
        ///
        /// ```
        /// # #[cfg(feature = "sim")]
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// # use atecc608_linux::SharedChip;
        /// use atecc608::x509::trust;
        /// # let root = atecc608::PublicKey::from_bytes(atecc608_sim::preset::demo_root().public_key);
        ///
        /// let chip = SharedChip::open("sim:tngtls", None)?;
        /// // With a real chip `trust::MICROCHIP`; the simulated one has another root above it.
        /// let trust = trust::MICROCHIP.with_root(trust::TrustAnchor::new(root));
        /// let [device, signer] = chip.read_trust_chain(&trust)?;
        /// # assert_eq!([device, signer], atecc608_sim::preset::Preset::TngTls.chain(0)[..2]);
        /// # Ok(()) }
        /// # #[cfg(not(feature = "sim"))]
        /// # fn main() {}
        /// ```
        ///
        /// # Errors
        ///
        /// As [`read_certificate`](Self::read_certificate), and what the chip is if it is none of these parts.
        pub fn read_trust_chain(&self, trust: &trust::Trust<'_>) -> Result<[Vec<u8>; 2], ChipError> {
            let (mut first, mut second) = ([0; MAX_LEN], [0; MAX_LEN]);
            self.ask(
                || "for its certificates".into(),
                |chip| {
                    let chain = chip.read_trust_chain(trust, &mut first, &mut second)?;
                    Ok::<_, x509::trust::TrustError<_>>([
                        chain.device.der().to_vec(),
                        chain.signer.der().to_vec(),
                    ])
                },
            )
        }
    }

    /// Longer than any certificate that fits the chip's template.
    const MAX_LEN: usize = 1024;
}
