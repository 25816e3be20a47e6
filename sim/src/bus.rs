//! One I2C bus with a virtual clock and any number of chips on it.

mod counters;
mod fault;
mod master;
mod sockets;
mod wire;

use core::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

pub use counters::Counters;
pub use fault::Fault;
pub use master::Master;

use crate::chip::{Chip, Nanos};
use crate::trace::Trace;
use wire::Wire;

/// Bus clock of a master that sets none, in Hz.
pub const DEFAULT_CLOCK_HZ: u32 = 100_000;

/// Names a chip on its [`Bus`], or rather its socket: [`Bus::replace`] puts another chip there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChipId(usize);

impl ChipId {
    /// The chip that was added first, for instance the one of [`Bus::with_blank_chip`].
    pub const FIRST: ChipId = ChipId(0);
}

/// A handle to one simulated I2C bus; clones are handles to the same bus, from any thread.
///
/// Time is virtual and counted in nanoseconds from the bus's creation. Only bits on the wire, delays and
/// pulses move it, so tests are exact and fast; [`Bus::real_time`] makes a bus that the host's clock moves.
///
/// When the last handle goes while its thread panics, which is what a failing test does, the end of the
/// [trace](Bus::trace) is printed to standard error. A handle that outlives the panic (in another thread,
/// in a `static`) keeps the bus alive and silent: print `bus.trace()` there.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

struct Shared {
    wire: Mutex<Wire>,
    /// Signalled when a master has let go of the bus.
    freed: Condvar,
    /// What the host's clock is counted from, on a bus in real time.
    epoch: Option<Instant>,
    next_master: AtomicU64,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Wire> {
        self.lock_unless(|_| false)
    }

    /// The bus, locked, once `busy` is no longer true.
    fn lock_unless(&self, busy: impl Fn(&Wire) -> bool) -> MutexGuard<'_, Wire> {
        let wire = self.wire.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.freed.wait_while(wire, |wire| busy(wire));
        let mut wire = waited.unwrap_or_else(PoisonError::into_inner);
        if let Some(epoch) = self.epoch {
            wire.catch_up(host_nanos(epoch));
        }
        wire
    }

    /// The bus, locked, once no master holds it.
    fn lock_idle(&self) -> MutexGuard<'_, Wire> {
        self.lock_unless(|wire| wire.owner.is_some())
    }

    /// In real time, sleeps until the host's clock has reached the bus's.
    fn wait_for_host(&self, now: Nanos) {
        if let Some(epoch) = self.epoch {
            let ahead = now.saturating_sub(host_nanos(epoch));
            std::thread::sleep(std::time::Duration::from_nanos(ahead));
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let wire = self.wire.get_mut().unwrap_or_else(PoisonError::into_inner);
            eprintln!("{}", wire.trace.snapshot().tail(FAILURE_LINES));
        }
    }
}

/// Lines of the trace that a failing test prints.
const FAILURE_LINES: usize = 100;

fn host_nanos(epoch: Instant) -> Nanos {
    Nanos::try_from(epoch.elapsed().as_nanos()).unwrap_or(Nanos::MAX)
}

impl Bus {
    /// An empty bus in virtual time.
    #[must_use]
    pub fn new() -> Bus {
        Bus::with_epoch(None)
    }

    /// An empty bus that the host's clock moves: delays sleep, and a transaction takes at least its time
    /// on the wire.
    #[must_use]
    pub fn real_time() -> Bus {
        Bus::with_epoch(Some(Instant::now()))
    }

    /// A bus in virtual time with one blank chip, [`ChipId::FIRST`], at address 0x60. The seed makes the
    /// chip's serial number and random numbers.
    #[must_use]
    pub fn with_blank_chip(seed: u64) -> Bus {
        let bus = Bus::new();
        bus.add(Chip::blank(seed));
        bus
    }

