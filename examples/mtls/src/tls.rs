//! TLS to a server: whom to believe, and who the device is.

mod counted;
pub(crate) mod words;

use atecc608_linux::rustls::{ChipKey, certified_key};
use demo::{Failure, Stream, host_of};
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::cli::Version;
use crate::report::Report;
use counted::{Count, Counted};

/// What is behind the TLS.
pub(crate) type Secured = Stream<TlsStream<TcpStream>>;

/// Debian, and what is built on it, keeps the roots here.
const SYSTEM_ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

/// A server.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    /// Its name, which its certificate must have, and which it is told (SNI).
    pub(crate) name: String,
    /// Host and port to connect to.
    pub(crate) address: String,
    /// Who vouches for it.
    pub(crate) roots: Arc<RootCertStore>,
    /// Whether it is a mock in this program.
    pub(crate) mock: bool,
    /// How long it may take for each answer.
    pub(crate) patience: Duration,
    /// What to compare if it refuses the device.
    pub(crate) compare: &'static str,
}

impl Server {
    /// One elsewhere.
    pub(crate) fn at(
        endpoint: &str,
        port: u16,
        ca: &[PathBuf],
        patience: Duration,
        compare: &'static str,
    ) -> Result<Self, Failure> {
        let bare_ipv6 = endpoint.parse::<std::net::Ipv6Addr>().is_ok();
        let has_port = !bare_ipv6 && endpoint.rsplit_once(':').is_some_and(|(_, port)| !port.contains(']'));
        let address = match (has_port, bare_ipv6) {
            (true, _) => endpoint.to_owned(),
            (false, true) => format!("[{endpoint}]:{port}"),
            (false, false) => format!("{endpoint}:{port}"),
        };
        let name = host_of(&address).to_owned();
        Ok(Self { name, address, roots: Arc::new(roots(ca)?), mock: false, patience, compare })
    }

    /// A mock in this program, by its root.
    pub(crate) fn mock(
        name: &str,
        address: std::net::SocketAddr,
        root: &CertificateDer<'static>,
        patience: Duration,
    ) -> Result<Self, Failure> {
        let mut roots = RootCertStore::empty();
        roots
            .add(root.clone())
            .map_err(|error| Failure::new("the mock's root was read", error, "report this as a bug"))?;
        let (name, address, roots) = (name.to_owned(), address.to_string(), Arc::new(roots));
        let compare = "see what the mock says of it";
        Ok(Self { name, address, roots, mock: true, patience, compare })
    }

    /// The port.
    pub(crate) fn port(&self) -> Option<u16> {
        self.address.rsplit_once(':').and_then(|(_, port)| port.parse().ok())
    }
}

/// The roots in these files, or those of this machine if there are none.
fn roots(files: &[PathBuf]) -> Result<RootCertStore, Failure> {
    let system = [PathBuf::from(SYSTEM_ROOTS)];
    let own = !files.is_empty();
    if !own && !Path::new(SYSTEM_ROOTS).exists() {
        return Err(Failure::new(
            "the roots of this machine were looked for",
            format_args!("there is no {SYSTEM_ROOTS}"),
            "give --ca the roots of the server, or install the package ca-certificates",
        ));
    }
    let mut roots = RootCertStore::empty();
    for file in if own { files } else { &system } {
        for certificate in crate::pem::certificates(file, "--ca")? {
            let added = roots.add(certificate);
            // Of so many, one that is not understood does not matter.
            if let (Err(error), true) = (added, own) {
                return Err(Failure::new(
                    format_args!("the root {} can't be trusted", file.display()),
                    error,
                    "give --ca the certificate of the authority, in PEM or DER",
                ));
            }
        }
    }
    Ok(roots)
}

/// The device was not let in.
#[derive(Debug)]
pub(crate) struct NotIn {
    pub(crate) failure: Failure,
    /// The server has closed the connection without a word.
    pub(crate) cut: bool,
}

impl From<Failure> for NotIn {
    fn from(failure: Failure) -> Self {
        Self { failure, cut: false }
    }
}

impl From<NotIn> for Failure {
    fn from(not_in: NotIn) -> Self {
        not_in.failure
    }
}

/// Who the device is: the key in the chip, and its chain.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    key: Arc<dyn ResolvesClientCert>,
    /// Of the chip's signatures; none for a key in software.
    count: Option<Count>,
}

