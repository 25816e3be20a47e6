//! Which certificate a handshake shows, and that it can be exchanged between two handshakes.

use ::rustls::client::{ResolvesClientCert, Resumption};
use ::rustls::crypto::CryptoProvider;
use ::rustls::server::{ClientHello, ResolvesServerCert};
use ::rustls::sign::CertifiedKey;
use ::rustls::{ClientConfig, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::key::SCHEME;
use super::sessions::Sessions;

/// The pair of key and certificate that handshakes take at the moment.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl Current {
    fn new(pair: CertifiedKey) -> Self {
        Self(RwLock::new(Arc::new(pair)))
    }

    fn get(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, pair: CertifiedKey) -> Arc<CertifiedKey> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(pair))
    }
}

/// What a client shows to servers that ask for a certificate: a key in a chip with its chain, from
/// [`certified_key`](super::certified_key). It can be [replaced](Self::replace) while connections run.
///
/// A server that does not ask gets no certificate, and the chip is not asked for a signature. One that asks, but takes
/// no ECDSA on P-256 with SHA-256, gets none either: the handshake goes on without, and
/// [`refused_schemes`](Self::refused_schemes) says so. The names of authorities that a server may send are
/// not looked at: many servers send none, or not all.
#[derive(Debug)]
pub struct ClientCertificate {
    current: Current,
    sessions: Arc<Sessions>,
    refused: Mutex<Option<Vec<SignatureScheme>>>,
}

impl ClientCertificate {
    /// A certificate with its key.
    #[must_use]
    pub fn new(pair: CertifiedKey) -> Self {
        Self { current: Current::new(pair), sessions: Arc::default(), refused: Mutex::default() }
    }

    /// What handshakes show now.
    #[must_use]
    pub fn current(&self) -> Arc<CertifiedKey> {
        self.current.get()
    }

    /// New handshakes take this pair, and the old one is given back: after a renewal, or to return to the old pair if a
    /// server does not take the new one. A handshake that has chosen its certificate already finishes with that;
    /// connections that are up stay up.
    ///
    /// Sessions that [`resumption`](Self::resumption) remembers are forgotten, as resuming one would be a login with the
    /// old certificate. But a connection that is up may be given a ticket later, and the next one then resumes it as
    /// the owner of the old certificate. Where that matters end the connections that are up before this.
    pub fn replace(&self, pair: CertifiedKey) -> Arc<CertifiedKey> {
        let old = self.current.replace(pair);
        self.sessions.forget();
        old
    }

    /// For [`ClientConfig::resumption`]: sessions are resumed, without a signature of the chip, until the certificate is
    /// replaced.
    #[must_use]
    pub fn resumption(&self) -> Resumption {
        Resumption::store(Arc::<Sessions>::clone(&self.sessions))
    }

    /// If the last server that asked for a certificate got none, because it takes no signature that the chip can make:
    /// what it would take.
    #[must_use]
    pub fn refused_schemes(&self) -> Option<Vec<SignatureScheme>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A configuration with this certificate, for servers below these roots: all safe versions of TLS that the features
    /// of rustls allow, and [`resumption`](Self::resumption). Set ALPN in it where a server wants that.
    ///
    /// # Errors
    ///
    /// The provider has no cipher suite for any version.
    pub fn config(
        self: &Arc<Self>,
        provider: Arc<CryptoProvider>,
        roots: impl Into<Arc<RootCertStore>>,
    ) -> Result<ClientConfig, Error> {
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        let resolver = Arc::<Self>::clone(self);
        let mut config = builder.with_root_certificates(roots).with_client_cert_resolver(resolver);
        config.resumption = self.resumption();
        Ok(config)
    }
}

impl ResolvesClientCert for ClientCertificate {
    fn resolve(&self, _authorities: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let accepted = schemes.contains(&SCHEME);
        let refused = (!accepted).then(|| schemes.to_vec());
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
        accepted.then(|| self.current())
    }

    fn has_certs(&self) -> bool {
        true
    }
}

/// What a server shows to its clients: a key in a chip with its chain, from
/// [`certified_key`](super::certified_key). It can be [replaced](Self::replace) while connections run.
///
/// For [`with_cert_resolver`](::rustls::ConfigBuilder::with_cert_resolver). A client that takes no ECDSA on P-256 with
/// SHA-256 is refused.
#[derive(Debug)]
pub struct ServerCertificate(Current);

impl ServerCertificate {
    /// A certificate with its key.
    #[must_use]
    pub fn new(pair: CertifiedKey) -> Self {
        Self(Current::new(pair))
    }

    /// What handshakes show now.
    #[must_use]
    pub fn current(&self) -> Arc<CertifiedKey> {
        self.0.get()
    }

    /// New handshakes take this pair, and the old one is given back. Handshakes that run, and connections, go on.
    pub fn replace(&self, pair: CertifiedKey) -> Arc<CertifiedKey> {
        self.0.replace(pair)
    }
}

impl ResolvesServerCert for ServerCertificate {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}