    fn with_epoch(epoch: Option<Instant>) -> Bus {
        let shared = Shared {
            wire: Mutex::new(Wire::new()),
            freed: Condvar::new(),
            epoch,
            next_master: AtomicU64::new(0),
        };
        Bus { shared: Arc::new(shared) }
    }

    /// Puts a chip on the bus. Chips may share an address: what they drive is then a wired AND.
    pub fn add(&self, chip: Chip) -> ChipId {
        ChipId(self.shared.lock().add(chip))
    }

    /// Runs `look` on a chip, to inspect it or to change it behind the bus's back. The bus is locked
    /// meanwhile, so `look` must not use it; take [`Bus::now`] before if it needs the time.
    ///
    /// # Panics
    ///
    /// If `id` is of another bus that has more chips, or the chip was taken out by [`Bus::remove`].
    pub fn with_chip<T>(&self, id: ChipId, look: impl FnOnce(&mut Chip) -> T) -> T {
        let mut wire = self.shared.lock();
        let chip = wire.chip(id.0);
        look(chip.unwrap_or_else(|| panic!("the socket of chip {} is empty", id.0)))
    }

    /// Takes the supply from every chip and gives it back.
    pub fn power_cycle(&self) {
        self.shared.lock().power_cycle();
    }

    /// A bus master with byte-level operations, those of the wire protocol.
    #[must_use]
    pub fn master(&self) -> Master {
        Master::new(self.clone(), self.shared.next_master.fetch_add(1, Ordering::Relaxed))
    }

    /// The bus's time in nanoseconds.
    #[must_use]
    pub fn now(&self) -> Nanos {
        self.shared.lock().now()
    }

    /// Lets time pass, in nanoseconds. In real time it sleeps.
    pub fn advance(&self, duration: Nanos) {
        let mut wire = self.shared.lock();
        if self.shared.epoch.is_none() {
            wire.advance(duration);
        } else {
            let until = wire.now().saturating_add(duration);
            drop(wire);
            self.shared.wait_for_host(until);
        }
    }

    /// Sets the clock of every master that has not set its own, in Hz; 0 counts as 1.
    pub fn set_clock_hz(&self, hz: u32) {
        self.shared.lock().clock_hz = hz;
    }

    /// Holds SDA low for so many nanoseconds, as a GPIO pin does for a wake pulse. Waits for the end of
    /// a transaction that is under way.
    pub fn hold_sda_low(&self, duration: Nanos) {
        self.pull_sda_low();
        self.advance(duration);
        self.release_sda();
    }

    pub(crate) fn pull_sda_low(&self) {
        self.shared.lock_idle().pull_sda_low(None);
    }

    pub(crate) fn release_sda(&self) {
        self.shared.lock().release_sda();
    }

    /// The level of SDA is low though nobody is in a transaction.
    pub(crate) fn sda_stuck(&self) -> bool {
        self.shared.lock().sda_held()
    }

    /// Lets one thing go wrong, once. Faults wait for their event independently of each other.
    pub fn inject(&self, fault: Fault) {
        match fault {
            Fault::SdaStuck { duration } => self.shared.lock_idle().pull_sda_low(Some(duration)),
            other => self.shared.lock().faults.push(other),
        }
    }

    /// What the bus has carried since its creation or the last reset.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.shared.lock().counters
    }

    /// Sets the counters to zero.
    pub fn reset_counters(&self) {
        self.shared.lock().counters = Counters::default();
    }

    /// A copy of the recorded events.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.shared.lock().trace.snapshot()
    }

    /// Forgets the recorded events and keeps at most `events` from here on (16 384 if never set). The
    /// oldest go first.
    pub fn restart_trace(&self, events: usize) {
        self.shared.lock().trace.restart(events);
    }
}

impl Default for Bus {
    fn default() -> Bus {
        Bus::new()
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wire = self.shared.lock();
        f.debug_struct("Bus")
            .field("now", &wire.now())
            .field("chips", &wire.chip_count())
            .field("counters", &wire.counters)
            .finish_non_exhaustive()
    }
}
