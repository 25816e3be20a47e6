//! Time since the start.

use cloud_app::Clock;
use embassy_time::{Instant, Timer};

/// The SoC's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ticks;

impl Clock for Ticks {
    fn uptime_ms(&self) -> u64 {
        Instant::now().as_millis()
    }

    async fn sleep_ms(&self, ms: u64) {
        Timer::after_millis(ms).await;
    }
}
