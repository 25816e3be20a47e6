//! SDA and SCL, bit by bit, and the chips that hang on them.
//!
//! START, repeated START and STOP take one bit time each, a byte nine. SDA's low runs are computed from
//! the bits, because a run of 60 us wakes a sleeping chip whoever the bits were for (chip reference 1.3).

use super::DEFAULT_CLOCK_HZ;
use super::counters::Counters;
use super::fault::Faults;
use super::sockets::Sockets;
use crate::chip::{Ack, Chip, Eeprom, Nanos};
use crate::trace::{Event, Recorder};

/// A sleeping chip's filter drops shorter low pulses (chip reference 1.3): they are not reported.
const SLEEP_FILTER: Nanos = 15_000;

/// Line level of a byte nobody drives.
const NOBODY: u8 = 0xFF;

/// SDA pulled low by something that is no bus master.
struct Hold {
    from: Nanos,
    until: Option<Nanos>,
}

/// The ninth bit of a byte that was read: its level shows only in what the master does next.
struct PendingAck {
    from: Nanos,
    to: Nanos,
}

pub(super) struct Wire {
    sockets: Sockets,
    now: Nanos,
    /// Since when SDA is low.
    low_since: Option<Nanos>,
    pending_ack: Option<PendingAck>,
    hold: Option<Hold>,
    /// In a transaction: whether its last address byte had the read bit.
    reading: Option<bool>,
    /// The master that holds the bus.
    pub(super) owner: Option<u64>,
    pub(super) clock_hz: u32,
    pub(super) faults: Faults,
    pub(super) counters: Counters,
    pub(super) trace: Recorder,
}

impl Wire {
    pub(super) fn new() -> Wire {
        Wire {
            sockets: Sockets::default(),
            now: 0,
            low_since: None,
            pending_ack: None,
            hold: None,
            reading: None,
            owner: None,
            clock_hz: DEFAULT_CLOCK_HZ,
            faults: Faults::default(),
            counters: Counters::default(),
            trace: Recorder::default(),
        }
    }

    pub(super) fn add(&mut self, chip: Chip) -> usize {
        self.sockets.add(chip)
    }

    pub(super) fn replace(&mut self, index: usize, new: Option<Chip>) -> Option<Eeprom> {
        self.sockets.replace(index, self.now, new)
    }

    /// A chip that knows how late it is: the commands that are over have changed its EEPROM.
    pub(super) fn chip(&mut self, index: usize) -> Option<&mut Chip> {
        let chip = self.sockets.chip(index)?;
        chip.advance(self.now);
        Some(chip)
    }

    pub(super) fn chip_count(&self) -> usize {
        self.sockets.count()
    }

    pub(super) fn now(&self) -> Nanos {
        self.now
    }

    pub(super) fn power_cycle(&mut self) {
        for (chip, addressed) in self.sockets.devices() {
            chip.power_cycle(self.now);
            *addressed = false;
        }
    }

    /// START or repeated START, and the address byte.
    pub(super) fn start(&mut self, bit: Nanos, address_byte: u8) -> Ack {
        self.settle_ack(Ack::Nack);
        self.level(self.now, true);
        let repeated = self.reading.replace(address_byte & 1 == 1).is_some();
        if !repeated {
            self.counters.transactions += 1;
        }
        self.trace.push(self.now, bit, if repeated { Event::RepeatedStart } else { Event::Start });
        self.clock(bit, 1);

        let at = self.now;
        let held = self.sda_held();
        self.send_bits(bit, address_byte);
        let mut ack = Ack::Nack;
        for (chip, addressed) in self.sockets.devices() {
            *addressed = !held && chip.start(self.now, address_byte) == Ack::Ack;
            if *addressed {
                ack = Ack::Ack;
            }
        }
        ack = self.faults.address_ack(ack);
        let ack = self.ninth_bit(bit, ack);
        self.trace.push(at, bit, Event::Address { byte: address_byte, ack });
        ack
    }

    /// One byte from the master. Outside a transaction, or after a read address, nobody takes it.
    pub(super) fn write(&mut self, bit: Nanos, byte: u8) -> Ack {
        let Some(reading) = self.reading else { return Ack::Nack };
        self.settle_ack(Ack::Nack);
        let at = self.now;
        let held = self.sda_held();
        let byte = self.faults.written(byte);
        self.send_bits(bit, byte);
        let mut ack = Ack::Nack;
        for chip in self.sockets.addressed().filter(|_| !reading && !held) {
            if chip.write(self.now, byte) == Ack::Ack {
                ack = Ack::Ack;
            }
        }
        ack = self.faults.byte_ack(ack);
        let ack = self.ninth_bit(bit, ack);
        self.trace.push(at, bit, Event::Write { byte, ack });
        ack
    }

