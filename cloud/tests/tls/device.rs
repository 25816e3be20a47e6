//! A device that connects to a server on this machine, for the TLS tests.

use std::convert::Infallible;
use std::fmt::Display;
use std::net::Ipv4Addr;
use std::time::Duration;

use atecc608::Signature;
use atecc608_cloud::signer::{NoSigner, TokenSigner};
use atecc608_cloud::tls::{
    self, Buffers, CertificateRefusal, Chain, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, Secured,
    Settings, TRANSMIT_BUFFER, TlsFailure,
};
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::{Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor, acceptor_with};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::pkcs8::DecodePrivateKey;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub(crate) type Failure = TlsFailure<std::io::Error>;
pub(crate) type Connection<'a> = Secured<'a, FromTokio<TcpStream>>;

/// The name that devices ask for.
pub(crate) const NAME: &str = "bridge.example.com";

/// Different for every seed, so that no test depends on luck.
pub(crate) fn entropy(seed: u8) -> Entropy {
    let bytes = |start: u8| std::array::from_fn(|index| start.wrapping_add(index as u8 * 7));
    Entropy::new(&bytes(seed), &bytes(!seed)).unwrap()
}

/// The roots of these holders.
pub(crate) fn roots(holders: &[&Holder]) -> Roots {
    let mut roots = Roots::new();
    for holder in holders {
        roots.add(holder.der()).unwrap();
    }
    roots
}

/// How a device connects.
pub(crate) struct Device<'a, S = NoSigner> {
    pub(crate) name: &'a str,
    pub(crate) roots: &'a Roots,
    pub(crate) now: u64,
    pub(crate) receive: usize,
    pub(crate) transmit: usize,
    pub(crate) protocols: &'a [&'a str],
    pub(crate) client: Option<ClientIdentity<'a, S>>,
}

impl<'a> Device<'a> {
    pub(crate) fn new(roots: &'a Roots) -> Self {
        Self {
            name: NAME,
            roots,
            now: NOW,
            receive: RECEIVE_BUFFER,
            transmit: TRANSMIT_BUFFER,
            protocols: &[],
            client: None,
        }
    }

    /// The same with a client certificate.
    pub(crate) fn with<S>(self, client: ClientIdentity<'a, S>) -> Device<'a, S> {
        let Self { name, roots, now, receive, transmit, protocols, client: _ } = self;
        Device { name, roots, now, receive, transmit, protocols, client: Some(client) }
    }
}

impl<C: TokenSigner<Error: Display>> Device<'_, C> {
    /// Connects to `server`, and does `then` with the connection.
    pub(crate) async fn visit<S, R>(
        self,
        server: impl AsyncFnOnce(TcpStream) -> S,
        then: impl AsyncFnOnce(Connection<'_>) -> Result<R, Failure>,
    ) -> (Result<R, Failure>, S) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let device = async {
            let stream = FromTokio::new(TcpStream::connect(address).await.unwrap());
            let (mut receive, mut transmit) = (vec![0; self.receive], vec![0; self.transmit]);
            let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
            let settings = Settings::new(self.name, self.roots, self.now)
                .with_client_if(self.client)
                .with_protocols(self.protocols);
            match tls::connect(stream, settings, buffers, &mut entropy(1)).await {
                Ok(connection) => then(connection).await,
                Err(failure) => Err(failure),
            }
        };
        let server = async { server(listener.accept().await.unwrap().0).await };
        // No test waits for ever for what does not come.
        let both = async { tokio::join!(device, server) };
        tokio::time::timeout(Duration::from_secs(60), both).await.unwrap()
    }
}

/// What a server has read from the application.
pub(crate) type Received = Vec<u8>;

/// A TLS server that answers what it gets with `pong `, until the device says farewell.
pub(crate) async fn echo(stream: impl AsyncRead + AsyncWrite + Unpin, acceptor: TlsAcceptor) -> Received {
    let mut received = Received::new();
    let Ok(mut stream) = acceptor.accept(stream).await else { return received };
    let mut buffer = [0; 1024];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        received.extend_from_slice(&buffer[..count]);
        stream.write_all(b"pong ").await.unwrap();
        stream.write_all(&buffer[..count]).await.unwrap();
        stream.flush().await.unwrap();
    }
    received
}

/// Sends `ping`, wants `pong ping`, and says farewell.
pub(crate) async fn ping(mut connection: Connection<'_>) -> Result<Chain, Failure> {
    connection.write_all(b"ping").await?;
    connection.flush().await?;
    let mut answer = [0; 9];
    let mut filled = 0;
    while filled < answer.len() {
        let count = connection.read(&mut answer[filled..]).await?;
        assert_ne!(count, 0, "the server ended too early");
        filled += count;
    }
    assert_eq!(&answer, b"pong ping");
    let chain = connection.chain().clone();
    connection.close().await?;
    Ok(chain)
}

/// A device that trusts `root` pings a server of rustls that has what `holder` has.
pub(crate) async fn connect(root: &Holder, holder: &Holder) -> (Result<Chain, Failure>, Received) {
    connect_with(Device::new(&roots(&[root])), acceptor(holder, &Offer::default()).unwrap()).await
}

pub(crate) async fn connect_with(
    device: Device<'_, impl TokenSigner<Error: Display>>,
    acceptor: TlsAcceptor,
) -> (Result<Chain, Failure>, Received) {
    device.visit(async |stream| echo(stream, acceptor).await, ping).await
}

/// As [`connect`], for a server that must be refused before it gets a byte of the application.
pub(crate) async fn refused(root: &Holder, holder: &Holder) -> CertificateRefusal {
    refusal(connect(root, holder).await)
}

/// The server shows `chain` and has the key of `holder`.
pub(crate) async fn refused_chain(
    root: &Holder,
    chain: &[rustls::pki_types::CertificateDer<'static>],
    holder: &Holder,
) -> CertificateRefusal {
    let acceptor = acceptor_with(chain, holder, &Offer::default()).unwrap();
    refusal(connect_with(Device::new(&roots(&[root])), acceptor).await)
}

pub(crate) fn refusal((outcome, received): (Result<Chain, Failure>, Received)) -> CertificateRefusal {
    assert_eq!(received, b"", "the server was refused, but got this");
    match outcome {
        Err(TlsFailure::Certificate(refusal)) => refusal,
        other => panic!("no refusal: {other:?}"),
    }
}

pub(crate) fn root() -> Holder {
    Holder::root(&Request::authority("Test Root")).unwrap()
}

/// The key of a certificate, in software.
pub(crate) struct SoftKey(SigningKey);

impl SoftKey {
    pub(crate) fn of(holder: &Holder) -> Self {
        let PrivateKeyDer::Pkcs8(key) = holder.key() else { panic!() };
        Self(SigningKey::from_pkcs8_der(key.secret_pkcs8_der()).unwrap())
    }
}

impl TokenSigner for SoftKey {
    type Error = Infallible;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Infallible> {
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(digest).unwrap();
        Ok(Signature::from_bytes(signature.to_bytes().into()))
    }
}
