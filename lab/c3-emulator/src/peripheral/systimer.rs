//! SYSTIMER: two 52-bit counters at 16 MHz and three alarms.
//!
//! Source: chapter "System Timer".

use super::registers::{Registers, bit, field};
use crate::time::{Counter, Picos, SECOND};

const CONF: u32 = 0x00;
const UNIT_OP: u32 = 0x04;
const UNIT_LOAD_HI: u32 = 0x0C;
const TARGET_HI: u32 = 0x1C;
const TARGET_CONF: u32 = 0x34;
const UNIT_VALUE_HI: u32 = 0x40;
const COMP_LOAD: u32 = 0x50;
const UNIT_LOAD: u32 = 0x5C;
const INT_ENA: u32 = 0x64;
const INT_RAW: u32 = 0x68;
const INT_CLR: u32 = 0x6C;
const INT_ST: u32 = 0x70;

const TICK: Picos = SECOND / 16_000_000;

#[derive(Debug)]
pub(crate) struct Systimer {
    registers: Registers,
    units: [Counter; 2],
    /// The values at which the alarms go off next, of those that are armed.
    alarms: [Option<u64>; 3],
}

impl Systimer {
    /// Unit 0 runs, as it does after reset.
    pub(crate) fn new() -> Systimer {
        let mut registers = Registers::default();
        registers.write(CONF, 1 << 30);
        let mut units = [Counter::new(TICK); 2];
        for unit in units.iter_mut().take(1) {
            unit.run(true, TICK, 0);
        }
        Systimer { registers, units, alarms: [None; 3] }
    }

    pub(crate) fn read(&self, offset: u32) -> u32 {
        match offset {
            INT_ST => self.registers.read(INT_RAW) & self.registers.read(INT_ENA),
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32, now: Picos) {
        match offset {
            INT_CLR => {
                self.registers.write(INT_RAW, self.registers.read(INT_RAW) & !value);
                return;
            }
            INT_RAW | INT_ST => return,
            _ => self.registers.write(offset, value),
        }
        for (unit, n) in self.units.iter_mut().zip(0..) {
            if offset == CONF {
                unit.run(bit(value, 30 - n), TICK, now);
            } else if offset == UNIT_LOAD + 4 * n {
                let (high, low) = pair(&self.registers, UNIT_LOAD_HI + 8 * n);
                unit.set(high << 32 | low, now);
            } else if offset == UNIT_OP + 4 * n && bit(value, 30) {
                let count = unit.value(now);
                self.registers.write(UNIT_VALUE_HI + 8 * n, (count >> 32) as u32 & 0xF_FFFF);
                self.registers.write(UNIT_VALUE_HI + 8 * n + 4, count as u32);
                // The value is valid at once.
                self.registers.write(offset, 1 << 29);
            }
        }
        for n in 0..3 {
            if offset == COMP_LOAD + 4 * n {
                self.arm(n, now);
            }
        }
    }

    fn unit_of(&self, alarm: u32) -> Counter {
        let conf = self.registers.read(TARGET_CONF + 4 * alarm);
        let [unit0, unit1] = self.units;
        if bit(conf, 31) { unit1 } else { unit0 }
    }

    fn period(&self, alarm: u32) -> Option<u64> {
        let conf = self.registers.read(TARGET_CONF + 4 * alarm);
        bit(conf, 30).then(|| u64::from(field(conf, 25, 0)).max(1))
    }

    fn arm(&mut self, alarm: u32, now: Picos) {
        let (high, low) = pair(&self.registers, TARGET_HI + 8 * alarm);
        let target = match self.period(alarm) {
            Some(period) => self.unit_of(alarm).value(now).wrapping_add(period),
            None => high << 32 | low,
        };
        if let Some(slot) = self.alarms.get_mut(alarm as usize) {
            *slot = Some(target);
        }
    }

    fn moment(&self, alarm: u32) -> Option<Picos> {
        let enabled = bit(self.registers.read(CONF), 24 - alarm);
        let target = (*self.alarms.get(alarm as usize)?)?;
        if enabled { self.unit_of(alarm).moment(target) } else { None }
    }

    pub(crate) fn next_event(&self) -> Option<Picos> {
        (0..3).filter_map(|alarm| self.moment(alarm)).min()
    }

    pub(crate) fn advance(&mut self, now: Picos) {
        for alarm in 0..3 {
            if self.moment(alarm).is_some_and(|moment| moment <= now) {
                self.registers.write(INT_RAW, self.registers.read(INT_RAW) | 1 << alarm);
                let count = self.unit_of(alarm).value(now);
                let period = self.period(alarm);
                if let Some(slot) = self.alarms.get_mut(alarm as usize) {
                    // The first one that is not over, in step with those that are.
                    let next =
                        |target: u64, period| target + (count.saturating_sub(target) / period + 1) * period;
                    *slot = slot.zip(period).map(|(target, period)| next(target, period));
                }
            }
        }
    }

    /// The alarms 0 to 2 that interrupt, as bits.
    pub(crate) fn interrupts(&self) -> u64 {
        u64::from(self.read(INT_ST) & 7)
    }
}

/// A register and the one behind it.
fn pair(registers: &Registers, offset: u32) -> (u64, u64) {
    (u64::from(registers.read(offset)), u64::from(registers.read(offset + 4)))
}
