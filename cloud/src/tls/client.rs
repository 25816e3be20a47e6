//! The device's own certificate, if the server asks for one.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use embedded_tls::alert::{AlertDescription, AlertLevel};
use embedded_tls::{Certificate, CryptoProvider, CryptoRngCore, SignatureScheme, TlsError, TlsVerifier};
use p256_013::ecdsa::{DerSignature, Signature};
use sha2_010::{Digest, Sha256};

use super::suite::Suite;
use super::verifier::Verifier;
use crate::signer::TokenSigner;

/// What the chip's key signs handshakes with.
const SCHEME: SignatureScheme = SignatureScheme::EcdsaSecp256r1Sha256;

/// A certificate for a key of this device, for servers that want to know who connects.
///
/// It is shown only to a server that was verified and asks for it. The key signs once in a handshake, the SHA-256 of
/// 130 bytes (RFC 8446, section 4.4.3).
///
/// ```
/// use atecc608::Slot;
/// use atecc608::asynch::Atecc608;
/// use atecc608_cloud::signer::ChipSigner;
/// use atecc608_cloud::tls::{ClientIdentity, Roots, Settings};
///
/// # fn settings<'a, I2C, D>(
/// #     chip: &'a mut Atecc608<I2C, D>, chain: &'a [&'a [u8]], roots: &'a Roots, now: u64,
/// # ) -> Settings<'a, ChipSigner<'a, I2C, D>> {
/// // `chain` as `Atecc608::read_chain` gives it: the device's certificate, then its issuer's.
/// let identity = ClientIdentity { chain, signer: ChipSigner::new(chip, Slot::S0) };
/// let settings = Settings::new("broker.example.com", roots, now).with_client(identity);
/// # settings
/// # }
/// ```
pub struct ClientIdentity<'a, S> {
    /// X.509 in DER: the device's own certificate first, then its issuer's, and so on. Authorities that the server
    /// knows may be left out; most servers do not need the root. 1 to 16.
    pub chain: &'a [&'a [u8]],
    /// Signs with the certificate's key: a [`ChipSigner`](crate::signer::ChipSigner), which lets other tasks run
    /// meanwhile, or a [`BlockingChipSigner`](crate::signer::BlockingChipSigner), which does not.
    pub signer: S,
}

impl<S> fmt::Debug for ClientIdentity<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sizes: Vec<usize> = self.chain.iter().map(|certificate| certificate.len()).collect();
        f.debug_struct("ClientIdentity").field("chain", &sizes).finish_non_exhaustive()
    }
}

/// Whether the server has asked who connects, and what it was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// It has not asked: whoever has connected, it does not know it from TLS.
    NotAsked,
    /// It has asked, and this device had no certificate to show.
    Declined,
    /// It has asked, and was shown the device's certificate and its proof. Whether it takes them shows only when it
    /// answers: in TLS 1.3 a server that does not take a certificate says so after the handshake.
    Shown,
}

/// What embedded-tls is given for a handshake.
pub(super) struct Provider<'v, 'c, R, S> {
    rng: &'v mut R,
    pub(super) verifier: Verifier<'v>,
    client: Option<ClientIdentity<'c, S>>,
    pub(super) authentication: ClientAuthentication,
    /// The client's key was to sign and did not, for this reason.
    pub(super) unsigned: Option<String>,
    /// The server takes no signature of the client's kind of key.
    pub(super) unsuitable: bool,
}

impl<'v, 'c, R, S> Provider<'v, 'c, R, S> {
    pub(super) const fn new(
        rng: &'v mut R,
        verifier: Verifier<'v>,
        client: Option<ClientIdentity<'c, S>>,
    ) -> Self {
        let authentication = ClientAuthentication::NotAsked;
        Self { rng, verifier, client, authentication, unsigned: None, unsuitable: false }
    }
}

impl<R, S> CryptoProvider for Provider<'_, '_, R, S>
where
    R: CryptoRngCore,
    S: TokenSigner<Error: fmt::Display>,
{
    type CipherSuite = Suite;
    type Signature = DerSignature;

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut *self.rng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Suite>, TlsError> {
        Ok(&mut self.verifier)
    }

    fn client_signature_schemes(&mut self, offered: &[SignatureScheme]) -> Result<(), TlsError> {
        if self.client.is_some() && self.verifier.proved() && !offered.contains(&SCHEME) {
            self.unsuitable = true;
            return Err(TlsError::AbortHandshake(AlertLevel::Fatal, AlertDescription::HandshakeFailure));
        }
        Ok(())
    }

    fn client_cert_chain(&mut self) -> impl Deref<Target = [Certificate<impl AsRef<[u8]>>]> {
        let chain = match &self.client {
            // embedded-tls would show it to a server that has not shown its own.
            Some(client) if self.verifier.proved() => client.chain,
            _ => &[],
        };
        self.authentication = match chain {
            [] => ClientAuthentication::Declined,
            _ => ClientAuthentication::Shown,
        };
        chain.iter().map(|der| Certificate::X509(*der)).collect::<Vec<_>>()
    }

    async fn sign(&mut self, message: &[u8]) -> Result<(DerSignature, SignatureScheme), TlsError> {
        let client = self.client.as_mut().ok_or(TlsError::InvalidPrivateKey)?;
        let signed = client.signer.sign_digest(&Sha256::digest(message).into()).await;
        let signature = signed.map_err(|error| error.to_string()).and_then(|signature| {
            Signature::from_slice(signature.as_bytes())
                .map_err(|_| "what came is no signature: R or S is 0, or too large".to_string())
        });
        match signature {
            Ok(signature) => Ok((signature.to_der(), SCHEME)),
            Err(reason) => {
                self.unsigned = Some(reason);
                Err(TlsError::SigningFailed)
            }
        }
    }
}
