//! The end of what can be done.

use core::fmt;
use esp_hal::delay::Delay;
use esp_println::println;

/// Says why it can't go on, and stays there.
pub fn halt(tried: &str, cause: impl fmt::Display) -> ! {
    println!("ERROR: {tried}: {cause}. Nothing more is done; change that, build and flash again.");
    loop {
        Delay::new().delay_millis(1000);
    }
}
