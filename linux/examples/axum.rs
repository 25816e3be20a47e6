//! HTTPS by a server whose key is in the chip, and which wants certificates of its clients, with `axum`.
//!
//! ```sh
//! cargo run -p atecc608-linux --example axum
//! cargo run -p atecc608-linux --example axum -- --chip /dev/i2c-1 --chain server.pem --ca clients-root.pem 0.0.0.0:8443
//! ```
//!
//! Without an address it serves two clients of its own: one with a certificate, whose key is in another chip, and one
//! without.

mod device;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use atecc608::x509::trust::{MICROCHIP, TrustAnchor};
use atecc608::{PublicKey, Slot};
use atecc608_linux::SharedChip;
use atecc608_linux::rustls::{ChipKey, ClientCertificate, ServerCertificate, certified_key};
use atecc608_sim::preset::demo_root;
use axum::Router;
use axum::extract::connect_info::{ConnectInfo, Connected};
use axum::routing::get;
use axum::serve::{IncomingStream, Listener};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PublicKeyData};
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use device::{Arguments, Failure, common_name, provider, report};

const USAGE: &str =
    "axum [--chip LOCATION] [--address 0xNN] [--slot N] [--chain FILE] [--ca FILE] [ADDRESS:PORT]";

/// How long a client may take for its handshake.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Result<(), Failure> {
    let arguments = Arguments::parse(USAGE)?;
    let device = arguments.device(issue)?;
    let root = device.chain.last().ok_or("an empty chain")?.clone();

    let certificate = ServerCertificate::new(certified_key(device.key, device.chain)?);
    let clients = arguments.authorities(&demo_root().certificate.clone().into())?;
    let wanted = WebPkiClientVerifier::builder_with_provider(clients.into(), provider()).build()?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(wanted)
        .with_cert_resolver(Arc::new(certificate));

    let listener = TcpListener::bind(arguments.place.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let port = listener.local_addr()?.port();
    println!("listening: https://{}:{port}/", device.name);
    let secured =
        Secured { listener, acceptor: TlsAcceptor::from(Arc::new(config)), handshakes: JoinSet::new() };
    let router = Router::new()
        .route("/", get(|ConnectInfo(Who(who)): ConnectInfo<Who>| async move { format!("hello {who}\n") }));
    let server = axum::serve(secured, router.into_make_service_with_connect_info::<Who>());
    match arguments.place {
        Some(_) => server.await?,
        None => {
            tokio::spawn(server.into_future());
            visit(port, root).await?;
        }
    }
    Ok(())
}

/// A certificate for the key, by an authority that is forgotten again. With `--chain` it is yours.
fn issue(key: &ChipKey) -> Result<Vec<CertificateDer<'static>>, Failure> {
    struct Point([u8; 65]);
    impl PublicKeyData for Point {
        fn der_bytes(&self) -> &[u8] {
            &self.0
        }
        fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
            &rcgen::PKCS_ECDSA_P256_SHA256
        }
    }
    let (mut authority, authority_key) = (CertificateParams::default(), KeyPair::generate()?);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key)?.der().clone();
    let mut own = CertificateParams::new(["localhost".to_owned()])?;
    own.distinguished_name.push(DnType::CommonName, "localhost");
    let own = own.signed_by(&Point(key.public_key().to_sec1()), &Issuer::new(authority, authority_key))?;
    Ok(vec![own.der().clone(), root])
}

/// Connections with TLS. While one client is slow with its handshake others are served.
struct Secured {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: JoinSet<Option<(TlsStream<TcpStream>, SocketAddr)>>,
}

impl Listener for Secured {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some(accepted)) = done {
                        return accepted;
                    }
                }
                (socket, address) = Listener::accept(&mut self.listener) => {
                    let handshake = self.acceptor.accept(socket);
                    self.handshakes.spawn(async move {
                        let timeout = tokio::time::timeout(PATIENCE, handshake).await;
                        match timeout.map_err(io::Error::from).and_then(|done| done) {
                            Ok(stream) => Some((stream, address)),
                            Err(error) => {
                                println!("not let in: {error}");
                                None
                            }
                        }
                    });
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// A client, by its certificate.
#[derive(Clone)]
struct Who(String);

impl Connected<IncomingStream<'_, Secured>> for Who {
    fn connect_info(stream: IncomingStream<'_, Secured>) -> Self {
        let shown = stream.io().get_ref().1.peer_certificates().and_then(<[_]>::first);
        Self(shown.and_then(|own| common_name(own).ok()).unwrap_or_else(|| "nobody".into()))
    }
}

/// The two clients.
async fn visit(port: u16, root: CertificateDer<'static>) -> Result<(), Failure> {
    let mut roots = RootCertStore::empty();
    roots.add(root)?;
    let trust = MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key)));
    let chip = SharedChip::open("sim:tflxtls", None)?;
    let chain = chip.read_trust_chain(&trust)?;
    let pair = certified_key(ChipKey::new(chip, Slot::S0)?, chain)?;
    let with = Arc::new(ClientCertificate::new(pair)).config(provider(), roots.clone())?;
    let without = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();

    let get = async |config: ClientConfig| {
        let client = reqwest::Client::builder().tls_backend_preconfigured(config).build()?;
        client.get(format!("https://localhost:{port}/")).send().await?.text().await
    };
    println!("with a certificate: {}", get(with).await?.trim());
    match get(without).await {
        Ok(text) => Err(format!("let in without a certificate: {text}").into()),
        Err(error) => {
            println!(
                "without a certificate: {}",
                atecc608_linux::rustls::advice(&error).unwrap_or("refused")
            );
            Ok(())
        }
    }
}
