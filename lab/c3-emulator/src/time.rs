//! Virtual time: picoseconds since reset, so that a cycle of every clock is a whole number of them.

/// A moment or a duration in picoseconds; 2^64 of them are seven months.
pub(crate) type Picos = u64;

pub(crate) const NANOSECOND: Picos = 1_000;
pub(crate) const MICROSECOND: Picos = 1_000_000;
pub(crate) const MILLISECOND: Picos = 1_000_000_000;
pub(crate) const SECOND: Picos = 1_000_000_000_000;

/// Crystal, in Hz.
pub(crate) const XTAL_HZ: u64 = 40_000_000;
/// Peripheral bus while the PLL runs, in Hz.
pub(crate) const APB_HZ: u64 = 80_000_000;
/// Fast internal oscillator, in Hz.
pub(crate) const RC_FAST_HZ: u64 = 17_500_000;
/// Slow internal oscillator, in Hz.
pub(crate) const RC_SLOW_HZ: u64 = 136_000;

/// A counter that a clock drives.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counter {
    tick: Picos,
    value: u64,
    since: Picos,
    running: bool,
}

impl Counter {
    /// A counter at 0 that stands still.
    pub(crate) fn new(tick: Picos) -> Counter {
        Counter { tick: tick.max(1), ..Counter::default() }
    }

    pub(crate) fn value(&self, now: Picos) -> u64 {
        let ticks = if self.running { now.saturating_sub(self.since) / self.tick.max(1) } else { 0 };
        self.value.wrapping_add(ticks)
    }

    pub(crate) fn set(&mut self, value: u64, now: Picos) {
        self.value = value;
        self.since = now;
    }

    /// Starts, stops or changes the speed, from the present value.
    pub(crate) fn run(&mut self, running: bool, tick: Picos, now: Picos) {
        self.set(self.value(now), now);
        self.running = running;
        self.tick = tick.max(1);
    }

    /// When the counter shows `value`: in the past if it is beyond, nothing if it stands still.
    pub(crate) fn moment(&self, value: u64) -> Option<Picos> {
        let ticks = value.saturating_sub(self.value);
        self.running.then(|| self.since.saturating_add(ticks.saturating_mul(self.tick)))
    }
}
