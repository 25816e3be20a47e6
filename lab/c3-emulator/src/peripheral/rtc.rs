//! RTC_CNTL: the RTC's time, and the reset that software asks for.
//!
//! Source: chapter "Low-power Management". Watchdogs never bite, and nothing is ever powered down.

use super::registers::{Registers, bit};
use crate::time::{Counter, Picos, RC_SLOW_HZ, SECOND};

const OPTIONS0: u32 = 0x00;
const TIME_UPDATE: u32 = 0x0C;
const TIME_LOW0: u32 = 0x10;
const TIME_HIGH0: u32 = 0x14;

#[derive(Debug)]
pub(crate) struct Rtc {
    registers: Registers,
    time: Counter,
    /// Software has asked for a reset.
    pub(crate) reset: bool,
}

impl Rtc {
    pub(crate) fn new() -> Rtc {
        let tick = SECOND / RC_SLOW_HZ;
        let mut time = Counter::new(tick);
        time.run(true, tick, 0);
        Rtc { registers: Registers::default(), time, reset: false }
    }

    pub(crate) fn read(&self, offset: u32) -> u32 {
        self.registers.read(offset)
    }

    pub(crate) fn write(&mut self, offset: u32, value: u32, now: Picos) {
        match offset {
            OPTIONS0 => self.reset |= bit(value, 31) || bit(value, 5),
            TIME_UPDATE if bit(value, 31) => {
                let time = self.time.value(now);
                self.registers.write(TIME_LOW0, time as u32);
                self.registers.write(TIME_HIGH0, (time >> 32) as u32);
                return;
            }
            _ => {}
        }
        self.registers.write(offset, value);
    }
}