impl Credentials {
    /// Of a key in the chip.
    pub(crate) fn of_chip(key: ChipKey, chain: Vec<CertificateDer<'static>>) -> Result<Self, Failure> {
        let certified = certified_key(key, chain).map_err(|error| {
            Failure::new(
                "key and certificates were put together",
                error,
                "compare --i2c, --address and --slot with --certificate",
            )
        })?;
        let count = Count::default();
        let key = Arc::new(Counted::new(certified.key, count.clone()));
        let certified = CertifiedKey::new(certified.cert, key);
        Ok(Self { key: Arc::new(SingleCertAndKey::from(certified)), count: Some(count) })
    }

    /// Of a key in software: a claim certificate's, which many devices share.
    pub(crate) fn of_software(certified: CertifiedKey) -> Self {
        Self { key: Arc::new(SingleCertAndKey::from(certified)), count: None }
    }

    /// How often the chip has signed; none: the key is in software.
    pub(crate) fn signatures(&self) -> Option<u32> {
        self.count.as_ref().map(Count::get)
    }
}

const ONE_TWO: &[&SupportedProtocolVersion] = &[&rustls::version::TLS12];
const ONE_THREE: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];

/// Connects, with TLS on both sides: the server proves its name, the device its key. What was agreed on goes into the
/// report.
///
/// With TLS 1.3 this ends before the server has looked at the device's certificate; what it says of that shows at
/// the first read.
pub(crate) async fn connect(
    server: &Server,
    credentials: &Credentials,
    version: Option<Version>,
    alpn: Option<&str>,
    report: &mut Report,
) -> Result<Secured, NotIn> {
    let versions = match version {
        None => rustls::ALL_VERSIONS,
        Some(Version::Tls12) => ONE_TWO,
        Some(Version::Tls13) => ONE_THREE,
    };
    let tried =
        format!("the device tried to secure the connection with {} at {}", server.name, server.address);
    let unusable = |error: &dyn std::fmt::Display| Failure::new(&tried, error, "report this as a bug");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .map_err(|error| unusable(&error))?
        .with_root_certificates(Arc::clone(&server.roots))
        .with_client_cert_resolver(Arc::clone(&credentials.key));
    config.alpn_protocols = alpn.into_iter().map(|name| name.as_bytes().to_vec()).collect();
    // Each handshake is to be one.
    config.resumption = rustls::client::Resumption::disabled();
    let name = ServerName::try_from(server.name.clone())
        .map_err(|error| Failure::new(&tried, error, "give --endpoint a host name or an address"))?;

    let stream = reach(server).await?;
    report.handshakes += 1;
    let before = credentials.signatures().unwrap_or(0);
    let connector = TlsConnector::from(Arc::new(config));
    let result = timeout(server.patience, connector.connect(name, stream)).await;
    report.signatures += credentials.signatures().unwrap_or(0) - before;
    let stream = match result {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            return Err(NotIn { failure: words::of_io(&tried, &error, server), cut: words::is_cut(&error) });
        }
        Err(_) => {
            let cause = format!("no answer within {:?}", server.patience);
            let advice = "check that the server speaks TLS on this port";
            return Err(Failure::new(&tried, cause, advice).into());
        }
    };
    note(&stream, report);
    Ok(Stream(stream))
}

/// What was agreed on.
fn note(stream: &TlsStream<TcpStream>, report: &mut Report) {
    let (_, connection) = stream.get_ref();
    report.tls_version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_2) => "1.2".into(),
        Some(ProtocolVersion::TLSv1_3) => "1.3".into(),
        other => format!("{other:?}"),
    };
    report.cipher_suite =
        connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite())).unwrap_or_default();
    report.alpn = connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
}

async fn reach(server: &Server) -> Result<TcpStream, Failure> {
    let Server { address, patience, .. } = server;
    let unreachable = |cause: String| {
        Failure::new(
            format_args!("the server {address} could not be reached"),
            cause,
            "check --endpoint, its port, and the network with its firewalls",
        )
    };
    match timeout(*patience, TcpStream::connect(address)).await {
        Ok(Ok(stream)) => {
            // A hint that saves milliseconds; without it everything works as well.
            let _ = stream.set_nodelay(true);
            Ok(stream)
        }
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_) => Err(unreachable(format!("no answer within {patience:?}"))),
    }
}
