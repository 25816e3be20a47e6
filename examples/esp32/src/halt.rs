//! The end of what can be done.

use core::fmt;
use esp_hal::delay::Delay;
use esp_println::println;

/// Says why it can't go on, and stays there.
pub fn halt(tried: &str, cause: impl fmt::Debug) -> ! {
    println!("ERROR: {tried}: {cause:?}. This is a fault of the board file; nothing more is done.");
    loop {
        Delay::new().delay_millis(1000);
    }
}
