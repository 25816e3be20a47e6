//! An MQTT 3.1.1 bridge on this machine that checks what Google Cloud IoT Core's did.
//!
//! It shares no code with the client: packets are mqttbytes', tokens are checked by ring.

mod admission;
mod connection;

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::Message;
use crate::jwt::{self, JwtError};

/// What the bridge stands for.
#[derive(Debug, Clone)]
pub struct Rules {
    /// Project id, which is also the audience of tokens.
    pub project: String,
    /// Region of the registry.
    pub region: String,
    /// Registry of the devices.
    pub registry: String,
    /// Sent to a device that subscribes to its configuration.
    pub config: String,
    /// Sent to a device once it has published telemetry.
    pub command: String,
    /// How long after its token's expiry a device stays connected.
    pub grace: Duration,
}

/// A bridge that listens. It stops when this is dropped.
#[derive(Debug)]
pub struct Bridge {
    service: Service,
    address: SocketAddr,
    server: JoinHandle<()>,
}

/// The bridge's rules and memory, for whatever connections it is given.
#[derive(Debug, Clone)]
pub struct Service {
    shared: Arc<Shared>,
}

/// What all connections share.
struct Shared {
    rules: Rules,
    /// Unix time in seconds.
    now: Box<dyn Fn() -> u64 + Send + Sync>,
    /// Public keys by device id.
    devices: Mutex<HashMap<String, jwt::Key>>,
    /// The audience of tokens, if it is not the project id.
    audience: Mutex<Option<String>>,
    /// The bridge closes the connection on a message with one of these payloads.
    poison: Mutex<Vec<String>>,
    seen: Mutex<Seen>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// What happened so far.
#[derive(Debug, Default, Clone)]
pub struct Seen {
    /// Messages taken from devices.
    pub published: Vec<Message>,
    /// Messages to devices that they have acknowledged.
    pub acknowledged: usize,
    /// Why connections were refused or closed.
    pub complaints: Vec<String>,
}

impl Service {
    /// A bridge whose clock is `now`, in Unix seconds. Waits are tokio's.
    pub fn new(rules: Rules, now: impl Fn() -> u64 + Send + Sync + 'static) -> Self {
        let (devices, audience, poison, seen) = Default::default();
        let now = Box::new(now);
        Self { shared: Arc::new(Shared { rules, now, devices, audience, poison, seen }) }
    }

    /// Registers a device with its public key, in PEM.
    ///
    /// # Errors
    /// It is no P-256 public key in PEM.
    pub fn register(&self, device: &str, public_key_pem: &str) -> Result<(), JwtError> {
        let key = jwt::Key::from_pem(public_key_pem)?;
        lock(&self.shared.devices).insert(device.to_owned(), key);
        Ok(())
    }

    /// Takes tokens for this audience, or for the project id again.
    pub fn set_audience(&self, audience: Option<&str>) {
        *lock(&self.shared.audience) = audience.map(str::to_owned);
    }

    /// Closes the connection on a message with one of these payloads, from now on; on every message, if one of
    /// them is `*`.
    pub fn close_on(&self, payloads: &[&str]) {
        *lock(&self.shared.poison) = payloads.iter().map(|payload| (*payload).to_owned()).collect();
    }

    /// Talks to a device until either side has enough.
    pub async fn serve(&self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let shared = &self.shared;
        if let Err(end) = connection::run(&mut stream, shared).await {
            // Noted before the device hears of it.
            lock(&shared.seen).complaints.push(end.reason);
            if let Some(code) = end.code {
                connection::refuse(&mut stream, code).await;
            }
        }
    }

    /// What happened since the last call, which is forgotten here.
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut lock(&self.shared.seen))
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        lock(&self.shared.seen).clone()
    }
}

impl Bridge {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start(rules: Rules) -> std::io::Result<Self> {
        let (listener, service) = listen(rules).await?;
        let serving = service.clone();
        Ok(Self::run(
            &listener.local_addr()?,
            service,
            accept(listener, move |stream| {
                let service = serving.clone();
                async move { service.serve(stream).await }
            }),
        ))
    }

    /// The same behind TLS.
    ///
    /// # Errors
    /// No port can be had.
    pub async fn start_secured(rules: Rules, acceptor: TlsAcceptor) -> std::io::Result<Self> {
        let (listener, service) = listen(rules).await?;
        let serving = service.clone();
        Ok(Self::run(
            &listener.local_addr()?,
            service,
            accept(listener, move |stream| {
                let (service, acceptor) = (serving.clone(), acceptor.clone());
                async move {
                    match acceptor.accept(stream).await {
                        Ok(stream) => service.serve(stream).await,
                        Err(error) => lock(&service.shared.seen).complaints.push(format!("TLS: {error}")),
                    }
                }
            }),
        ))
    }

    fn run(
        address: &SocketAddr,
        service: Service,
        server: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self { service, address: *address, server: tokio::spawn(server) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Registers a device with its public key, in PEM.
    ///
    /// # Errors
    /// It is no P-256 public key in PEM.
    pub fn register(&self, device: &str, public_key_pem: &str) -> Result<(), JwtError> {
        self.service.register(device, public_key_pem)
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        self.service.seen()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// This machine's time, in Unix seconds.
pub fn wall_clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

async fn listen(rules: Rules) -> std::io::Result<(TcpListener, Service)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    Ok((listener, Service::new(rules, wall_clock)))
}

async fn accept<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    serve: impl Fn(TcpStream) -> F,
) {
    let mut connections = tokio::task::JoinSet::new();
    // A connection that can't be accepted is the client's trouble, not the bridge's.
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream));
        }
        while connections.try_join_next().is_some() {}
    }
}

/// A panic elsewhere leaves nothing here half done.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
