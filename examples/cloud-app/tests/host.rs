//! This machine as a device's network and clock, over tokio.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use cloud_app::{Clock, Network, NetworkError, Server};
use embedded_io_adapters::tokio_1::FromTokio;
use tokio::net::{TcpStream, UdpSocket, lookup_host};

/// Sockets of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct HostNetwork;

impl Network for HostNetwork {
    type Connection<'n> = FromTokio<TcpStream>;

    async fn connect(&mut self, server: &Server<'_>) -> Result<FromTokio<TcpStream>, NetworkError> {
        let mut last = NetworkError::Dns;
        for address in addresses(server).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => {
                    // A hint that saves milliseconds; without it everything works as well.
                    let _ = stream.set_nodelay(true);
                    return Ok(FromTokio::new(stream));
                }
                Err(error) => last = told(&error),
            }
        }
        Err(last)
    }

    async fn exchange(
        &mut self,
        server: &Server<'_>,
        request: &[u8],
        answer: &mut [u8],
    ) -> Result<usize, NetworkError> {
        let address = addresses(server).await?.into_iter().next().ok_or(NetworkError::Dns)?;
        let any: IpAddr =
            if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let exchange = async {
            let socket = UdpSocket::bind((any, 0)).await?;
            // From here on the system passes answers from anywhere else over.
            socket.connect(address).await?;
            socket.send(request).await?;
            socket.recv(answer).await
        };
        exchange.await.map_err(|error| told(&error))
    }
}

async fn addresses(server: &Server<'_>) -> Result<Vec<SocketAddr>, NetworkError> {
    match server.address {
        Some(address) => Ok(vec![SocketAddr::new(address, server.port)]),
        None => match lookup_host((server.name, server.port)).await {
            Ok(found) => Ok(found.collect()),
            Err(_) => Err(NetworkError::Dns),
        },
    }
}

/// The system's error in the device's words.
fn told(error: &io::Error) -> NetworkError {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => NetworkError::Refused,
        io::ErrorKind::TimedOut => NetworkError::TimedOut,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable => NetworkError::NoRoute,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted | io::ErrorKind::BrokenPipe => {
            NetworkError::Reset
        }
        io::ErrorKind::NetworkDown | io::ErrorKind::AddrNotAvailable => NetworkError::NoLink,
        _ => NetworkError::Other("this machine's network failed in another way"),
    }
}

/// This machine's clock, from when this was made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostClock(Instant);

impl HostClock {
    /// Starts at 0.
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }
}

impl Clock for HostClock {
    fn uptime_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn sleep_ms(&self, ms: u64) -> impl Future<Output = ()> {
        tokio::time::sleep(Duration::from_millis(ms))
    }
}
