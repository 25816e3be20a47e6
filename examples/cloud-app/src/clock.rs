//! Time that passes: how long the device is up, and waiting.

use core::fmt;
use core::future::Future;
use embassy_futures::select::{Either, select};

/// A clock that starts at an unknown moment and never goes back, and a timer on it.
///
/// It need not know the date: [`UnixClock`](crate::UnixClock) does.
pub trait Clock {
    /// Milliseconds since some moment, such as the start of the device. Never less than before.
    fn uptime_ms(&self) -> u64;

    /// Waits for at least so many milliseconds. Dropping it is harmless.
    fn sleep_ms(&self, ms: u64) -> impl Future<Output = ()>;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn uptime_ms(&self) -> u64 {
        C::uptime_ms(self)
    }

    async fn sleep_ms(&self, ms: u64) {
        C::sleep_ms(self, ms).await;
    }
}

/// There was no result in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elapsed;

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it took too long")
    }
}

impl core::error::Error for Elapsed {}

/// Runs `work` for at most `ms` milliseconds, and drops it then.
///
/// # Errors
/// [`Elapsed`] if `work` was not ready in time.
pub async fn within<C: Clock, F: Future>(clock: &C, ms: u64, work: F) -> Result<F::Output, Elapsed> {
    match select(work, clock.sleep_ms(ms)).await {
        Either::First(output) => Ok(output),
        Either::Second(()) => Err(Elapsed),
    }
}
