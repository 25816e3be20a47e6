//! The cloud behind TLS, on a port of this machine.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;

use super::{Service, lock};

/// A cloud that listens. It stops when this is dropped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl Service {
    /// Listens on a free port of 127.0.0.1, for all three services.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn listen(&self, acceptor: TlsAcceptor) -> std::io::Result<Listening> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let service = self.clone();
        let server = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            // A connection that can't be accepted is the client's trouble.
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    let (acceptor, service) = (acceptor.clone(), service.clone());
                    connections.spawn(async move {
                        match acceptor.accept(stream).await {
                            Ok(stream) => service.serve(stream).await,
                            Err(error) => lock(&service.shared.seen).complaints.push(format!("TLS: {error}")),
                        }
                    });
                }
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Listening { address, server })
    }
}

impl Listening {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.server.abort();
    }
}
