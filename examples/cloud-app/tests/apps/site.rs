//! A broker over TLS, and the network that leads there.

use cloud_app::{Clock, Network, NetworkError, Server};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::Peer;
use mock_clouds::mqtt::{Broker, Cloud};
use mock_clouds::tls::{Door, Offer};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::sntp::{self, Manner};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::DuplexStream;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// A broker with its name, its certificate and the clock.
pub(crate) struct Site<C: Cloud> {
    broker: Broker<C>,
    pub(crate) server: Server<'static>,
    /// What devices offer (ALPN).
    pub(crate) protocols: &'static [&'static str],
    pub(crate) root: Holder,
    door: Door,
    began: Instant,
    links: Rc<RefCell<Vec<AbortHandle>>>,
}

impl<C: Cloud> Site<C> {
    pub(crate) fn new(
        broker: &Broker<C>,
        name: &'static str,
        offer: &Offer,
        protocols: &'static [&'static str],
        began: Instant,
    ) -> Self {
        let root = Holder::root(&Request::authority("Servers")).unwrap();
        let holder = root.issue(&Request::server(&[name])).unwrap();
        let door = Door::new(&holder, offer, Arc::new(move || Self::now(began))).unwrap();
        let server = Server::new(name, offer.port);
        Self { broker: broker.clone(), server, protocols, root, door, began, links: Rc::default() }
    }

    /// The time, in Unix seconds.
    pub(crate) fn now(began: Instant) -> u64 {
        NOW + began.elapsed().as_secs()
    }

    pub(crate) fn network(&self) -> Wire<C> {
        let Self { broker, server, door, began, links, .. } = self;
        let (broker, door, links) = (broker.clone(), door.clone(), Rc::clone(links));
        Wire { broker, port: server.port, door, began: *began, links }
    }

    pub(crate) fn clock(&self) -> Uptime {
        Uptime(self.began)
    }

    /// Every connection breaks.
    pub(crate) fn cut_all(&self) {
        self.links.take().iter().for_each(AbortHandle::abort);
    }
}

pub(crate) struct Wire<C: Cloud> {
    broker: Broker<C>,
    port: u16,
    door: Door,
    began: Instant,
    links: Rc<RefCell<Vec<AbortHandle>>>,
}

impl<C: Cloud> Network for Wire<C> {
    type Connection<'n>
        = FromTokio<DuplexStream>
    where
        Self: 'n;

    async fn connect(&mut self, _: &Server<'_>) -> Result<Self::Connection<'_>, NetworkError> {
        let (near, mut wire) = tokio::io::duplex(4096);
        let (mut end, far) = tokio::io::duplex(4096);
        let (broker, door) = (self.broker.clone(), self.door.clone());
        let peer = Peer { port: self.port, ..Peer::default() };
        tokio::spawn(async move { broker.serve_secured(far, peer, &door).await });
        // A cut of this ends both sides.
        let link = tokio::spawn(async move { tokio::io::copy_bidirectional(&mut wire, &mut end).await });
        self.links.borrow_mut().push(link.abort_handle());
        Ok(FromTokio::new(near))
    }

    async fn exchange(
        &mut self,
        _: &Server<'_>,
        request: &[u8],
        answer: &mut [u8],
    ) -> Result<usize, NetworkError> {
        let now = NOW * 1000 + self.began.elapsed().as_millis() as u64;
        let bytes = sntp::answer(request, now, Manner::Honest).ok_or(NetworkError::TimedOut)?;
        answer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

pub(crate) struct Uptime(Instant);

impl Clock for Uptime {
    fn uptime_ms(&self) -> u64 {
        self.0.elapsed().as_millis() as u64
    }

    async fn sleep_ms(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}
