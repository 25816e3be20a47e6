//! A world in virtual time: a network that can fail, a time server that can lie, a bridge that checks, and
//! a device between them.

#![allow(dead_code, reason = "each test file uses another part")]

pub(crate) mod farm;
pub(crate) mod google;
pub(crate) mod link;
pub(crate) mod network;
pub(crate) mod outage;
pub(crate) mod record;
pub(crate) mod soak;

use crate::chip::SoftChip;
use atecc608_cloud::mqtt::{Device, Inbox};
use cloud_app::{Bridge, BridgeConfig, Clock, Outbox, Parts, Server, TimeKeeper, UnixClock};
use farm::Farm;
use google::Google;
use link::Link;
use mock_servers::bridge::{Rules, Service};
use mock_servers::sntp::Manner;
use network::{MemoryDial, MemoryNetwork};
use record::Record;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

/// When the world begins, in Unix seconds: 2027-01-15.
pub(crate) const BEGIN: u64 = 1_800_000_000;
pub(crate) const DEVICE: &str = "sensor-1";
/// A day, in milliseconds.
pub(crate) const DAY: u64 = 24 * HOUR;
/// An hour, in milliseconds.
pub(crate) const HOUR: u64 = 60 * MINUTE;
/// A minute, in milliseconds.
pub(crate) const MINUTE: u64 = 60_000;

/// What is wrong with the world.
pub(crate) struct World {
    began: Instant,
    /// Fails every connection and datagram.
    pub(crate) network: Cell<Option<cloud_app::NetworkError>>,
    /// The server does not prove its name, for this reason.
    pub(crate) untrusted: Cell<Option<&'static str>>,
    pub(crate) time: Cell<Manner>,
    /// Connections take so long.
    pub(crate) dial_ms: Cell<u64>,
    /// Parts per million that the device's uptime is slow.
    pub(crate) slow_ppm: Cell<u64>,
    links: RefCell<Vec<(Rc<Cell<bool>>, AbortHandle)>>,
    /// Questions to the time server.
    pub(crate) questions: Cell<u32>,
    pub(crate) service: Service,
    pub(crate) google: Google,
    /// A broker with rules of its own,
    pub(crate) farm: mock_clouds::mqtt::Broker<Farm>,
    /// and its TLS.
    pub(crate) door: RefCell<Option<mock_clouds::tls::Door>>,
    /// Servers speak TLS with this.
    pub(crate) tls: RefCell<Option<TlsAcceptor>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("began", &self.began).finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn new() -> Rc<Self> {
        let began = Instant::now();
        let rules = Rules {
            project: "proj".into(),
            region: "europe-west1".into(),
            registry: "greenhouse".into(),
            config: r#"{"interval_s":60}"#.into(),
            command: r#"{"led":"on"}"#.into(),
            grace: Duration::from_secs(2),
        };
        let service = Service::new(rules, move || BEGIN + began.elapsed().as_secs());
        Rc::new(Self {
            began,
            network: Cell::new(None),
            untrusted: Cell::new(None),
            time: Cell::new(Manner::Honest),
            dial_ms: Cell::new(50),
            slow_ppm: Cell::new(0),
            links: RefCell::default(),
            questions: Cell::new(0),
            service,
            google: Google::new(began),
            farm: farm::farm(began),
            door: RefCell::default(),
            tls: RefCell::default(),
        })
    }

    /// A world in which the chip's key is registered.
    pub(crate) fn with(chip: &SoftChip) -> Rc<Self> {
        let world = Self::new();
        world.service.register(DEVICE, &chip.public_key_pem()).unwrap();
        world
    }

    /// When it began.
    pub(crate) const fn began(&self) -> Instant {
        self.began
    }

    /// The true time since the beginning, in milliseconds.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// The true time, in Unix milliseconds.
    pub(crate) fn unix_ms(&self) -> u64 {
        BEGIN * 1000 + self.elapsed_ms()
    }

    /// The server forgets every connection and says so.
    pub(crate) fn close_all(&self) {
        for (_, server) in self.links.take() {
            server.abort();
        }
    }

    /// Every connection becomes half open: what is sent is lost, and nothing comes any more.
    pub(crate) fn freeze_all(&self) {
        for (frozen, _) in self.links.borrow().iter() {
            frozen.set(true);
        }
    }

