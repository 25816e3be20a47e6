//! Tokens of the configured device, signed by the chip. No network.
#![no_std]
#![no_main]

use atecc608::blocking::Atecc608;
use core::fmt::Arguments;
use esp_backtrace as _;
use esp_hal::delay::Delay;
use esp32::board::{self, NAME, WAKE};
use esp32::console::Console;
use esp32::settings::{BUILD_TIME, SETTINGS};
use esp32::{chip, halt};
use operator::{Terminal, look_for, sign};

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    let parts = board::take(esp_hal::init(esp_hal::Config::default()));
    let mut console = Console::new(parts.serial).unwrap_or_else(|error| halt("the serial port", error));
    let bus = chip::bus(parts.i2c, parts.sda, parts.scl).unwrap_or_else(|error| halt("the I2C bus", error));
    let mut chip = Atecc608::new(bus, Delay::new()).with_wake(WAKE);
    let device = SETTINGS.device.device().unwrap_or_else(|error| halt("[device] in config.toml", error));
    let identity =
        SETTINGS.federation.identity().unwrap_or_else(|error| halt("[federation] in config.toml", error));
    loop {
        console.say(format_args!("\nsign: {NAME}"));
        (chip, _) = look_for(chip);
        // What came of it has been said.
        let _ = sign(&mut chip, &device, &identity, BUILD_TIME, &mut console);
        console.ask(AGAIN, None);
    }
}

const AGAIN: Arguments<'static> = format_args!("Enter signs again. ");
