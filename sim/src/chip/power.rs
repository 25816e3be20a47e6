//! Asleep, idle, awake, and the watchdog (chip reference 1.3, 1.7, 1.8).

/// Nanoseconds on the bus's virtual clock.
pub type Nanos = u64;

/// The shortest SDA low pulse that wakes the chip (tWLO).
pub(crate) const WAKE_LOW: Nanos = 60_000;
/// From supply to the first wake pulse (tPU).
pub(crate) const POWER_UP: Nanos = 100_000;

/// What the chip is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PowerState {
    /// Waits for a wake pulse; everything volatile is lost.
    Asleep,
    /// Waits for a wake pulse; volatile state is kept.
    Idle,
    /// Within tWHI after a wake pulse: does not answer yet.
    Waking,
    /// Answers its address.
    Awake,
    /// Executes a command and does not answer.
    Busy,
}

/// The same with its times.
#[derive(Clone, Copy)]
pub(crate) enum Power {
    Asleep {
        since: Nanos,
    },
    Idle {
        since: Nanos,
    },
    /// Silent until `ready` (wake delay or a command), asleep at `watchdog`.
    On {
        ready: Nanos,
        executing: bool,
        watchdog: Nanos,
    },
}

impl Power {
    /// The state at `now`, which is not before any time mentioned so far.
    pub(crate) fn at(self, now: Nanos) -> PowerState {
        match self {
            Power::Asleep { .. } => PowerState::Asleep,
            Power::Idle { .. } => PowerState::Idle,
            Power::On { watchdog, .. } if now >= watchdog => PowerState::Asleep,
            Power::On { ready, .. } if now >= ready => PowerState::Awake,
            Power::On { executing: true, .. } => PowerState::Busy,
            Power::On { .. } => PowerState::Waking,
        }
    }

    /// Whether SDA low from `from` to `to` wakes the chip: only the part of the pulse counts that falls
    /// into its sleep.
    pub(crate) fn wakes(self, from: Nanos, to: Nanos) -> bool {
        match self {
            Power::Asleep { since } | Power::Idle { since } => to.saturating_sub(from.max(since)) >= WAKE_LOW,
            Power::On { .. } => false,
        }
    }

    /// Whether SDA low from `from` to `to` is as long as a wake pulse and finds the chip awake, not busy, all the
    /// time.
    pub(crate) fn is_pulsed_awake(self, from: Nanos, to: Nanos) -> bool {
        match self {
            Power::Asleep { .. } | Power::Idle { .. } => false,
            Power::On { ready, watchdog, .. } => {
                to.saturating_sub(from) >= WAKE_LOW && ready <= from && to < watchdog
            }
        }
    }
}
