//! One session with the chip: from its lock to its sleep.

use std::sync::Arc;

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
    /// Missing while it is made anew.
    chip: Option<Chip>,
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
            chip: Some(fresh(bus, delay, address)),
            address,
            lock,
            #[cfg(feature = "sim")]
            simulator: None,
        }
    }

    /// Forgets what is known of the chip, and has it sleep if it does not already.
    fn settle(&mut self) {
        let Some((mut bus, mut delay)) = self.chip.take().map(Chip::release) else { return };
        for again in 0..SLEEP_TRIES {
            if self.bus.asleep() {
                break;
            }
            if again > 0 {
                delay.delay_us(SLEEP_AGAIN_US);
            }
            bus.sleep();
        }
        self.chip = Some(fresh(bus, delay, self.address));
    }

    /// Has the file of a simulated chip written.
    fn keep(&mut self) -> Result<(), Failure> {
        #[cfg(feature = "sim")]
        if let Some(simulator) = &mut self.simulator {
            return simulator.keep().map_err(Failure::State);
        }
        Ok(())
    }
}

/// A handle that knows nothing of the chip: its first operation puts it to sleep before it wakes it.
fn fresh(bus: AnyBus, delay: AnyDelay, address: Address) -> Chip {
    Atecc608::new(bus, delay).with_address(address)
}

/// A session that is under way. It ends when it is dropped, also by a panic.
struct Session<'a> {
    shared: &'a Shared,
    /// There until it ends.
    inner: Option<Box<Inner>>,
    kept: Result<(), Failure>,
}

impl<'a> Session<'a> {
    fn begin(shared: &'a Shared) -> Result<Self, Failure> {
        let inner = shared.gate.take(shared.wait).map_err(|closed| {
            Failure::Busy(match closed {
                Closed::Mine => Busy::ThisThread,
                Closed::Others => Busy::Thread { waited: shared.wait },
            })
        })?;
        // From here on it is put back on every path. A lock that is not held is released without harm.
        let mut session = Self { shared, inner: Some(inner), kept: Ok(()) };
        let Some(inner) = &mut session.inner else { return Ok(session) };
        let before = inner.lock.as_mut().map(ChipLock::take).transpose()?;
        if before == Some(Before::Unknown) {
            if let Some((bus, delay)) = inner.chip.take().map(Chip::release) {
                inner.chip = Some(fresh(bus, delay, inner.address));
            }
        }
        inner.bus.begin();
        Ok(session)
    }

    /// Puts the chip to sleep, then lets others have it.
    fn end(&mut self) {
        let Some(mut inner) = self.inner.take() else { return };
        if !inner.bus.asleep() {
            inner.settle();
        }
        self.kept = inner.keep();
        let asleep = inner.bus.asleep();
        if let Some(lock) = &mut inner.lock {
            lock.release(asleep);
        }
        self.shared.gate.put(inner);
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

impl SharedChip {
    /// What was asked is said in the error.
    pub(super) fn ask<R, X: Into<Failure>>(
        &self,
        asked: impl FnOnce() -> String,
        work: impl FnOnce(&mut Chip) -> Result<R, X>,
    ) -> Result<R, ChipError> {
        let shared = &*self.shared;
        let failed = |failure, trouble| {
            let (asked, address, location) = (asked(), shared.address, &shared.location);
            ChipError::new(format!("the chip at {address} on {location} was asked {asked}"), failure, trouble)
        };
        let mut session = match Session::begin(shared) {
            Ok(session) => session,
            Err(failure) => return Err(failed(failure, None)),
        };
        let result = match session.inner.as_mut().and_then(|inner| inner.chip.as_mut()) {
            Some(chip) => work(chip).map_err(Into::into),
            None => unreachable!("a session has the chip until it ends"),
        };
        // Before the chip is told to sleep, of which the kernel may say something else.
        let trouble = match &result {
            Err(Failure::Chip(_)) => shared.watch.as_ref().and_then(Watch::trouble),
            _ => None,
        };
        session.end();
        match (result, std::mem::replace(&mut session.kept, Ok(()))) {
            (Ok(value), Ok(())) => Ok(value),
            (Err(failure), _) | (Ok(_), Err(failure)) => Err(failed(failure, trouble)),
        }
    }
}
