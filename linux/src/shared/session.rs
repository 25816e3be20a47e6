//! One session with the chip: from its lock to its sleep.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use atecc608::Address;
use atecc608::blocking::Atecc608;
use embedded_hal::delay::DelayNs;

use super::{Chip, Shared, SharedChip};
use crate::bus::{AnyBus, AnyDelay, State};
use crate::device::Watch;
use crate::error::{ChipError, Failure};
use crate::gate::Closed;
use crate::lock::{Before, Busy, ChipLock};
#[cfg(feature = "sim")]
use crate::simulator::Simulator;

/// How often a chip is told to sleep that does not acknowledge it, and how long it is left alone in between.
const SLEEP_TRIES: u8 = 3;
const SLEEP_AGAIN_US: u32 = 10_000;

/// What one thread at a time has.
pub(super) struct Inner {
    chip: Chip,
    address: Address,
    bus: Arc<State>,
    lock: Option<ChipLock>,
    #[cfg(feature = "sim")]
    pub(super) simulator: Option<Simulator>,
}

impl Inner {
    pub(super) fn new((bus, delay): (AnyBus, AnyDelay), address: Address, lock: Option<ChipLock>) -> Self {
        Self {
            bus: bus.state(),
            chip: fresh(bus, delay, address),
            address,
            lock,
            #[cfg(feature = "sim")]
            simulator: None,
        }
    }

    pub(super) fn bus(&self) -> Arc<State> {
        Arc::clone(&self.bus)
    }

    /// The session before has left the chip in any state, or may have: what was known of it is forgotten.
    fn forget(self) -> Self {
        self.bus.forget();
        let (bus, delay) = self.chip.release();
        Self { chip: fresh(bus, delay, self.address), ..self }
    }

    /// The same, and it shall sleep.
    fn settle(self) -> Self {
        let (mut bus, mut delay) = self.chip.release();
        for again in 0..SLEEP_TRIES {
            if again > 0 {
                delay.delay_us(SLEEP_AGAIN_US);
            }
            bus.sleep();
            if self.bus.asleep() {
                break;
            }
        }
        Self { chip: fresh(bus, delay, self.address), ..self }
    }

    /// Has the file of a simulated chip written.
    fn keep(&mut self) -> Result<(), Failure> {
        #[cfg(feature = "sim")]
        if let Some(simulator) = &self.simulator {
            return simulator.keep().map_err(Failure::State);
        }
        Ok(())
    }
}

/// A handle that knows nothing of the chip: its first operation puts it to sleep before it wakes it.
fn fresh(bus: AnyBus, delay: AnyDelay, address: Address) -> Chip {
    Atecc608::new(bus, delay).with_address(address)
}

impl Shared {
    /// Waits until the chip is nobody's.
    fn begin(&self) -> Result<Inner, Failure> {
        let until = Instant::now().checked_add(self.wait);
        let mut inner = self.gate.take(until).map_err(|closed| {
            Failure::Busy(match closed {
                Closed::Mine => Busy::ThisThread,
                Closed::Others => Busy::Thread { waited: self.wait },
            })
        })?;
        match inner.lock.as_mut().map(|lock| lock.take(until, self.wait)).transpose() {
            Ok(Some(Before::Unknown)) => inner = inner.forget(),
            Ok(_) => {}
            Err(not_held) => {
                self.gate.put(inner);
                return Err(not_held.into());
            }
        }
        inner.bus.begin();
        Ok(inner)
    }

    /// Puts the chip to sleep, then lets others have it.
    fn end(&self, mut inner: Inner) -> Result<(), Failure> {
        if !inner.bus.asleep() {
            inner = inner.settle();
        }
        let kept = inner.keep();
        let asleep = inner.bus.asleep();
        if let Some(lock) = &mut inner.lock {
            lock.release(asleep);
        }
        self.gate.put(inner);
        kept
    }
}

impl SharedChip {
    /// One session with the driver. What was asked, if it is one thing, is said in the error.
    pub(super) fn ask<R, X: Into<Failure>>(
        &self,
        asked: impl FnOnce() -> Option<String>,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, ChipError> {
        self.session(asked, |mut inner| {
            let result = caught(|| work(&mut inner.chip));
            (inner, result)
        })
    }

    /// One session without the driver: with what it works on, and with a clock, in nanoseconds. For programs that send
    /// bytes of their own. When it is over the chip sleeps, whatever happened, and nothing of it is taken for known.
    ///
    /// # Errors
    ///
    /// As [`with`](Self::with).
    pub fn with_bus<R, X: Into<Failure>>(
        &self,
        work: impl FnOnce(&mut AnyBus, &mut AnyDelay, &mut dyn FnMut() -> u64) -> Result<R, X>,
    ) -> Result<R, ChipError> {
        self.session(
            || None,
            |inner| {
                let (mut bus, mut delay) = inner.chip.release();
                let mut clock = delay.clock();
                let result = caught(|| work(&mut bus, &mut delay, &mut clock));
                (Inner { chip: fresh(bus, delay, inner.address), ..inner }, result)
            },
        )
    }

    fn session<R>(
        &self,
        asked: impl FnOnce() -> Option<String>,
        work: impl FnOnce(Inner) -> (Inner, thread::Result<Result<R, Failure>>),
    ) -> Result<R, ChipError> {
        let shared = &*self.shared;
        let failed = |failure, trouble| {
            let chip = format!("the chip at {} on {}", shared.address, shared.location);
            let tried = match asked() {
                Some(asked) => format!("{chip} was asked {asked}, and that failed"),
                None => format!("a session with {chip} failed"),
            };
            ChipError::new(tried, failure, trouble)
        };
        let (inner, result) = match shared.begin() {
            Ok(inner) => work(inner),
            Err(failure) => return Err(failed(failure, None)),
        };
        // Before the chip is told to sleep, of which the kernel may say something else. What a closure made a text of
        // is explained, too; but not by what was said in an earlier session.
        let trouble = match &result {
            Ok(Err(Failure::Chip(_) | Failure::Other(_))) if inner.bus.used() => {
                shared.watch.as_ref().and_then(Watch::trouble)
            }
            _ => None,
        };
        let kept = shared.end(inner);
        match (result.unwrap_or_else(|panic| panic::resume_unwind(panic)), kept) {
            (Ok(value), Ok(())) => Ok(value),
            (Err(failure), _) | (Ok(_), Err(failure)) => Err(failed(failure, trouble)),
        }
    }
}

/// A panic ends the session as everything else does.
fn caught<R, X: Into<Failure>>(work: impl FnOnce() -> Result<R, X>) -> thread::Result<Result<R, Failure>> {
    panic::catch_unwind(AssertUnwindSafe(|| work().map_err(Into::into)))
}
