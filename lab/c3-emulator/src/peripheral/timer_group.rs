//! TIMG0 and TIMG1: a 54-bit timer with an alarm, and the measurement of slow clocks. The watchdogs never
//! bite.
//!
//! Source: chapter "Timer Group".

use super::registers::{Registers, bit, field};
use crate::time::{APB_HZ, Counter, Picos, RC_FAST_HZ, RC_SLOW_HZ, SECOND, XTAL_HZ};

const CONFIG: u32 = 0x00;
const LOW: u32 = 0x04;
const HIGH: u32 = 0x08;
const UPDATE: u32 = 0x0C;
const ALARM_LOW: u32 = 0x10;
const ALARM_HIGH: u32 = 0x14;
const LOAD_LOW: u32 = 0x18;
const LOAD_HIGH: u32 = 0x1C;
const LOAD: u32 = 0x20;
const CALIBRATION: u32 = 0x68;
const CALIBRATION_VALUE: u32 = 0x6C;
const INT_ENA: u32 = 0x70;
const INT_RAW: u32 = 0x74;
const INT_ST: u32 = 0x78;
const INT_CLR: u32 = 0x7C;

const ALARM_EN: u32 = 1 << 10;
const AUTORELOAD: u32 = 29;
const TIMER_EN: u32 = 31;
const CALIBRATION_READY: u32 = 1 << 15;

#[derive(Debug)]
pub(crate) struct TimerGroup {
    registers: Registers,
    counter: Counter,
}

impl TimerGroup {
    pub(crate) fn new() -> TimerGroup {
        TimerGroup { registers: Registers::default(), counter: Counter::new(1) }
    }

    pub(crate) fn read(&self, offset: u32) -> u32 {
        match offset {
            INT_ST => self.registers.read(INT_RAW) & self.registers.read(INT_ENA),
            _ => self.registers.read(offset),
        }
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32, now: Picos) {
        match offset {
            CONFIG => {
                let hz = if bit(value, 9) { XTAL_HZ } else { APB_HZ };
                // 0 stands for 65536, and 1 does what 2 does.
                let divider = match field(value, 28, 13) {
                    0 => 65_536,
                    divider => u64::from(divider.max(2)),
                };
                self.counter.run(bit(value, TIMER_EN), SECOND * divider / hz, now);
            }
            UPDATE => {
                let count = self.counter.value(now);
                self.registers.write(LOW, count as u32);
                self.registers.write(HIGH, (count >> 32) as u32);
                // Done at once.
                return;
            }
            LOAD => self.counter.set(self.wide(LOAD_LOW, LOAD_HIGH), now),
            CALIBRATION => return self.calibrate(value),
            INT_CLR => {
                return self.registers.write(INT_RAW, self.registers.read(INT_RAW) & !value);
            }
            INT_RAW | INT_ST => return,
            _ => {}
        }
        self.registers.write(offset, value);
    }

    /// Counts the crystal's cycles during so many of a slow clock, which takes no time here.
    fn calibrate(&mut self, value: u32) {
        if !bit(value, 31) {
            return self.registers.write(CALIBRATION, value & !CALIBRATION_READY);
        }
        let hz = match field(value, 14, 13) {
            0 => RC_SLOW_HZ,
            1 => RC_FAST_HZ / 256,
            _ => 32_768,
        };
        let count = u64::from(field(value, 30, 16)) * XTAL_HZ / hz;
        self.registers.write(CALIBRATION_VALUE, (count as u32) << 7);
        self.registers.write(CALIBRATION, value | CALIBRATION_READY);
    }

    fn wide(&self, low: u32, high: u32) -> u64 {
        u64::from(self.registers.read(high)) << 32 | u64::from(self.registers.read(low))
    }

    pub(crate) fn next_event(&self) -> Option<Picos> {
        let armed = self.registers.read(CONFIG) & ALARM_EN != 0;
        if armed { self.counter.moment(self.wide(ALARM_LOW, ALARM_HIGH)) } else { None }
    }

    pub(crate) fn advance(&mut self, now: Picos) {
        if self.next_event().is_some_and(|moment| moment <= now) {
            let config = self.registers.read(CONFIG);
            self.registers.write(CONFIG, config & !ALARM_EN);
            self.registers.write(INT_RAW, self.registers.read(INT_RAW) | 1);
            if bit(config, AUTORELOAD) {
                self.counter.set(self.wide(LOAD_LOW, LOAD_HIGH), now);
            }
        }
    }

    pub(crate) fn interrupts(&self) -> u64 {
        u64::from(self.read(INT_ST) & 1)
    }
}
