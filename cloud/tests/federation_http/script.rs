//! A connection that follows a script, and the names and tokens used over it.

use std::time::Duration;

use atecc608::Signature;
use atecc608_cloud::federation::{
    AccessToken, Connection, EXCHANGE_BUFFER, FEDERATED_TOKEN_MAX, FederatedToken, FederationError, Identity,
    Provider, Scope, exchange,
};
use atecc608_cloud::token::TokenSigner;
use embassy_futures::block_on;
use embedded_io_async::{ErrorKind, ErrorType, Read, Write};

/// What the clock shows.
pub(crate) const NOW: u64 = 1_700_000_000;
/// How long the device is up.
pub(crate) const UPTIME: Duration = Duration::from_secs(1000);

/// Gives its answer in pieces, then closes; keeps what it is sent.
#[derive(Debug)]
pub(crate) struct Script {
    answer: Vec<u8>,
    piece: usize,
    /// Everything written.
    pub(crate) sent: Vec<u8>,
}

impl Script {
    pub(crate) fn new(answer: impl Into<Vec<u8>>, piece: usize) -> Self {
        Self { answer: answer.into(), piece, sent: vec![] }
    }
}

impl ErrorType for Script {
    type Error = ErrorKind;
}

impl Read for Script {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        assert!(!buffer.is_empty(), "a read of nothing tells nothing");
        let n = self.piece.min(buffer.len()).min(self.answer.len());
        buffer[..n].copy_from_slice(&self.answer[..n]);
        self.answer.drain(..n);
        Ok(n)
    }
}

impl Write for Script {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        let n = self.piece.min(bytes.len());
        self.sent.extend_from_slice(&bytes[..n]);
        Ok(n)
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        Ok(())
    }
}

/// Signs everything with the same bytes: nobody checks them here.
pub(crate) struct Signer;

impl TokenSigner for Signer {
    type Error = std::convert::Infallible;

    async fn sign_digest(&mut self, _digest: &[u8; 32]) -> Result<Signature, Self::Error> {
        Ok(Signature::from_bytes([0x5A; 64]))
    }
}

pub(crate) fn provider() -> Provider<'static> {
    Provider::new(123_456_789_012, "devices", "greenhouse").unwrap()
}

pub(crate) fn issue(buffer: &mut [u8]) -> FederatedToken<'_> {
    let identity = Identity::new(provider(), "https://iss.example", "sensor-1", "key-1").unwrap();
    block_on(FederatedToken::issue(&identity, NOW, FederatedToken::LIFETIME, &mut Signer, buffer)).unwrap()
}

#[expect(clippy::result_large_err, reason = "the error is what is tested")]
/// An exchange over the connection, whose device's token is the same every time.
pub(crate) fn exchange_over<'b>(
    connection: &mut Connection<'_, Script>,
    buffer: &'b mut [u8],
) -> Result<AccessToken<'b>, FederationError<ErrorKind>> {
    let mut text = [0; FEDERATED_TOKEN_MAX];
    let token = issue(&mut text);
    block_on(exchange(connection, &provider(), Scope::PUBSUB, &token, UPTIME, buffer))
}

/// An answer of success with a length.
pub(crate) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

/// What the Security Token Service says to a token that it takes.
pub(crate) fn granted(token: &str) -> String {
    format!(
        r#"{{"access_token":"{token}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}}"#
    )
}

/// An access token to publish with.
pub(crate) fn access_token(buffer: &mut [u8; EXCHANGE_BUFFER]) -> AccessToken<'_> {
    let mut connection = Connection::new(Script::new(ok(&granted("ya29.access")), 4096), "sts").unwrap();
    exchange_over(&mut connection, buffer).unwrap()
}
