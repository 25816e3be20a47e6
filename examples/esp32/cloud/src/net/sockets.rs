//! Connections and datagrams over embassy-net, as the application wants them.

use cloud_app::{Network, NetworkError, Server};
use core::net::IpAddr;
use embassy_net::dns::DnsQueryType;
use embassy_net::tcp::{ConnectError, TcpSocket};
use embassy_net::udp::{PacketMetadata, SendError, UdpSocket};
use embassy_net::{IpAddress, IpEndpoint, Stack};
use embassy_time::{Duration, with_timeout};

/// For DNS to answer; less than what the application waits for a time server, name included.
const DNS_PATIENCE: Duration = Duration::from_secs(4);
/// For a server to answer a connection request: three of these are sent in that time.
const CONNECT_PATIENCE: Duration = Duration::from_secs(10);
/// For the other end to acknowledge what was sent, before the connection counts as cut.
const ACKNOWLEDGE_PATIENCE: Duration = Duration::from_secs(30);

/// Bytes that may arrive before they are read: what a server may send at a time.
const RECEIVE: usize = 4096;
/// Bytes that may be on their way.
const TRANSMIT: usize = 2048;
/// A datagram: a time server's answer has 48 bytes.
const DATAGRAM: usize = 128;

/// Buffers of the one connection.
#[derive(Debug)]
pub struct Memory {
    receive: [u8; RECEIVE],
    transmit: [u8; TRANSMIT],
}

impl Memory {
    /// Empty buffers.
    #[must_use]
    pub const fn new() -> Self {
        Self { receive: [0; RECEIVE], transmit: [0; TRANSMIT] }
    }
}

impl Default for Memory {
    fn default() -> Self {
        Self::new()
    }
}

/// The network stack, one connection at a time.
pub struct Sockets {
    stack: Stack<'static>,
    memory: &'static mut Memory,
}

impl core::fmt::Debug for Sockets {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sockets").finish_non_exhaustive()
    }
}

impl Sockets {
    /// On a stack that runs.
    pub const fn new(stack: Stack<'static>, memory: &'static mut Memory) -> Self {
        Self { stack, memory }
    }
}

/// Whether the stack can send at all, and where to.
async fn find(stack: Stack<'static>, server: &Server<'_>) -> Result<IpEndpoint, NetworkError> {
    if !stack.is_link_up() {
        return Err(NetworkError::NoLink);
    }
    if !stack.is_config_up() {
        return Err(NetworkError::NoAddress);
    }
    let address = match server.address {
        Some(IpAddr::V4(address)) => IpAddress::Ipv4(address),
        Some(IpAddr::V6(_)) => return Err(NetworkError::NoRoute),
        None => match with_timeout(DNS_PATIENCE, stack.dns_query(server.name, DnsQueryType::A)).await {
            Ok(Ok(found)) => *found.first().ok_or(NetworkError::Dns)?,
            _ => return Err(NetworkError::Dns),
        },
    };
    Ok(IpEndpoint::new(address, server.port))
}

impl Network for Sockets {
    type Connection<'n> = TcpSocket<'n>;

    async fn connect(&mut self, server: &Server<'_>) -> Result<TcpSocket<'_>, NetworkError> {
        let endpoint = find(self.stack, server).await?;
        let mut socket = TcpSocket::new(self.stack, &mut self.memory.receive, &mut self.memory.transmit);
        socket.set_timeout(Some(ACKNOWLEDGE_PATIENCE));
        match with_timeout(CONNECT_PATIENCE, socket.connect(endpoint)).await {
            Ok(Ok(())) => Ok(socket),
            Ok(Err(ConnectError::ConnectionReset)) => Err(NetworkError::Refused),
            Ok(Err(ConnectError::NoRoute)) => Err(NetworkError::NoRoute),
            Ok(Err(ConnectError::InvalidState)) => Err(NetworkError::Other("the socket was in use")),
            Ok(Err(ConnectError::TimedOut)) | Err(_) => Err(NetworkError::TimedOut),
        }
    }

    async fn exchange(
        &mut self,
        server: &Server<'_>,
        request: &[u8],
        answer: &mut [u8],
    ) -> Result<usize, NetworkError> {
        let endpoint = find(self.stack, server).await?;
        let (mut received, mut sent) = ([PacketMetadata::EMPTY; 2], [PacketMetadata::EMPTY; 1]);
        let (mut receive, mut transmit) = ([0; 2 * DATAGRAM], [0; DATAGRAM]);
        let mut socket = UdpSocket::new(self.stack, &mut received, &mut receive, &mut sent, &mut transmit);
        // Port 0: a free one.
        socket.bind(0).map_err(|_| NetworkError::Other("no free port for a datagram"))?;
        socket.send_to(request, endpoint).await.map_err(|error| match error {
            SendError::NoRoute => NetworkError::NoRoute,
            _ => NetworkError::Other("the datagram could not be sent"),
        })?;
        loop {
            let length = socket
                .recv_from_with(|bytes, from| {
                    if from.endpoint != endpoint {
                        return None;
                    }
                    let length = bytes.len().min(answer.len());
                    answer.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
                    Some(length)
                })
                .await;
            if let Some(length) = length {
                return Ok(length);
            }
        }
    }
}
