//! Connections over TLS to servers that are verified: a network and [`tls`](atecc608_cloud::tls), joined.

use crate::identity::{Identity, NoIdentity};
use crate::net::{Dial, DialError, Network, NetworkError, Server};
use atecc608_cloud::tls::{self, Alert, Buffers, ClientAuthentication, Roots, Secured, Settings, TlsFailure};
use core::fmt::{self, Display};
use embedded_io_async::{Error, ErrorKind, ErrorType, Read, Write};
use rand_core::CryptoRngCore;

/// Whose word counts for which server.
pub trait Pins {
    /// The roots that may vouch for `server`; `None`: nobody may.
    fn roots(&self, server: &Server<'_>) -> Option<&Roots>;
}

/// The same for every server.
impl Pins for &Roots {
    fn roots(&self, _: &Server<'_>) -> Option<&Roots> {
        Some(self)
    }
}

/// Dials over TLS 1.3, one connection at a time.
pub struct TlsDialer<'a, N, P, R, I = NoIdentity> {
    network: N,
    pins: P,
    rng: R,
    buffers: Buffers<'a>,
    identity: I,
    protocols: &'a [&'a str],
    /// The last server found nothing that suits it, which is what servers with RSA certificates say. The next
    /// one may show such a certificate: then the reason is known.
    curious: bool,
}

impl<'a, N: Network, P: Pins, R: CryptoRngCore> TlsDialer<'a, N, P, R> {
    /// Over `network`, believing the roots in `pins`; `rng` makes each connection's keys, such as
    /// [`Entropy`](tls::Entropy). For the buffers' sizes see [`Buffers`]. Without a certificate of the device's own.
    pub const fn new(network: N, pins: P, rng: R, buffers: Buffers<'a>) -> Self {
        Self { network, pins, rng, buffers, identity: NoIdentity, protocols: &[], curious: false }
    }
}

impl<'a, N, P, R, I> TlsDialer<'a, N, P, R, I> {
    /// The same with a certificate for servers that ask who connects, such as a
    /// [`ClientIdentity`](tls::ClientIdentity).
    #[must_use]
    pub fn with_identity<J: Identity>(self, identity: J) -> TlsDialer<'a, N, P, R, J> {
        let Self { network, pins, rng, buffers, identity: _, protocols, curious } = self;
        TlsDialer { network, pins, rng, buffers, identity, protocols, curious }
    }

    /// The same with protocols that are offered to each server (ALPN), the most wanted first: `x-amzn-mqtt-ca` for
    /// AWS IoT Core on port 443.
    #[must_use]
    pub fn with_protocols(self, protocols: &'a [&'a str]) -> Self {
        Self { protocols, ..self }
    }

    /// Who connects: to be renewed between two connections.
    pub const fn identity_mut(&mut self) -> &mut I {
        &mut self.identity
    }
}

impl<N, P: fmt::Debug, R, I: fmt::Debug> fmt::Debug for TlsDialer<'_, N, P, R, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsDialer")
            .field("pins", &self.pins)
            .field("identity", &self.identity)
            .field("protocols", &self.protocols)
            .finish_non_exhaustive()
    }
}

/// Why a server was not trusted, or could not be shown who connects.
#[derive(Debug)]
#[non_exhaustive]
pub enum Untrusted {
    /// No roots are pinned for it.
    NoRoots,
    /// It did not prove its name, or this device did not.
    Tls(TlsFailure<ErrorKind>),
}

impl Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoots => f.write_str("no roots are pinned for it"),
            Self::Tls(failure) => failure.fmt(f),
        }
    }
}

impl<N: Network, P: Pins, R: CryptoRngCore, I: Identity> Dial for TlsDialer<'_, N, P, R, I> {
    type Network = N;
    type Connection<'d>
        = Secured<'d, Kinds<N::Connection<'d>>>
    where
        Self: 'd;
    type Untrusted = Untrusted;

    fn network(&mut self) -> &mut N {
        &mut self.network
    }

    async fn dial(
        &mut self,
        server: &Server<'_>,
        now: u64,
    ) -> Result<Self::Connection<'_>, DialError<Untrusted>> {
        let Self { network, pins, rng, buffers, identity, protocols, curious } = self;
        let roots = pins.roots(server).ok_or(DialError::Untrusted(Untrusted::NoRoots))?;
        let transport = network.connect(server).await.map_err(DialError::Network)?;
        let settings = Settings::new(server.name, roots, now).with_protocols(protocols);
        let mut settings = settings.with_client_if(identity.client(server));
        settings.offer_rsa |= core::mem::take(curious);
        let rsa = settings.offer_rsa;
        let buffers = Buffers { receive: &mut *buffers.receive, transmit: &mut *buffers.transmit };
        let opened = tls::connect(Kinds(transport), settings, buffers, rng).await;
        opened.map_err(|failure| match failure {
            // The network's doing, or a server's that restarts: no word about who it is.
            TlsFailure::Transport(_) | TlsFailure::Truncated => DialError::Network(NetworkError::Reset),
            TlsFailure::ClosedInHandshake => DialError::Network(NetworkError::Other(
                "it closed the connection in the TLS handshake without a word; is the port right, does it speak \
                 TLS 1.3, or is it restarting?",
            )),
            failure @ TlsFailure::ClientSignature(_) => DialError::NotSigned(Untrusted::Tls(failure)),
            failure @ (TlsFailure::SignatureScheme
            | TlsFailure::ClientChain { .. }
            | TlsFailure::BufferTooSmall { .. }
            | TlsFailure::ClientCertificate(_)
            | TlsFailure::ClosedAfterCertificate
            | TlsFailure::ProtocolName) => DialError::Unsuitable(Untrusted::Tls(failure)),
            failure => {
                *curious = !rsa && matches!(failure, TlsFailure::Alert(Alert::HANDSHAKE_FAILURE));
                DialError::Untrusted(Untrusted::Tls(failure))
            }
        })
    }

    fn proof<'c, 'd>(connection: &'c Self::Connection<'d>) -> Option<&'c dyn Display>
    where
        Self: 'd,
    {
        Some(connection.chain())
    }

    fn has_identity(&self) -> bool {
        self.identity.exists()
    }

    fn has_shown_identity<'d>(connection: &Self::Connection<'d>) -> bool
    where
        Self: 'd,
    {
        connection.client_authentication() == ClientAuthentication::Shown
    }

    fn refuses_identity<'d>(error: &TlsFailure<ErrorKind>) -> bool
    where
        Self: 'd,
    {
        // From bad_certificate to certificate_unknown, unknown_ca, access_denied, decrypt_error (RFC 8446, section 6.2).
        let says_so = |alert: &Alert| matches!(alert.0, 42..=46 | 48 | 49 | 51);
        match error {
            TlsFailure::Alert(alert) => says_so(alert),
            TlsFailure::ClientCertificate(_) | TlsFailure::ClosedAfterCertificate => true,
            _ => false,
        }
    }
}

/// A connection whose errors are told by their kind alone.
#[derive(Debug)]
pub struct Kinds<C>(C);

impl<C> ErrorType for Kinds<C> {
    type Error = ErrorKind;
}

impl<C: Read> Read for Kinds<C> {
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, ErrorKind> {
        self.0.read(buffer).await.map_err(|error| error.kind())
    }
}

impl<C: Write> Write for Kinds<C> {
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, ErrorKind> {
        self.0.write(bytes).await.map_err(|error| error.kind())
    }

    async fn flush(&mut self) -> Result<(), ErrorKind> {
        self.0.flush().await.map_err(|error| error.kind())
    }
}
