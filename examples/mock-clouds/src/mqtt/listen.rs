//! A broker's ports on this machine.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use super::{Broker, Cloud};
use crate::Peer;
use crate::tls::Door;

/// A port that listens. It stops, and its connections end, when this is dropped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    server: JoinHandle<()>,
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

impl<C: Cloud> Broker<C> {
    /// Listens on a port of 127.0.0.1, behind TLS; on a free one, if it is 0.
    ///
    /// # Errors
    /// The port can't be had.
    pub async fn listen(&self, port: u16, door: Door) -> std::io::Result<Listening> {
        let broker = self.clone();
        listen(port, move |stream, peer| {
            let (broker, door) = (broker.clone(), door.clone());
            async move { broker.serve_secured(stream, peer, &door).await }
        })
        .await
    }

    /// The same without TLS.
    ///
    /// # Errors
    /// The port can't be had.
    pub async fn listen_in_the_clear(&self, port: u16) -> std::io::Result<Listening> {
        let broker = self.clone();
        listen(port, move |stream, peer| {
            let broker = broker.clone();
            async move { broker.serve(stream, peer).await }
        })
        .await
    }
}

/// Serves whoever connects to a port of 127.0.0.1; a free one, if it is 0.
///
/// # Errors
/// The port can't be had.
pub async fn listen<F: Future<Output = ()> + Send + 'static>(
    port: u16,
    serve: impl Fn(TcpStream, Peer) -> F + Send + 'static,
) -> std::io::Result<Listening> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let server = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        // A connection that can't be accepted is the client's trouble, not the server's.
        loop {
            if let Ok((stream, from)) = listener.accept().await {
                let _ = stream.set_nodelay(true);
                connections.spawn(serve(stream, Peer { address: Some(from), ..Peer::default() }));
            }
            while connections.try_join_next().is_some() {}
        }
    });
    Ok(Listening { address, server })
}
