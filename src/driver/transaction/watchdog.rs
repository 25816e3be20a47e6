//! The watchdog's account: a command begins only if it can end before the watchdog bites (chip reference 1.7).

use super::Transaction;
use crate::wire::timing;
use embedded_hal::i2c::Error as BusError;

/// What one byte costs at 10 kHz, the slowest bus thought of.
const BYTE_US: u32 = 950;
/// How much later than it came an answer may be seen: delays that are late by up to 20 ms, half of which waits for the
/// chip anyway.
const LATE_US: u32 = 10_000;
/// What there is of wakes, wake responses, idle and sleep.
pub(super) const AROUND_US: u32 = 30_000;
/// Kept free before the watchdog bites: the longest command and its answer on the slowest bus.
const MARGIN_US: u32 = 150_000;

impl<E: BusError> Transaction<'_, E> {
    /// How long the command takes at most, by what is known of the chip's clock divider.
    fn needed_us(&self) -> u32 {
        if self.chip.slow { self.bound_us } else { self.planned_us }
    }

    /// The command is sent.
    pub(super) fn account(&mut self) {
        self.chip.busy_us = self.chip.busy_us.max(self.bound_us);
        let bytes = (self.buffer.len() + self.request.group_len()) as u32;
        self.chip.spend(self.needed_us() + LATE_US + bytes * BYTE_US);
    }

    /// Whether the command may not end before the watchdog bites.
    pub(super) fn is_short(&self, now: Option<u32>) -> bool {
        let awake_us = now.map_or(self.chip.awake_us, |now| now.wrapping_sub(self.chip.woken_us));
        let needed = self.needed_us() + MARGIN_US + self.chip.busy_us;
        awake_us > timing::WATCHDOG_MIN_US.saturating_sub(needed)
    }

    /// A chip that took longer than it does at the fastest clock divider is one that will, and was awake for longer.
    pub(super) fn look_at_speed(&mut self) {
        if self.sent && !self.not_acknowledged && self.waited_us > self.planned_us {
            self.chip.slow = true;
            self.chip.spend(self.waited_us);
        }
    }
}
