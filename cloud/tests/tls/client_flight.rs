//! TLS: what the device sends at the end of a handshake, and when.

use crate::device::{NAME, Received, SoftKey, echo, entropy, root, roots};
use atecc608::Signature;
use atecc608_cloud::signer::TokenSigner;
use atecc608_cloud::tls::{self, Buffers, ClientIdentity, RECEIVE_BUFFER, Settings, TRANSMIT_BUFFER};
use embedded_io_adapters::tokio_1::FromTokio;
use embedded_io_async::{ErrorType, Read, Write};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::tls::{Offer, acceptor};
use std::cell::{Cell, RefCell};
use tokio::io::DuplexStream;

/// Notes how much was written before each read.
struct Counted<'c> {
    inner: FromTokio<DuplexStream>,
    written: &'c Cell<usize>,
    flights: &'c RefCell<Vec<usize>>,
}

impl ErrorType for Counted<'_> {
    type Error = std::io::Error;
}

impl Read for Counted<'_> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error> {
        let written = self.written.get();
        if self.flights.borrow().last() != Some(&written) {
            self.flights.borrow_mut().push(written);
        }
        self.inner.read(buffer).await
    }
}

impl Write for Counted<'_> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Self::Error> {
        let count = self.inner.write(bytes).await?;
        self.written.set(self.written.get() + count);
        Ok(count)
    }

    async fn flush(&mut self) -> Result<(), Self::Error> {
        self.inner.flush().await
    }
}

/// Notes how much was written when it was asked.
struct Late<'c> {
    key: SoftKey,
    written: &'c Cell<usize>,
    at: &'c Cell<usize>,
}

impl TokenSigner for Late<'_> {
    type Error = std::convert::Infallible;

    async fn sign_digest(&mut self, digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        self.at.set(self.written.get());
        self.key.sign_digest(digest).await
    }
}

/// A server that does not take the certificate says why and closes. Nothing of the device's may come after that, or the
/// reason is lost: so all goes at once, when the chip has signed.
#[tokio::test]
async fn certificate_and_proof_go_with_the_end_of_the_handshake() {
    let (root, devices) = (root(), Holder::root(&Request::authority("Devices")).unwrap());
    let server = root.issue(&Request::server(&[NAME])).unwrap();
    let device = devices.issue(&Request::device("device-1")).unwrap();
    let acceptor =
        acceptor(&server, &Offer { clients_of: Some(devices.der().clone()), ..Offer::default() }).unwrap();
    let (near, far) = tokio::io::duplex(16_384);
    let (written, at, flights) = (Cell::new(0), Cell::new(0), RefCell::default());
    let visit = async {
        let roots = roots(&[&root]);
        let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
        let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
        let signer = Late { key: SoftKey::of(&device), written: &written, at: &at };
        let chain: [&[u8]; 1] = [device.der()];
        let settings = Settings::new(NAME, &roots, NOW).with_client(ClientIdentity { chain: &chain, signer });
        let transport = Counted { inner: FromTokio::new(near), written: &written, flights: &flights };
        let mut connection = tls::connect(transport, settings, buffers, &mut entropy(1)).await.unwrap();
        let end = written.get();
        connection.write_all(b"ping").await.unwrap();
        connection.flush().await.unwrap();
        connection.read(&mut [0; 9]).await.unwrap();
        connection.close().await.unwrap();
        end
    };
    let both = async { tokio::join!(visit, echo(far, acceptor)) };
    let (end, received): (usize, Received) =
        tokio::time::timeout(std::time::Duration::from_secs(60), both).await.unwrap();
    assert_eq!(received, b"ping");
    let hello = flights.borrow()[0];
    assert_eq!(at.get(), hello, "the certificate was sent before the chip had signed");
    assert!(end > hello + device.der().len() + 70, "{end} {hello}");
    assert!(flights.borrow()[1] > end, "what was held back is sent when the handshake ends");
}