    /// One byte to the master.
    pub(super) fn read(&mut self, bit: Nanos) -> u8 {
        let Some(reading) = self.reading else { return NOBODY };
        self.settle_ack(Ack::Ack);
        let at = self.now;
        let held = self.sda_held();
        let mut byte = NOBODY;
        for chip in self.sockets.addressed().filter(|_| reading && !held) {
            byte &= chip.read(self.now);
        }
        let byte = if held { 0 } else { self.faults.read(byte) };
        self.send_bits(bit, byte);
        self.pending_ack = Some(PendingAck { from: self.now, to: self.now + bit });
        self.clock(bit, 1);
        self.trace.push(at, bit, Event::Read { byte, ack: Ack::Nack });
        byte
    }

    /// STOP; nothing outside a transaction.
    pub(super) fn stop(&mut self, bit: Nanos) {
        if self.reading.is_none() {
            return;
        }
        self.settle_ack(Ack::Nack);
        self.level(self.now, true);
        self.trace.push(self.now, bit, Event::Stop);
        self.clock(bit, 1);
        self.reading = None;
        for (chip, addressed) in self.sockets.devices() {
            chip.stop(self.now);
            *addressed = false;
        }
    }

    /// Lets time pass.
    pub(super) fn advance(&mut self, duration: Nanos) {
        if duration == 0 {
            return;
        }
        self.trace.push(self.now, 0, Event::Delay { duration });
        self.pause(self.now.saturating_add(duration));
    }

    /// Moves the clock to the host's, where that is ahead.
    pub(super) fn catch_up(&mut self, host: Nanos) {
        if host > self.now {
            self.pause(host);
        }
    }

    /// Pulls SDA low, for good or for so many nanoseconds.
    pub(super) fn pull_sda_low(&mut self, duration: Option<Nanos>) {
        let until = duration.map(|duration| self.now.saturating_add(duration));
        match &mut self.hold {
            Some(hold) => hold.until = until,
            None => self.hold = Some(Hold { from: self.now, until }),
        }
    }

    pub(super) fn release_sda(&mut self) {
        let Some(hold) = self.hold.take() else { return };
        let to = hold.until.map_or(self.now, |until| until.min(self.now));
        self.trace.push_sda_low(hold.from, to - hold.from);
        self.report_low(hold.from, to);
    }

    pub(super) fn sda_held(&self) -> bool {
        self.hold.is_some()
    }

    /// Eight bits. While SDA is held low they do not show on it.
    fn send_bits(&mut self, bit: Nanos, byte: u8) {
        self.counters.bytes += 1;
        for index in 0..8 {
            let high = byte & (0x80 >> index) != 0;
            self.level(self.now, high);
            self.clock(bit, 1);
        }
    }

    /// The ninth bit of a byte the master sent: what it sees there.
    fn ninth_bit(&mut self, bit: Nanos, ack: Ack) -> Ack {
        let ack = if self.sda_held() { Ack::Ack } else { ack };
        self.level(self.now, ack == Ack::Nack);
        self.clock(bit, 1);
        ack
    }

    /// The ninth bit of the byte read before, now that the master has shown it.
    fn settle_ack(&mut self, ack: Ack) {
        let Some(PendingAck { from, to }) = self.pending_ack.take() else { return };
        self.level(from, ack == Ack::Nack);
        if self.now > to {
            self.level(to, true);
        }
        if ack == Ack::Ack {
            self.trace.acknowledge_last_read();
        }
    }

    /// SDA's level from `at` on.
    fn level(&mut self, at: Nanos, high: bool) {
        if self.hold.is_some() {
            self.low_since = None;
            return;
        }
        match (self.low_since, high) {
            (None, false) => self.low_since = Some(at),
            (Some(from), true) => {
                self.low_since = None;
                self.report_low(from, at);
            }
            _ => {}
        }
    }

    fn report_low(&mut self, from: Nanos, to: Nanos) {
        if to - from >= SLEEP_FILTER {
            for (chip, _) in self.sockets.devices() {
                chip.sda_low(from, to);
            }
        }
    }

    fn clock(&mut self, bit: Nanos, bits: Nanos) {
        self.counters.busy += bit * bits;
        self.pass(self.now + bit * bits);
    }

    /// Between two bytes SCL is low and nobody drives SDA.
    fn pause(&mut self, to: Nanos) {
        if self.pending_ack.is_none() {
            self.level(self.now, true);
        }
        self.pass(to);
    }

    fn pass(&mut self, to: Nanos) {
        self.now = to;
        if self.hold.as_ref().is_some_and(|hold| hold.until.is_some_and(|until| until <= to)) {
            self.release_sda();
        }
    }
}
