//! What is known of the chip from one transaction to the next.

use super::watchdog::AROUND_US;
use crate::wire::{Opcode, timing};

/// How long a chip in unknown state may keep silent before it is thought absent: it may be at
/// the end of a key generation that was not waited for.
const UNSETTLED_US: u32 = timing::planned_us(Opcode::GenKey);

/// What is known of the chip from one transaction to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChipState {
    /// It was told to idle or sleep and acknowledged it. False while it is awake, and after a future was
    /// dropped or telling it failed: then it has to be found.
    pub(crate) in_low_power: bool,
    /// It has answered a command since the last wake pulse.
    pub(super) answered: bool,
    /// Its wake response has been read since.
    pub(super) wake_response_read: bool,
    /// It takes longer than the fastest clock divider does (chip reference 4.4).
    pub(super) slow: bool,
    /// Time since it woke, if bus and delay are as slow as they may be, in microseconds.
    pub(super) awake_us: u32,
    /// When it woke, by the clock if there is one, in microseconds.
    pub(super) woken_us: u32,
    /// Longest time a command may still run whose answer was not waited for, in microseconds.
    pub(super) busy_us: u32,
}

impl ChipState {
    pub(crate) const NOTHING: Self = Self {
        in_low_power: false,
        answered: false,
        wake_response_read: false,
        slow: false,
        awake_us: 0,
        woken_us: 0,
        busy_us: 0,
    };

    /// More of the watchdog's time may be gone.
    pub(super) fn spend(&mut self, us: u32) {
        self.awake_us = self.awake_us.wrapping_add(us);
    }

    /// A command that nobody waited for may still run, as long as any that is likely.
    pub(super) fn unsettle(&mut self) {
        self.busy_us = self.busy_us.max(UNSETTLED_US);
    }

    /// It is woken.
    pub(super) fn wake(&mut self, now: Option<u32>) {
        self.in_low_power = false;
        (self.answered, self.wake_response_read) = (false, false);
        self.awake_us = AROUND_US;
        if let Some(now) = now {
            self.woken_us = now;
        }
    }
}
