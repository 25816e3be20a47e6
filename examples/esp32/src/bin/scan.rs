//! Is the chip there? Who is it, and what is locked? If there is none: what to check.
#![no_std]
#![no_main]

use core::fmt::Arguments;
use esp_backtrace as _;
use esp_hal::delay::Delay;
use esp32::board::{self, NAME, WAKE, WIRING};
use esp32::console::Console;
use esp32::{chip, halt};
use operator::{Terminal, scan};

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    let parts = board::take(esp_hal::init(esp_hal::Config::default()));
    let mut console = Console::new(parts.serial).unwrap_or_else(|error| halt("the serial port", error));
    let mut bus =
        chip::bus(parts.i2c, parts.sda, parts.scl).unwrap_or_else(|error| halt("the I2C bus", error));
    let (sda, scl, khz) = (WIRING.sda, WIRING.scl, WIRING.khz);
    loop {
        console.say(format_args!("\nscan: {NAME}, SDA {sda}, SCL {scl}, {khz} kHz"));
        // What it found or could not find has been said.
        let _ = scan(&mut bus, Delay::new(), WAKE, WIRING, &mut console);
        console.ask(AGAIN, None);
    }
}

const AGAIN: Arguments<'static> = format_args!("Enter looks again. ");
