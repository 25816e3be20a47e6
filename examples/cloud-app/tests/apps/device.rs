//! A device: a simulated chip that can be pulled out, an LED and an interval, what a person would read.

use crate::site::Site;
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::{DataContents, PublicKey, Slot, asynch, blocking};
use atecc608_cloud::signer::ChipSigner;
use atecc608_cloud::tls::{Buffers, ClientIdentity, Entropy, RECEIVE_BUFFER, Roots, TRANSMIT_BUFFER};
use atecc608_sim::chip::Eeprom;
use atecc608_sim::hal::{I2cError, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use cloud_app::apps::{Controls, Form, Report};
use cloud_app::{
    Application, Broker, BrokerConfig, BrokerParts, Event, NoPassword, Observer, Outbox, Server, TimeKeeper,
    TlsDialer, UnixClock,
};
use embedded_hal::i2c::{ErrorType, Operation};
use embedded_hal_async::i2c::I2c;
use mock_clouds::mqtt::Cloud;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

pub(crate) type Mail = Outbox<16, 96>;

pub(crate) async fn pass(seconds: u64) {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
}

/// A chip with a key in slot 0, which is pulled out at a transfer.
#[derive(Clone)]
pub(crate) struct Element {
    pub(crate) bus: Bus,
    pub(crate) key: PublicKey,
    memory: Eeprom,
    /// Transfers up to the one at which it is pulled out; none: it stays.
    pub(crate) pull_at: Rc<Cell<Option<u32>>>,
    /// Transfers of the driver.
    pub(crate) transfers: Rc<Cell<u32>>,
}

impl Element {
    pub(crate) fn new() -> Self {
        let bus = Bus::with_blank_chip(1);
        let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
        let wanted = preset::gcp_device(&chip.read_config().unwrap());
        chip.write_config(&wanted).unwrap();
        chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
        let (key, _) = chip.ensure_key(Slot::S0).unwrap();
        chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites).unwrap();
        let memory = bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().clone());
        Self { bus, key, memory, pull_at: Rc::default(), transfers: Rc::default() }
    }

    pub(crate) fn put_back(&self) {
        self.pull_at.set(None);
        self.bus.replace(ChipId::FIRST, Chip::with_eeprom(self.memory.clone()));
    }

    pub(crate) fn driver(&self) -> asynch::Atecc608<Wires, SimDelay> {
        let (pull_at, transfers) = (Rc::clone(&self.pull_at), Rc::clone(&self.transfers));
        let wires = Wires { inner: self.bus.i2c(), pull_at, transfers };
        asynch::Atecc608::new(wires, self.bus.delay())
    }
}

pub(crate) struct Wires {
    inner: SimI2c,
    pull_at: Rc<Cell<Option<u32>>>,
    transfers: Rc<Cell<u32>>,
}

impl ErrorType for Wires {
    type Error = I2cError;
}

impl I2c for Wires {
    async fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), I2cError> {
        // As long as such a transfer takes, more or less; so the handshake goes on meanwhile.
        tokio::time::sleep(Duration::from_millis(2)).await;
        self.transfers.set(self.transfers.get() + 1);
        match self.pull_at.get() {
            Some(0) => {
                self.bus().remove(ChipId::FIRST);
                self.pull_at.set(None);
            }
            left => self.pull_at.set(left.map(|left| left - 1)),
        }
        I2c::transaction(&mut self.inner, address, operations).await
    }
}

impl Wires {
    fn bus(&self) -> Bus {
        self.inner.bus().clone()
    }
}

/// What the firmware's `Telemetry` is: interval and LED, told to the outbox in a form.
#[derive(Clone)]
pub(crate) struct Panel<'a> {
    pub(crate) outbox: &'a Mail,
    form: Form,
    set: Rc<Cell<(u32, bool)>>,
    pub(crate) log: Log,
}

impl<'a> Panel<'a> {
    pub(crate) fn new(outbox: &'a Mail, form: Form, log: &Log) -> Self {
        let panel = Self { outbox, form, set: Rc::new(Cell::new((60, false))), log: log.clone() };
        panel.report();
        panel
    }

    /// Interval and LED.
    pub(crate) fn is_set(&self) -> (u32, bool) {
        self.set.get()
    }

    fn report(&self) {
        let (interval_s, led) = self.set.get();
        let (report, mut buffer) = (Report { version: "1.2.3", interval_s, led }, [0; 96]);
        self.outbox.set_state(report.write(self.form, &mut buffer).unwrap()).unwrap();
    }
}

impl Controls for Panel<'_> {
    fn interval_s(&self) -> u32 {
        self.set.get().0
    }

    fn led(&self) -> bool {
        self.set.get().1
    }

    fn set(&mut self, interval_s: u32, led: bool) {
        self.set.set((interval_s, led));
        self.report();
    }

    fn say(&mut self, line: fmt::Arguments<'_>) {
        self.log.0.borrow_mut().push(line.to_string());
    }
}

/// What a person reads.
#[derive(Debug, Clone, Default)]
pub(crate) struct Log(pub(crate) Rc<RefCell<Vec<String>>>);

impl Log {
    pub(crate) fn count(&self, words: &str) -> usize {
        self.0.borrow().iter().filter(|line| line.contains(words)).count()
    }

    pub(crate) fn text(&self) -> String {
        self.0.borrow().join("\n")
    }

    #[track_caller]
    pub(crate) fn has(&self, words: &str) {
        assert!(self.count(words) > 0, "no line has {words:?}:\n{}", self.text());
    }
}

impl Observer for Log {
    fn event(&mut self, event: &Event<'_>) {
        self.0.borrow_mut().push(event.to_string());
    }
}

/// The device runs at a broker, as this application, while a story is told.
pub(crate) async fn run<C: Cloud>(
    site: &Site<C>,
    element: &Element,
    chain: &[&[u8]],
    application: impl Application,
    (outbox, log): (&Mail, &Log),
    story: impl AsyncFnOnce(),
) {
    let mut roots = Roots::new();
    roots.add(site.root.der()).unwrap();
    let rng = Entropy::new(&std::array::from_fn(|n| n as u8), &std::array::from_fn(|n| !n as u8)).unwrap();
    let (mut receive, mut transmit) = (vec![0; RECEIVE_BUFFER], vec![0; TRANSMIT_BUFFER]);
    let buffers = Buffers { receive: &mut receive, transmit: &mut transmit };
    let mut chip = element.driver();
    let identity = ClientIdentity { chain, signer: ChipSigner::new(&mut chip, Slot::S0) };
    let dial = TlsDialer::new(site.network(), &roots, rng, buffers).with_identity(identity);
    let parts = BrokerParts {
        dial: dial.with_protocols(site.protocols),
        clock: site.clock(),
        credentials: NoPassword,
        application,
        observer: log.clone(),
        outbox,
        // As in the firmware.
        receive: &mut [0; 4096],
        transmit: &mut [0; 1536],
        password: &mut [],
        seed: 7,
    };
    let time = TimeKeeper::new(Server::new("time.example", 123), UnixClock::default(), 4 * 3600);
    let mut broker = Broker::new(BrokerConfig::new(site.server), time, parts);
    tokio::select! {
        biased;
        never = broker.run() => match never {},
        () = story() => {}
    }
}
