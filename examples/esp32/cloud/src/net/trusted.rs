//! Connections to servers that have proved their name, each by roots of its own.

use super::Sockets;
use core::fmt;
use embassy_net::tcp::TcpSocket;
use esp32::settings::Server as Wanted;
use gcp_app::tls::{
    self, Buffers, Entropy, RECEIVE_BUFFER, RootError, Roots, Secured, Settings, TRANSMIT_BUFFER, TlsFailure,
};
use gcp_app::{Dial, DialError, Network, NetworkError, Server};
use heapless::Vec;

/// Servers with TLS: the bridge, or STS, IAM credentials and Pub/Sub.
const SERVERS: usize = 4;

/// Buffers of the one TLS connection.
pub struct TlsMemory {
    receive: [u8; RECEIVE_BUFFER],
    transmit: [u8; TRANSMIT_BUFFER],
}

impl TlsMemory {
    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; RECEIVE_BUFFER], transmit: [0; TRANSMIT_BUFFER] }
    }
}

impl Default for TlsMemory {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for TlsMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TlsMemory")
    }
}

/// The roots pinned for each server.
#[derive(Debug, Default)]
pub struct Pinned(Vec<(&'static Wanted, Roots), SERVERS>);

impl Pinned {
    /// The roots of these servers, four at most.
    ///
    /// # Errors
    /// [`RootError`]; none that the build would not have found.
    pub fn new(servers: &[&'static Wanted]) -> Result<Self, RootError> {
        let mut pinned = Vec::new();
        for server in servers {
            let mut roots = Roots::new();
            server.roots.iter().try_for_each(|der| roots.add(der))?;
            // A fifth server would have no roots, and not be trusted.
            let _ = pinned.push((*server, roots));
        }
        Ok(Self(pinned))
    }

    fn of(&self, server: &Server<'_>) -> Option<&Roots> {
        let same = |wanted: &Wanted| wanted.host == server.name && wanted.port == server.port;
        self.0.iter().find(|(wanted, _)| same(wanted)).map(|(_, roots)| roots)
    }
}

/// Dials with TLS, one connection at a time.
#[derive(Debug)]
pub struct Trusted {
    sockets: Sockets,
    memory: &'static mut TlsMemory,
    pinned: Pinned,
    random: Entropy,
}

impl Trusted {
    /// With random numbers of the SoC's and the chip's.
    pub const fn new(
        sockets: Sockets,
        memory: &'static mut TlsMemory,
        pinned: Pinned,
        random: Entropy,
    ) -> Self {
        Self { sockets, memory, pinned, random }
    }
}

/// Why a server was not trusted.
#[derive(Debug)]
pub enum Untrusted {
    /// No roots are pinned for it.
    NoRoots,
    /// It did not prove its name.
    Tls(TlsFailure<embassy_net::tcp::Error>),
}

impl fmt::Display for Untrusted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoots => f.write_str("no roots are pinned for it"),
            Self::Tls(failure) => fmt::Display::fmt(failure, f),
        }
    }
}

impl Dial for Trusted {
    type Network = Sockets;
    type Connection<'d> = Secured<'d, TcpSocket<'d>>;
    type Untrusted = Untrusted;

    fn network(&mut self) -> &mut Sockets {
        &mut self.sockets
    }

    async fn dial(
        &mut self,
        server: &Server<'_>,
        now: u64,
    ) -> Result<Secured<'_, TcpSocket<'_>>, DialError<Untrusted>> {
        let Self { sockets, memory, pinned, random } = self;
        let roots = pinned.of(server).ok_or(DialError::Untrusted(Untrusted::NoRoots))?;
        let socket = sockets.connect(server).await.map_err(DialError::Network)?;
        let settings = Settings { name: server.name, roots, now, client: None };
        let buffers = Buffers { receive: &mut memory.receive, transmit: &mut memory.transmit };
        tls::connect(socket, settings, buffers, random).await.map_err(|failure| match failure {
            // The network's doing, or a server's that restarts: no word about who it is.
            TlsFailure::Transport(_) | TlsFailure::ClosedInHandshake | TlsFailure::Truncated => {
                DialError::Network(NetworkError::Reset)
            }
            failure => DialError::Untrusted(Untrusted::Tls(failure)),
        })
    }

    fn proof<'c, 'd>(connection: &'c Secured<'d, TcpSocket<'d>>) -> Option<&'c dyn fmt::Display>
    where
        Self: 'd,
    {
        Some(connection.chain())
    }
}
