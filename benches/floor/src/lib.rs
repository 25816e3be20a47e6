//! Operations on the simulated chip, measured in what can't lie (bus bytes, transactions, virtual
//! time), beside the floor: the chip's own execution time and the shortest byte sequence that can
//! do the job. For the bench, the peers' bench, the count of instructions and the test that keeps the promise.

pub mod commands;
pub mod operations;

use atecc608::blocking::{Atecc608, SdaPulse};
use atecc608_sim::bus::ChipId;
use atecc608_sim::hal::{SdaPin, SimDelay, SimI2c};
use atecc608_sim::{Bus, Chip};
use commands::{Exchange, provision};
use operations::READ_KEY;

/// The driver under measurement, woken by a pulse on SDA, which works at any speed.
pub type Device = Atecc608<SimI2c, SimDelay, SdaPulse<SdaPin>>;

/// What one operation cost on the bus.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// Bytes on the wire, address bytes included.
    pub bytes: u64,
    /// START to STOP.
    pub transactions: u64,
    /// Virtual time from the call to its return.
    pub us: u64,
    /// Virtual time of the chip at work in it.
    pub chip_us: u64,
}

/// One operation at one bus clock.
#[derive(Debug, Clone)]
pub struct Row {
    /// The operation.
    pub name: &'static str,
    /// Bus clock.
    pub hz: u32,
    /// The driver's.
    pub cost: Cost,
    /// What can't be undercut.
    pub floor: Cost,
}

impl Row {
    /// Time as a multiple of the floor's.
    pub fn ratio(&self) -> f64 {
        self.cost.us as f64 / self.floor.us as f64
    }
}

/// The chip an operation starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// As it comes from the factory.
    Blank,
    /// Configured for Google Cloud, with a key in slot 0, both zones locked; slot 8 is read
    /// encrypted with the key of slot 4.
    Provisioned,
}

/// What the driver runs, and the fewest commands that can do it.
#[derive(Debug)]
pub struct Operation {
    /// As the tables call it.
    pub name: &'static str,
    /// What it starts from.
    pub start: Start,
    /// By the driver.
    pub run: fn(&mut Device),
    commands: Vec<Exchange>,
}

/// A chip on a bus at some clock, in the state that an operation starts from, at rest.
pub fn chip(start: Start, hz: u32) -> (Bus, ChipId) {
    let bus = Bus::new();
    let id = bus.add(Chip::blank(42));
    bus.set_clock_hz(hz);
    if start == Start::Provisioned {
        provision(&mut device(&bus));
        bus.with_chip(id, |chip| {
            let zone = with_encrypted_reads(*chip.eeprom().config());
            chip.eeprom_mut().set_config(&zone);
            chip.eeprom_mut().set_slot(4, &READ_KEY);
        });
    }
    (bus, id)
}

/// Slot 4: secret, never written. Slot 8: secret, encrypted reads with slot 4.
pub fn with_encrypted_reads(mut zone: [u8; 128]) -> [u8; 128] {
    (zone[28], zone[29]) = (0x80, 0x80);
    (zone[36], zone[37]) = (0xC4, 0x80);
    zone
}

/// The driver on that bus.
pub fn device(bus: &Bus) -> Device {
    Atecc608::new(bus.i2c(), bus.delay()).with_wake(SdaPulse(bus.sda_pin()))
}

/// What `run` costs.
pub fn cost(bus: &Bus, id: ChipId, run: impl FnOnce()) -> Cost {
    let before = bus.with_chip(id, |chip| chip.executed().len());
    bus.reset_counters();
    let start = bus.now();
    run();
    let us = (bus.now() - start) / 1000;
    let counters = bus.counters();
    let chip_ns: u64 =
        bus.with_chip(id, |chip| chip.executed()[before..].iter().map(|command| command.duration).sum());
    Cost { bytes: counters.bytes, transactions: counters.transactions, us, chip_us: chip_ns / 1000 }
}

/// Measures every operation at one bus clock.
pub fn measure(hz: u32) -> Vec<Row> {
    operations::all()
        .into_iter()
        .map(|operation| {
            let (bus, id) = chip(operation.start, hz);
            let mut device = device(&bus);
            // The driver knows the chip and has put it to rest, as in all operations but the first.
            device.revision().unwrap();
            let cost = cost(&bus, id, || (operation.run)(&mut device));
            Row { name: operation.name, hz, cost, floor: commands::floor(&operation.commands, hz) }
        })
        .collect()
}
