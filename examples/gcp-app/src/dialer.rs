//! Connections over TLS to servers that are verified: a network and [`tls`](crate::tls), joined.

use crate::net::{Dial, DialError, Network, NetworkError, Server};
use crate::tls::{self, Buffers, Roots, Secured, Settings, TlsFailure};
use core::fmt::{self, Display};
use embedded_io_async::{Error, ErrorKind, ErrorType, Read, Write};
use rand_core::CryptoRngCore;

/// Dials over TLS 1.3, one connection at a time.
pub struct TlsDialer<'a, N, R> {
    network: N,
    roots: &'a Roots,
    rng: R,
    buffers: Buffers<'a>,
}

impl<'a, N: Network, R: CryptoRngCore> TlsDialer<'a, N, R> {
    /// Over `network`, believing `roots`; `rng` makes each connection's keys, such as
    /// [`Entropy`](tls::Entropy). For the buffers' sizes see [`Buffers`].
    pub const fn new(network: N, roots: &'a Roots, rng: R, buffers: Buffers<'a>) -> Self {
        Self { network, roots, rng, buffers }
    }
}

impl<N, R> fmt::Debug for TlsDialer<'_, N, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsDialer").field("roots", &self.roots).finish_non_exhaustive()
    }
}

impl<'a, N: Network, R: CryptoRngCore> Dial for TlsDialer<'a, N, R> {
    type Network = N;
    type Connection<'d>
        = Secured<'d, Kinds<N::Connection<'d>>>
    where
        Self: 'd;
    type Untrusted = TlsFailure<ErrorKind>;

    fn network(&mut self) -> &mut N {
        &mut self.network
    }

    async fn dial(
        &mut self,
        server: &Server<'_>,
        now: u64,
    ) -> Result<Self::Connection<'_>, DialError<Self::Untrusted>> {
        let transport = self.network.connect(server).await.map_err(DialError::Network)?;
        let settings = Settings { name: server.name, roots: self.roots, now, client: None };
        let buffers = Buffers { receive: &mut *self.buffers.receive, transmit: &mut *self.buffers.transmit };
        tls::connect(Kinds(transport), settings, buffers, &mut self.rng).await.map_err(|failure| {
            match failure {
                // The network's doing, or a server's that restarts: no word about who it is.
                TlsFailure::Transport(_) | TlsFailure::ClosedInHandshake | TlsFailure::Truncated => {
                    DialError::Network(NetworkError::Reset)
                }
                failure => DialError::Untrusted(failure),
            }
        })
    }

    fn proof<'c, 'd>(connection: &'c Self::Connection<'d>) -> Option<&'c dyn Display>
    where
        Self: 'd,
    {
        Some(connection.chain())
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
