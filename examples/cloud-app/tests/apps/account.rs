//! An account at AWS, and the network that leads there.

use atecc608_cloud::aws::endpoint::Port;
use cloud_app::{Clock, Network, NetworkError, Server};
use embedded_io_adapters::tokio_1::FromTokio;
use mock_clouds::Peer;
use mock_clouds::aws::{PROTOCOL, Service, Status};
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

pub(crate) const ENDPOINT: &str = "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com";
pub(crate) const THING: &str = "sensor-1";
const POLICY: &str = include_str!("../../../mtls/aws/device-policy.json");
pub(crate) const JITP: &str = include_str!("../../../mtls/aws/jitp-registration.json");

/// An account with the policy of the documents, and its owner's CA.
pub(crate) struct Account {
    pub(crate) service: Service,
    pub(crate) root: Holder,
    pub(crate) signer: Holder,
    port: Port,
    door: Door,
    began: Instant,
    links: Rc<RefCell<Vec<AbortHandle>>>,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self::at(Port::Mqtt)
    }

    pub(crate) fn at(port: Port) -> Self {
        let began = Instant::now();
        let service = Service::new(ENDPOINT, Arc::new(move || NOW + began.elapsed().as_secs())).unwrap();
        service.registry(|registry| registry.create_policy("atecc608-device", POLICY)).unwrap();
        let root = Holder::root(&Request::authority("Amazon")).unwrap();
        let owner = Holder::root(&Request::authority("Owner")).unwrap();
        let signer = owner.issue(&Request::authority("Signer")).unwrap();
        let protocols = match port {
            Port::Mqtt => vec![],
            Port::Https => vec![PROTOCOL.into(), "x-amzn-http-ca".into()],
        };
        let offer = Offer { protocols, ..Offer::new(port.number()) };
        let door = service.door(&root.issue(&Request::server(&[ENDPOINT])).unwrap(), &offer).unwrap();
        Self { service, root, signer, port, door, began, links: Rc::default() }
    }

    /// A certificate for this key, and its signer's.
    pub(crate) fn certify(&self, name: &str, key: &[u8]) -> [Vec<u8>; 2] {
        let own = self.signer.certify(&Request::device(name), key).unwrap();
        [own.to_vec(), self.signer.der().to_vec()]
    }

    /// The certificate may be the thing.
    pub(crate) fn register(&self, der: &[u8]) {
        self.service.registry(|registry| {
            registry.create_thing(THING);
            let id = registry.register_certificate(der, Status::Active);
            assert!(registry.attach_policy(&id, "atecc608-device") && registry.attach_thing(&id, THING));
        });
    }

    pub(crate) fn server(&self) -> Server<'static> {
        Server::new(ENDPOINT, self.port.number())
    }

    pub(crate) fn protocols(&self) -> &'static [&'static str] {
        self.port.protocols()
    }

    pub(crate) fn time_server(&self) -> Server<'static> {
        Server::new("time.example", 123)
    }

    pub(crate) fn network(&self) -> ToAccount {
        let Self { service, port, door, began, links, .. } = self;
        ToAccount {
            service: service.clone(),
            port: port.number(),
            door: door.clone(),
            began: *began,
            links: Rc::clone(links),
        }
    }

    pub(crate) fn clock(&self) -> Uptime {
        Uptime(self.began)
    }

    /// Every connection breaks, without a word to the broker before.
    pub(crate) fn cut_all(&self) {
        self.links.take().iter().for_each(AbortHandle::abort);
    }

    pub(crate) fn complaints(&self) -> Vec<String> {
        self.service.broker().seen().complaints
    }
}

pub(crate) struct ToAccount {
    service: Service,
    port: u16,
    door: Door,
    began: Instant,
    links: Rc<RefCell<Vec<AbortHandle>>>,
}

impl Network for ToAccount {
    type Connection<'n> = FromTokio<DuplexStream>;

    async fn connect(&mut self, _: &Server<'_>) -> Result<Self::Connection<'_>, NetworkError> {
        let (near, mut wire) = tokio::io::duplex(4096);
        let (mut end, far) = tokio::io::duplex(4096);
        let (broker, door) = (self.service.broker().clone(), self.door.clone());
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
