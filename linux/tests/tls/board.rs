//! A simulated chip that the code under test reaches as any other, and the tests behind its back.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use atecc608::{Address, Slot};
use atecc608_linux::SharedChip;
use atecc608_linux::rustls::ChipKey;
use atecc608_sim::bus::Counters;
use atecc608_sim::chip::Outcome;
use atecc608_sim::preset::Preset;
use atecc608_sim::server::{Options, serve};
use atecc608_sim::{Bus, Chip, ChipId};

/// The opcode of Sign.
const SIGN: u8 = 0x41;

/// A bus with a Trust&GO chip.
pub(crate) struct Board {
    pub(crate) bus: Bus,
    pub(crate) chip: SharedChip,
}

/// What something cost on the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// By the chip, successful.
    pub(crate) signatures: usize,
    pub(crate) transactions: u64,
    /// Address bytes included.
    pub(crate) bytes: u64,
    /// Virtual microseconds, from the first wake pulse to sleep.
    pub(crate) micros: u64,
}

impl Cost {
    pub(crate) const NOTHING: Self = Self { signatures: 0, transactions: 0, bytes: 0, micros: 0 };
}

impl Board {
    pub(crate) const PRESET: Preset = Preset::TngTls;
    pub(crate) const SEED: u64 = 7;
    pub(crate) const SLOT: Slot = Slot::S0;

    pub(crate) fn new() -> Self {
        Self::with(Self::PRESET)
    }

    pub(crate) fn with(preset: Preset) -> Self {
        let bus = Bus::new();
        bus.add(preset.chip(Self::SEED));
        let chip = SharedChip::on_simulator(&bus, Address::from_7bit(preset.address()).unwrap());
        Self { bus, chip }
    }

    /// A bus that does something behind every START, byte and STOP, if it is told to.
    pub(crate) fn hooked() -> (Self, Arc<Mutex<Hook>>) {
        let bus = Bus::new();
        bus.add(Self::PRESET.chip(Self::SEED));
        let hook = Arc::new(Mutex::new(Hook::default()));
        let called = Arc::clone(&hook);
        let options = Options::new().after_each(move |bus| {
            called.lock().unwrap().call(bus);
            Ok(())
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let location = format!("tcp:{}", listener.local_addr().unwrap());
        let served = bus.clone();
        thread::spawn(move || serve(listener, served, options));
        let chip = SharedChip::open(&location, Address::from_7bit(Self::PRESET.address())).unwrap();
        (Self { bus, chip }, hook)
    }

    pub(crate) fn key(&self) -> ChipKey {
        self.key_in(Self::SLOT)
    }

    pub(crate) fn key_in(&self, slot: Slot) -> ChipKey {
        ChipKey::new(self.chip.clone(), slot).unwrap()
    }

    /// Puts another chip of this seed into the socket.
    pub(crate) fn plug(&self, seed: u64) {
        self.bus.replace(ChipId::FIRST, Self::PRESET.chip(seed));
    }

    /// How often the chip in the socket has signed.
    pub(crate) fn signatures(&self) -> usize {
        self.bus.with_chip(ChipId::FIRST, |chip: &mut Chip| {
            let signed = chip.executed().iter().filter(|executed| executed.opcode == SIGN);
            signed.filter(|executed| matches!(executed.outcome, Outcome::Data(64))).count()
        })
    }

    /// Does something and says what it cost.
    pub(crate) fn measure<T>(&self, job: impl FnOnce() -> T) -> (T, Cost) {
        let now = || (self.signatures(), self.bus.counters(), self.bus.now());
        let (signatures, counters, began) = now();
        let result = job();
        let after = now();
        let cost = Cost {
            signatures: after.0 - signatures,
            transactions: after.1.transactions - counters.transactions,
            bytes: after.1.bytes - counters.bytes,
            micros: (after.2 - began) / 1000,
        };
        (result, cost)
    }
}

/// Something that happens to the chip or its bus.
pub(crate) type Accident = fn(&Bus);

/// What goes wrong, once so many transactions have begun.
#[derive(Default)]
pub(crate) struct Hook {
    armed: Option<(u64, Accident)>,
    /// Whether it waits until the last of these is over, too.
    waits: bool,
    before: Counters,
}

impl Hook {
    /// Before the next transaction if `transactions` is 0, else during the last of these.
    pub(crate) fn arm(&mut self, bus: &Bus, transactions: u64, what: Accident) {
        if transactions == 0 {
            what(bus);
        } else {
            self.armed = Some((bus.counters().transactions + transactions, what));
            self.waits = false;
        }
    }

    /// The same, but behind the last of these. Some things can't happen while a master has the bus.
    pub(crate) fn arm_between(&mut self, bus: &Bus, transactions: u64, what: Accident) {
        self.arm(bus, transactions, what);
        self.waits = true;
    }

    fn call(&mut self, bus: &Bus) {
        let now = bus.counters();
        // A bit that belongs to no byte.
        let is_stop = now.bytes == self.before.bytes && now.busy > self.before.busy;
        self.before = now;
        if let Some((at, what)) = self.armed
            && now.transactions >= at
            && (is_stop || !self.waits)
        {
            self.armed = None;
            what(bus);
        }
    }
}
