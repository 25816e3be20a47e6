//! The interrupt matrix: which peripheral interrupts the processor, how urgently.
//!
//! Source: chapter "Interrupt Matrix". Interrupts are by level; an edge interrupt stays pending until cleared.

use super::registers::{Registers, field};

const STATUS: u32 = 0xF8;
const ENABLE: u32 = 0x104;
const TYPE: u32 = 0x108;
const CLEAR: u32 = 0x10C;
const PENDING: u32 = 0x110;
const PRIORITY: u32 = 0x114;
const THRESHOLD: u32 = 0x194;

/// Numbers of the peripherals' interrupts.
pub(crate) mod source {
    pub(crate) const UART0: u32 = 21;
    pub(crate) const I2C0: u32 = 29;
    pub(crate) const TIMER_GROUP0: u32 = 32;
    pub(crate) const TIMER_GROUP1: u32 = 34;
    pub(crate) const SYSTIMER: u32 = 37;
    pub(crate) const FROM_CPU: u32 = 50;
    /// How many there are.
    pub(crate) const COUNT: u32 = 62;
}

#[derive(Debug, Default)]
pub(crate) struct Interrupts {
    registers: Registers,
    /// Bit n: source n is asserted.
    sources: u64,
    /// Bit n: CPU interrupt n is asserted by a source.
    lines: u32,
    /// The same, of edge interrupts, until they are cleared.
    edges: u32,
}

impl Interrupts {
    pub(crate) fn read(&self, offset: u32) -> u32 {
        match offset {
            STATUS => self.sources as u32,
            _ if offset == STATUS + 4 => (self.sources >> 32) as u32,
            PENDING => self.pending(),
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32) {
        if offset == CLEAR {
            self.edges &= !value;
        }
        self.registers.write(offset, value);
        self.set_sources(self.sources);
    }

    pub(crate) fn set_sources(&mut self, sources: u64) {
        self.sources = sources;
        let lines = (0..source::COUNT)
            .filter(|n| sources >> n & 1 == 1)
            .fold(0, |lines, n| lines | 1 << field(self.registers.read(4 * n), 4, 0));
        self.edges |= lines & !self.lines & self.registers.read(TYPE);
        self.lines = lines;
    }

    fn pending(&self) -> u32 {
        let edge = self.registers.read(TYPE);
        // Interrupt 0 is where sources go that go nowhere.
        (self.lines & !edge | self.edges & edge) & !1
    }

    /// The interrupt that the processor is to take, if it takes any.
    pub(crate) fn next(&self) -> Option<u32> {
        let candidates = self.pending() & self.registers.read(ENABLE);
        if candidates == 0 {
            return None;
        }
        let priority = |n: u32| self.registers.read(PRIORITY + 4 * n);
        let threshold = self.registers.read(THRESHOLD).max(1);
        (1..32)
            .filter(|&n| candidates >> n & 1 == 1 && priority(n) >= threshold)
            .max_by_key(|&n| (priority(n), u32::MAX - n))
    }
}
