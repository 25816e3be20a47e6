//! The device's own certificate, if the server asks for one.

use core::fmt;

use embedded_tls::{Certificate, CryptoProvider, CryptoRngCore, SignatureScheme, TlsError, TlsVerifier};
use p256_013::ecdsa::DerSignature;
use signature_2::SignerMut;

use super::suite::Suite;
use super::verifier::Verifier;

/// A certificate for a key of this device, for servers that want to know who connects.
///
/// The key may be a chip's: `atecc608::blocking::SlotSigner` is a signer with the driver's feature
/// `p256-013`. It signs while the handshake runs, which blocks for the chip's execution time, some 100 ms.
///
/// embedded-tls sends this one certificate and no chain, so the server must know who has issued it. It is
/// sent only to a server that was verified.
pub struct ClientIdentity<'a> {
    /// X.509 in DER.
    pub certificate: &'a [u8],
    /// Signs with the certificate's key: ECDSA on P-256 with SHA-256.
    pub signer: &'a mut dyn SignerMut<DerSignature>,
}

impl fmt::Debug for ClientIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").field("certificate", &self.certificate.len()).finish_non_exhaustive()
    }
}

/// What embedded-tls is given for a handshake.
pub(super) struct Provider<'v, 'c, R> {
    pub(super) rng: &'v mut R,
    pub(super) verifier: Verifier<'v>,
    pub(super) client: Option<ClientIdentity<'c>>,
    /// The client's key was to sign and did not.
    pub(super) unsigned: bool,
    /// The server asked for a certificate, and there is none.
    pub(super) asked: bool,
}

impl<R: CryptoRngCore> CryptoProvider for Provider<'_, '_, R> {
    type CipherSuite = Suite;
    type Signature = MaybeSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut *self.rng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Suite>, TlsError> {
        Ok(&mut self.verifier)
    }

    fn signer(&mut self) -> Result<(impl SignerMut<MaybeSignature>, SignatureScheme), TlsError> {
        let client = self.client.as_mut().ok_or(TlsError::InvalidPrivateKey)?;
        let signer = Signer { signer: &mut *client.signer, failed: &mut self.unsigned };
        Ok((signer, SignatureScheme::EcdsaSecp256r1Sha256))
    }

    fn client_cert(&mut self) -> Option<Certificate<impl AsRef<[u8]>>> {
        self.asked = self.client.is_none();
        // embedded-tls would show it to a server that has not shown its own.
        let client = self.client.as_ref().filter(|_| self.verifier.proved())?;
        Some(Certificate::X509(client.certificate))
    }
}

/// A signature, or none.
pub(super) struct MaybeSignature(Option<DerSignature>);

impl AsRef<[u8]> for MaybeSignature {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().map_or(&[], DerSignature::as_bytes)
    }
}

/// A signer that does not panic.
struct Signer<'a> {
    signer: &'a mut dyn SignerMut<DerSignature>,
    failed: &'a mut bool,
}

impl SignerMut<MaybeSignature> for Signer<'_> {
    /// embedded-tls calls this one, whose default panics if there is no signature. Without one the server
    /// gets an empty signature, which nobody takes, and the handshake fails here in any case.
    fn sign(&mut self, message: &[u8]) -> MaybeSignature {
        MaybeSignature(self.signer.try_sign(message).inspect_err(|_| *self.failed = true).ok())
    }

    fn try_sign(&mut self, message: &[u8]) -> Result<MaybeSignature, signature_2::Error> {
        Ok(self.sign(message))
    }
}
