//! The TLS of a cloud: which clients are taken, and what they showed.

mod anyone;

use std::sync::Arc;
use std::time::Duration;

use mock_servers::pki::Holder;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::time_provider::TimeProvider;
use rustls::{Error, RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Peer;
use anyone::Anyone;

/// Time of the servers, in Unix seconds.
pub type Now = Arc<dyn Fn() -> u64 + Send + Sync>;

/// Which clients' certificates are taken in the handshake. The key of a certificate is always proven.
#[derive(Debug, Clone)]
pub enum Clients {
    /// None is asked for.
    NotAsked,
    /// Any certificate, and the cloud decides later; a client without one, too.
    Anyone,
    /// Any certificate, but there must be one.
    AnyCertificate,
    /// Certificates that lead to one of these authorities.
    Of(Vec<CertificateDer<'static>>),
    /// The same, or none.
    OfOrNone(Vec<CertificateDer<'static>>),
}

/// What a port offers and demands.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Versions.
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Protocols (ALPN). If there are any, a client that offers others only is refused.
    pub protocols: Vec<Vec<u8>>,
    /// Who is let in.
    pub clients: Clients,
    /// The cloud's port that this one stands for.
    pub port: u16,
}

impl Offer {
    /// TLS 1.2 and 1.3, any certificate, no ALPN.
    pub fn new(port: u16) -> Self {
        Self {
            versions: vec![&rustls::version::TLS13, &rustls::version::TLS12],
            protocols: Vec::new(),
            clients: Clients::AnyCertificate,
            port,
        }
    }
}

struct Clock(Now);

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clock")
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs((self.0)())))
    }
}

/// A port with its certificate.
#[derive(Debug, Clone)]
pub struct Door {
    config: Arc<ServerConfig>,
    port: u16,
}

impl Door {
    /// Shows the certificate and uses the key of `holder`.
    ///
    /// # Errors
    /// rustls can't use them.
    pub fn new(holder: &Holder, offer: &Offer, now: Now) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let key = provider.key_provider.load_private_key(holder.key())?;
        let of = |authorities: &[CertificateDer<'static>], or_none: bool| {
            let mut roots = RootCertStore::empty();
            authorities.iter().try_for_each(|authority| roots.add(authority.clone()))?;
            let builder = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
            let builder = if or_none { builder.allow_unauthenticated() } else { builder };
            builder.build().map_err(|error| Error::General(error.to_string()))
        };
        let verifier = match &offer.clients {
            Clients::NotAsked => WebPkiClientVerifier::no_client_auth(),
            Clients::Anyone => Arc::new(Anyone::new(&provider, false)),
            Clients::AnyCertificate => Arc::new(Anyone::new(&provider, true)),
            Clients::Of(authorities) => of(authorities, false)?,
            Clients::OfOrNone(authorities) => of(authorities, true)?,
        };
        let shown = CertifiedKey::new(holder.chain().to_vec(), key);
        let mut config = ServerConfig::builder_with_details(Arc::clone(&provider), Arc::new(Clock(now)))
            .with_protocol_versions(&offer.versions)?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
        config.alpn_protocols.clone_from(&offer.protocols);
        Ok(Self { config: Arc::new(config), port: offer.port })
    }

    /// The cloud's port that this one stands for.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A handshake. `hello` looks at what the client asks for and offers before it is answered.
    ///
    /// # Errors
    /// In words; whatever TLS has to tell the client has been told.
    pub async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        peer: Peer,
        hello: impl FnOnce(&Peer) -> Result<(), String>,
    ) -> Result<(TlsStream<S>, Peer), String> {
        Self::accept_at(stream, Peer { port: self.port, ..peer }, |peer| hello(peer).map(|()| self)).await
    }

    /// A handshake at the door that is chosen by what the client asks for and offers.
    ///
    /// # Errors
    /// In words; whatever TLS has to tell the client has been told.
    pub async fn accept_at<'d, S: AsyncRead + AsyncWrite + Unpin>(
        stream: S,
        mut peer: Peer,
        choose: impl FnOnce(&Peer) -> Result<&'d Self, String>,
    ) -> Result<(TlsStream<S>, Peer), String> {
        let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream)
            .await
            .map_err(|error| format!("TLS: {error}"))?;
        {
            let said = start.client_hello();
            peer.sni = said.server_name().map(str::to_owned);
            peer.offered = said.alpn().into_iter().flatten().map(text).collect();
        }
        let door = choose(&peer)?;
        peer.port = door.port;
        let stream =
            start.into_stream(Arc::clone(&door.config)).await.map_err(|error| format!("TLS: {error}"))?;
        let connection = stream.get_ref().1;
        peer.alpn = connection.alpn_protocol().map(text);
        peer.tls = connection.protocol_version().map(|version| format!("{version:?}"));
        peer.suite = connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
        peer.chain = connection.peer_certificates().map(<[_]>::to_vec).unwrap_or_default();
        Ok((stream, peer))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
