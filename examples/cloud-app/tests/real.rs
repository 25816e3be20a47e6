//! A device on this machine's real network, with its clock set by a time server that says it is 2028, when
//! the test certificates are valid.

use crate::chip::SoftChip;
use crate::host::{HostClock, HostNetwork};
use atecc608_cloud::mqtt::{Device, Inbox, KeepAlive};
use atecc608_cloud::tls::{Buffers, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use cloud_app::Backoff;
use cloud_app::{
    Bridge, BridgeConfig, Event, Observer, Outbox, Parts, Server, Span, TimeKeeper, TlsDialer, UnixClock,
};
use mock_servers::pki::{Holder, NOW, Request};
use mock_servers::sntp::{Manner, TimeServer};
use std::cell::RefCell;
use std::net::{IpAddr, Ipv4Addr};
use std::rc::Rc;
use std::time::Duration;

pub(crate) const NAME: &str = "bridge.example.com";
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

pub(crate) async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

/// How far 2028 is from this machine's time, in seconds.
pub(crate) fn offset() -> i64 {
    NOW as i64 - mock_servers::bridge::wall_clock() as i64
}

pub(crate) async fn time_server() -> TimeServer {
    TimeServer::start(Manner::Off(offset())).await.unwrap()
}

pub(crate) fn authority() -> (Holder, Holder) {
    let root = Holder::root(&Request::authority("Test Root")).unwrap();
    let server = root.issue(&Request::server(&[NAME])).unwrap();
    (root, server)
}

/// What a device prints and receives.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(pub(crate) Rc<RefCell<Vec<String>>>);

impl Log {
    pub(crate) fn has(&self, words: &str) -> bool {
        self.0.borrow().iter().any(|line| line.contains(words))
    }

    pub(crate) fn text(&self) -> String {
        self.0.borrow().join("\n")
    }

    /// Waits until a line has these words. A device that never prints it fails the test.
    pub(crate) async fn wait(&self, words: &str) {
        for _ in 0..1500 {
            if self.has(words) {
                return;
            }
            pass(20).await;
        }
        panic!("no line has {words:?}:\n{}", self.text());
    }
}

impl Observer for Log {
    fn event(&mut self, event: &Event<'_>) {
        self.0.borrow_mut().push(event.to_string());
    }
}

impl Inbox for Log {
    fn config(&mut self, payload: &[u8]) {
        self.0.borrow_mut().push(format!("config: {}", String::from_utf8_lossy(payload)));
    }

    fn command(&mut self, subfolder: &str, payload: &[u8]) {
        self.0.borrow_mut().push(format!("command {subfolder}: {}", String::from_utf8_lossy(payload)));
    }
}

pub(crate) type Mail = Outbox<16, 64>;

/// Waits until the server has everything.
pub(crate) async fn sent(outbox: &Mail) {
    for _ in 0..1500 {
        if outbox.stats().waiting == 0 {
            return;
        }
        pass(20).await;
    }
    panic!("{} messages still wait", outbox.stats().waiting);
}

/// Runs a device at `server` while a story is told.
pub(crate) async fn with_device(
    server: Server<'_>,
    root: &Holder,
    time: &TimeServer,
    chip: &SoftChip,
    outbox: &Mail,
    story: impl AsyncFnOnce(&Log),
) -> Log {
    let mut roots = Roots::new();
    roots.add(root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let device = Device::new("proj", "europe-west1", "greenhouse", "sensor-1").unwrap();
    let mut config = BridgeConfig::new(device, server);
    // Nobody waits for a fleet here.
    config.timing.start_spread_ms = 0;
    config.keep_alive = KeepAlive::from_secs(6).unwrap();
    let soon = Span { floor_ms: 50, first_ms: 100, cap_ms: 500 };
    config.backoff = Backoff::new(soon, soon);
    let log = Log::default();
    let parts = Parts {
        dial: TlsDialer::new(HostNetwork, &roots, rng, buffers),
        clock: HostClock::start(),
        signer: chip.clone(),
        inbox: log.clone(),
        observer: log.clone(),
        outbox,
        receive: &mut [0; 1024],
        seed: 1,
    };
    let time_server = Server::at("time.example.com", time.address().port(), HERE);
    let mut bridge = Bridge::new(config, TimeKeeper::new(time_server, UnixClock::default(), 3600), parts);
    tokio::select! {
        biased;
        never = bridge.run() => match never {},
        () = story(&log) => {}
    }
    log
}
