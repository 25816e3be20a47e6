//! The network, as far as a device needs one: connections and single datagrams.

use core::fmt;
use core::future::Future;
use core::net::IpAddr;
use embedded_io_async::{ErrorType, Read, Write};

/// A server: the name is what it must prove, the address, if given, where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Server<'a> {
    /// Host name, resolved by DNS unless there is an address, and checked by TLS in any case.
    pub name: &'a str,
    /// TCP or UDP port.
    pub port: u16,
    /// Used instead of DNS.
    pub address: Option<IpAddr>,
}

impl<'a> Server<'a> {
    /// A server found by DNS.
    #[must_use]
    pub const fn new(name: &'a str, port: u16) -> Self {
        Self { name, port, address: None }
    }

    /// A server whose address is known.
    #[must_use]
    pub const fn at(name: &'a str, port: u16, address: IpAddr) -> Self {
        Self { name, port, address: Some(address) }
    }
}

impl fmt::Display for Server<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.port)?;
        match self.address {
            Some(address) => write!(f, " at {address}"),
            None => Ok(()),
        }
    }
}

/// Why a server could not be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetworkError {
    /// Not on any network: no cable, or the access point did not let the device in.
    NoLink,
    /// On a network, but without an address: no DHCP server answered.
    NoAddress,
    /// The name was not resolved.
    Dns,
    /// The network knows no way there.
    NoRoute,
    /// The server is there, but nothing listens on the port.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The connection was cut.
    Reset,
    /// Something else, in words.
    Other(&'static str),
}

impl NetworkError {
    /// One line about `server`: what failed, the likely cause, what to do.
    #[must_use]
    pub const fn at<'s>(self, server: &'s Server<'s>) -> Unreachable<'s> {
        Unreachable { server, error: self }
    }
}

impl fmt::Display for NetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLink => "not connected to a network",
            Self::NoAddress => "no address from DHCP",
            Self::Dns => "the name was not resolved",
            Self::NoRoute => "no route",
            Self::Refused => "connection refused",
            Self::TimedOut => "no answer",
            Self::Reset => "the connection was cut",
            Self::Other(what) => what,
        })
    }
}

impl core::error::Error for NetworkError {}

/// A [`NetworkError`] and the server it is about, for printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable<'s> {
    server: &'s Server<'s>,
    error: NetworkError,
}

impl fmt::Display for Unreachable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = self.server;
        match self.error {
            NetworkError::NoLink => f.write_str(
                "no network: the access point is out of reach or did not take the password; check both",
            ),
            NetworkError::NoAddress => f.write_str(
                "no address: the network let the device in, but no DHCP server answered; check the router",
            ),
            NetworkError::Dns => write!(
                f,
                "no DNS for {}: the name was not resolved; check its spelling and the network's DNS server, \
                 or give the server a fixed address",
                server.name
            ),
            NetworkError::NoRoute => {
                write!(f, "no route to {server}: the network has no way there; is it on the internet?")
            }
            NetworkError::Refused => {
                write!(f, "{server} refused the connection: nothing listens there; check the port")
            }
            NetworkError::TimedOut => write!(
                f,
                "no answer from {server}: it is down, or a firewall keeps port {} closed",
                server.port
            ),
            NetworkError::Reset => write!(f, "{server} cut the connection; is it restarting?"),
            NetworkError::Other(what) => write!(f, "{server} could not be reached: {what}"),
        }
    }
}

/// A network stack.
pub trait Network {
    /// An open TCP connection. Its `read` must be cancel safe: what was not returned is not lost.
    type Connection<'n>: Read + Write
    where
        Self: 'n;

    /// Opens a TCP connection to the server's address, or to what DNS gives for its name.
    ///
    /// The caller limits the time; dropping this must give up the attempt.
    ///
    /// # Errors
    /// [`NetworkError`], as exact as the stack knows.
    fn connect(
        &mut self,
        server: &Server<'_>,
    ) -> impl Future<Output = Result<Self::Connection<'_>, NetworkError>>;

    /// Sends one datagram to the server and waits for one back *from that address and port*; others are
    /// passed over. Returns the answer's length; what does not fit `answer` is cut off.
    ///
    /// The caller limits the time; dropping this must close the socket.
    ///
    /// # Errors
    /// [`NetworkError`], as exact as the stack knows.
    fn exchange(
        &mut self,
        server: &Server<'_>,
        request: &[u8],
        answer: &mut [u8],
    ) -> impl Future<Output = Result<usize, NetworkError>>;
}

/// Opens connections on which the server has proved that it is who it should be: a network and TLS.
pub trait Dial {
    /// The network beneath, for the time.
    type Network: Network;

    /// An open connection. Its `read` must be cancel safe: what was not returned is not lost.
    type Connection<'d>: Read + Write
    where
        Self: 'd;

    /// Why a server was not trusted, or did not trust this device.
    type Untrusted: fmt::Display;

    /// The network beneath.
    fn network(&mut self) -> &mut Self::Network;

    /// Connects to the server and has it prove its name at `now`, in Unix seconds.
    ///
    /// The caller limits the time; dropping this must give up the attempt.
    ///
    /// # Errors
    /// [`DialError`]: not reached, or not trusted.
    fn dial(
        &mut self,
        server: &Server<'_>,
        now: u64,
    ) -> impl Future<Output = Result<Self::Connection<'_>, DialError<Self::Untrusted>>>;

    /// How the server has proved its name, if there is something to show: its certificates, say.
    #[must_use]
    fn proof<'c, 'd>(connection: &'c Self::Connection<'d>) -> Option<&'c dyn fmt::Display>
    where
        Self: 'd,
    {
        let _ = connection;
        None
    }

    /// Whether this device has a certificate for servers that ask who connects.
    fn has_identity(&self) -> bool {
        false
    }

    /// Whether the server has asked for it, and was shown it: the chip has signed.
    fn has_shown_identity<'d>(connection: &Self::Connection<'d>) -> bool
    where
        Self: 'd,
    {
        let _ = connection;
        false
    }

    /// Whether this failure of a connection says that the server does not take this device's certificate: then trying
    /// again soon is of no use.
    fn refuses_identity<'d>(error: &<Self::Connection<'d> as ErrorType>::Error) -> bool
    where
        Self: 'd,
    {
        let _ = error;
        false
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialError<U> {
    /// The server was not reached, or went away before it had proved its name.
    Network(NetworkError),
    /// The server did not prove its name.
    Untrusted(U),
    /// The chip did not sign, so this device could not prove who it is.
    NotSigned(U),
    /// What this device would show of itself does not do: its certificates, protocols or buffers, or the server takes
    /// no such key.
    Unsuitable(U),
}
