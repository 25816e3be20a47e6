//! What happens, one line each on the serial port.

use crate::led::Led;
use cloud_app::{Event, Observer};
use embassy_time::Instant;
use esp_println::println;

/// Prints events, and lights the LED until what waits is published.
#[derive(Debug, Clone, Copy)]
pub struct Log {
    led: &'static Led,
}

impl Log {
    /// With the LED.
    #[must_use]
    pub const fn new(led: &'static Led) -> Self {
        Self { led }
    }
}

impl Observer for Log {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Published { waiting: 0, .. } = event {
            self.led.publishing(false);
        }
        println!("[{:>7}] {event}", Instant::now().as_secs());
    }
}