    /// Connections that the server still has.
    pub(crate) fn open_links(&self) -> usize {
        self.links.borrow_mut().retain(|(_, server)| !server.is_finished());
        self.links.borrow().len()
    }

    fn open(&self, name: &str) -> Link {
        let (near, far) = tokio::io::duplex(4096);
        let server = if name == BRIDGE.name {
            let (service, tls) = (self.service.clone(), self.tls.borrow().clone());
            tokio::spawn(async move {
                match tls {
                    None => service.serve(far).await,
                    Some(acceptor) => {
                        if let Ok(stream) = acceptor.accept(far).await {
                            service.serve(stream).await;
                        }
                    }
                }
            })
        } else if name == BROKER.name {
            let (farm, door) = (self.farm.clone(), self.door.borrow().clone());
            tokio::spawn(async move {
                match door {
                    None => farm.serve(far, mock_clouds::Peer::default()).await,
                    Some(door) => farm.serve_secured(far, mock_clouds::Peer::default(), &door).await,
                }
            })
        } else {
            let (google, name) = (self.google.clone(), name.to_owned());
            tokio::spawn(async move { google.serve(&name, far).await })
        };
        let frozen = Rc::new(Cell::new(false));
        self.open_links();
        self.links.borrow_mut().push((Rc::clone(&frozen), server.abort_handle()));
        Link::new(near, frozen)
    }

    pub(crate) fn complaints(&self) -> Vec<String> {
        self.service.seen().complaints
    }

    /// Telemetry that the server has, in the order in which it came.
    pub(crate) fn telemetry(&self) -> Vec<String> {
        let published = self.service.seen().published;
        published.into_iter().filter(|m| m.topic.contains("/events")).map(|m| m.payload).collect()
    }
}

/// Uptime that starts with the world, and may run slow.
#[derive(Debug, Clone)]
pub(crate) struct WorldClock(pub(crate) Rc<World>);

impl Clock for WorldClock {
    fn uptime_ms(&self) -> u64 {
        let elapsed = self.0.elapsed_ms();
        elapsed - elapsed * self.0.slow_ppm.get() / 1_000_000
    }

    async fn sleep_ms(&self, ms: u64) {
        tokio::time::sleep(Duration::from_millis(ms * 1_000_000 / (1_000_000 - self.0.slow_ppm.get()))).await;
    }
}

/// Keeps what came from the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Received(pub(crate) Rc<RefCell<Vec<String>>>);

impl Inbox for Received {
    fn config(&mut self, payload: &[u8]) {
        self.0.borrow_mut().push(format!("config {}", String::from_utf8_lossy(payload)));
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        self.0.borrow_mut().push(format!("{subfolder} {}", String::from_utf8_lossy(payload)));
    }
}

pub(crate) type Mail = Outbox<16, 64>;
pub(crate) type TestBridge<'a> = Bridge<'a, MemoryDial, WorldClock, SoftChip, Received, Record, 16, 64>;

pub(crate) const BRIDGE: Server<'static> = Server::new("bridge.example", 8883);
pub(crate) const BROKER: Server<'static> = Server::new("broker.example", 8883);
pub(crate) const TIME: Server<'static> = Server::new("time.example", 123);

pub(crate) fn config() -> BridgeConfig<'static> {
    let device = Device::new("proj", "europe-west1", "greenhouse", DEVICE).unwrap();
    BridgeConfig::new(device, BRIDGE)
}

/// A device in the world; `receive` takes messages of the server's.
pub(crate) fn device<'a>(
    world: &Rc<World>,
    config: BridgeConfig<'a>,
    chip: &SoftChip,
    outbox: &'a Mail,
    receive: &'a mut [u8],
) -> (TestBridge<'a>, Record, Received) {
    let (record, received) = (Record::new(world), Received::default());
    let parts = Parts {
        dial: MemoryDial(MemoryNetwork(Rc::clone(world))),
        clock: WorldClock(Rc::clone(world)),
        signer: chip.clone(),
        inbox: received.clone(),
        observer: record.clone(),
        outbox,
        receive,
        seed: 7,
    };
    let time = TimeKeeper::new(TIME, UnixClock::default(), 4 * 3600);
    (Bridge::new(config, time, parts), record, received)
}

/// Sleeps in virtual time.
pub(crate) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// Runs the device while the story is told.
pub(crate) async fn tell<T>(bridge: &mut TestBridge<'_>, story: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        never = bridge.run() => match never {},
        told = story => told,
    }
}
