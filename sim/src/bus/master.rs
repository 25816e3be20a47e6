//! A bus master with the byte-level operations of the wire protocol.

use super::Bus;
use super::wire::Wire;
use crate::chip::{Ack, Nanos};

/// One of the bus's masters.
///
/// It holds the bus from its START to its STOP, and another master's START waits for that (so two masters
/// in one thread must take turns). A master that is dropped in between sends the STOP.
#[derive(Debug)]
pub struct Master {
    bus: Bus,
    id: u64,
    clock_hz: Option<u32>,
}

impl Master {
    pub(super) fn new(bus: Bus, id: u64) -> Master {
        Master { bus, id, clock_hz: None }
    }

    /// The bus this master is on.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Sets this master's clock in Hz, whatever the bus's; 0 counts as 1.
    pub fn set_clock_hz(&mut self, hz: u32) {
        self.clock_hz = Some(hz);
    }

    /// START, or repeated START when this master already holds the bus, and the address byte: the 7-bit
    /// address shifted left by one, bit 0 set to read.
    pub fn start(&mut self, address_byte: u8) -> Ack {
        let mut wire = self.bus.shared.lock_unless(|wire| wire.owner.is_some_and(|owner| owner != self.id));
        wire.owner = Some(self.id);
        let bit = self.bit(&wire);
        wire.start(bit, address_byte)
    }

    /// Writes a byte. NACK if this master does not hold the bus.
    pub fn write(&mut self, byte: u8) -> Ack {
        let mut wire = self.bus.shared.lock();
        let bit = self.bit(&wire);
        if wire.owner == Some(self.id) { wire.write(bit, byte) } else { Ack::Nack }
    }

    /// Reads a byte; the next operation shows whether it is acknowledged. 0xFF if this master does not
    /// hold the bus.
    pub fn read(&mut self) -> u8 {
        let mut wire = self.bus.shared.lock();
        let bit = self.bit(&wire);
        if wire.owner == Some(self.id) { wire.read(bit) } else { 0xFF }
    }

    /// STOP; nothing if this master does not hold the bus.
    pub fn stop(&mut self) {
        let mut wire = self.bus.shared.lock();
        if wire.owner != Some(self.id) {
            return;
        }
        let bit = self.bit(&wire);
        wire.stop(bit);
        wire.owner = None;
        let now = wire.now();
        drop(wire);
        self.bus.shared.freed.notify_all();
        self.bus.shared.wait_for_host(now);
    }

    /// The length of a bit in nanoseconds.
    fn bit(&self, wire: &Wire) -> Nanos {
        const SECOND: Nanos = 1_000_000_000;
        (SECOND / Nanos::from(self.clock_hz.unwrap_or(wire.clock_hz).max(1))).max(1)
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        self.stop();
    }
}
