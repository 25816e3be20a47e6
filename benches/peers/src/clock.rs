//! The clock that `embassy-time` reads: the simulated bus's.

use atecc608_sim::Bus;
use core::task::Waker;
use embassy_time_driver::Driver;
use std::sync::Mutex;

/// The bus whose time it is.
struct Clock(Mutex<Option<Bus>>);

impl Driver for Clock {
    /// A busy wait asks again and again; each question takes a microsecond.
    fn now(&self) -> u64 {
        let bus = self.0.lock().unwrap();
        bus.as_ref().map_or(0, |bus| {
            bus.advance(1_000);
            bus.now() / 1_000
        })
    }

    /// Only the blocking half is measured, which has no wakers.
    fn schedule_wake(&self, _: u64, _: &Waker) {}
}

embassy_time_driver::time_driver_impl!(static CLOCK: Clock = Clock(Mutex::new(None)));

/// From here on the time is this bus's.
pub(crate) fn follow(bus: &Bus) {
    *CLOCK.0.lock().unwrap() = Some(bus.clone());
}
