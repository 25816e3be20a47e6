//! The delay.

use super::pending::pend;
use crate::bus::Bus;
use crate::chip::Nanos;

/// A delay, blocking and async, that passes a [`Bus`]'s time.
#[derive(Debug, Clone)]
pub struct SimDelay {
    bus: Bus,
    yields: bool,
}

impl Bus {
    /// A delay that passes this bus's time.
    #[must_use]
    pub fn delay(&self) -> SimDelay {
        SimDelay { bus: self.clone(), yields: false }
    }
}

impl SimDelay {
    /// The bus whose time it passes.
    #[must_use]
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// The same delay, whose async calls are pending once before time passes; see [`SimI2c::yielding`](super::SimI2c::yielding).
    #[must_use]
    pub fn yielding(mut self) -> SimDelay {
        self.yields = true;
        self
    }
}

impl embedded_hal::delay::DelayNs for SimDelay {
    fn delay_ns(&mut self, ns: u32) {
        self.bus.advance(Nanos::from(ns));
    }

    fn delay_us(&mut self, us: u32) {
        self.bus.advance(Nanos::from(us) * 1_000);
    }

    fn delay_ms(&mut self, ms: u32) {
        self.bus.advance(Nanos::from(ms) * 1_000_000);
    }
}

impl embedded_hal_async::delay::DelayNs for SimDelay {
    async fn delay_ns(&mut self, ns: u32) {
        pend(self.yields).await;
        self.bus.advance(Nanos::from(ns));
    }

    async fn delay_us(&mut self, us: u32) {
        pend(self.yields).await;
        self.bus.advance(Nanos::from(us) * 1_000);
    }

    async fn delay_ms(&mut self, ms: u32) {
        pend(self.yields).await;
        self.bus.advance(Nanos::from(ms) * 1_000_000);
    }
}
