//! Two rustls connections, wired together in memory.

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::{ServerSessionMemoryCache, WebPkiClientVerifier};
use rustls::time_provider::TimeProvider;
use rustls::{
    ClientConfig, ClientConnection, ConnectionCommon, Error, RootCertStore, ServerConfig, ServerConnection,
    SideData, SupportedProtocolVersion,
};

use atecc608_linux::rustls::ClientCertificate;

use crate::authority::Authority;

pub(crate) const SERVER: &str = "broker.example";
pub(crate) const VERSIONS: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];

/// 15 January 2028, whatever the machine's clock says.
pub(crate) const NOW: u64 = 1_831_507_200;

pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A clock that stands still, in Unix seconds.
#[derive(Debug)]
pub(crate) struct Clock(pub(crate) u64);

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// Which clients a server wants.
pub(crate) enum Clients {
    Any,
    Below(RootCertStore),
}

/// A server of that version.
pub(crate) fn server_config(
    version: &'static SupportedProtocolVersion,
    (chain, key): (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>),
    clients: Clients,
) -> ServerConfig {
    let builder = ServerConfig::builder_with_provider(provider()).with_protocol_versions(&[version]).unwrap();
    let builder = match clients {
        Clients::Any => builder.with_no_client_auth(),
        Clients::Below(roots) => builder.with_client_cert_verifier(verifier(roots)),
    };
    still(builder.with_single_cert(chain, key).unwrap())
}

pub(crate) fn verifier(roots: RootCertStore) -> Arc<dyn rustls::server::danger::ClientCertVerifier> {
    WebPkiClientVerifier::builder_with_provider(roots.into(), provider()).build().unwrap()
}

/// At [`NOW`], with a store for sessions of TLS 1.2.
pub(crate) fn still(mut config: ServerConfig) -> ServerConfig {
    config.time_provider = Arc::new(Clock(NOW));
    config.session_storage = ServerSessionMemoryCache::new(8);
    config
}

/// The client that a program would make.
pub(crate) fn client_config(certificate: &Arc<ClientCertificate>, server: &Authority) -> ClientConfig {
    let mut config = certificate.config(provider(), server.roots()).unwrap();
    config.time_provider = Arc::new(Clock(NOW));
    config
}

/// How it ended at both ends.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) client: Result<(), Error>,
    pub(crate) server: Result<(), Error>,
}

impl Outcome {
    pub(crate) fn unwrap(self) {
        self.client.unwrap();
        self.server.unwrap();
    }
}

/// A client and a server that have not met yet.
pub(crate) struct Pair {
    pub(crate) client: ClientConnection,
    pub(crate) server: ServerConnection,
}

impl Pair {
    pub(crate) fn new(client: &Arc<ClientConfig>, server: &Arc<ServerConfig>) -> Self {
        let name = ServerName::try_from(SERVER).unwrap();
        let mut client = ClientConnection::new(Arc::clone(client), name).unwrap();
        let server = ServerConnection::new(Arc::clone(server)).unwrap();
        client.writer().write_all(b"ping").unwrap();
        Self { client, server }
    }

    /// The handshake, then a word to the server and one back, as with TLS 1.3 only that tells the client that its
    /// certificate was taken.
    pub(crate) fn run(&mut self) -> Outcome {
        let mut outcome = Outcome { client: Ok(()), server: Ok(()) };
        let mut answered = false;
        // No handshake takes as many.
        for _ in 0..20 {
            let moved = carry(&mut self.client, &mut self.server, &mut outcome.server);
            if !answered && read(&mut self.server) == b"ping" {
                self.server.writer().write_all(b"pong").unwrap();
                answered = true;
            }
            if !carry(&mut self.server, &mut self.client, &mut outcome.client) && !moved {
                break;
            }
        }
        if outcome.client.is_ok() && outcome.server.is_ok() {
            assert_eq!(read(&mut self.client), b"pong");
        }
        outcome
    }

    /// The certificates that the server was shown.
    pub(crate) fn shown(&self) -> Vec<CertificateDer<'static>> {
        let shown = self.server.peer_certificates().unwrap_or_default();
        shown.iter().map(|certificate| certificate.clone().into_owned()).collect()
    }
}

/// Brings what one end has to say to the other. An end that has failed hears no more.
fn carry<F: SideData, T: SideData>(
    from: &mut ConnectionCommon<F>,
    to: &mut ConnectionCommon<T>,
    result: &mut Result<(), Error>,
) -> bool {
    let mut bytes = Vec::new();
    while from.wants_write() {
        from.write_tls(&mut bytes).unwrap();
    }
    let mut rest = &bytes[..];
    while result.is_ok() && !rest.is_empty() {
        to.read_tls(&mut rest).unwrap();
        *result = to.process_new_packets().map(drop);
    }
    !bytes.is_empty()
}

/// What has arrived.
fn read<S: SideData>(connection: &mut ConnectionCommon<S>) -> Vec<u8> {
    let mut bytes = [0; 16];
    let length = connection.reader().read(&mut bytes).unwrap_or(0);
    bytes[..length].to_vec()
}
