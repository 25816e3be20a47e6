//! A token of the configured device, signed by the chip. No network.
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
use gcp_app::Device;
use operator::{Terminal, sign};

esp_bootloader_esp_idf::esp_app_desc!();

#[esp_hal::main]
fn main() -> ! {
    let parts = board::take(esp_hal::init(esp_hal::Config::default()));
    let mut console = Console::new(parts.serial).unwrap_or_else(|error| halt("the serial port", error));
    let bus = chip::bus(parts.i2c, parts.sda, parts.scl).unwrap_or_else(|error| halt("the I2C bus", error));
    let mut chip = Atecc608::new(bus, Delay::new()).with_wake(WAKE);
    let names = &SETTINGS.device;
    loop {
        console.say(format_args!("\nsign: {NAME}"));
        match Device::new(names.project, names.region, names.registry, names.device) {
            // What came of it has been said.
            Ok(device) => _ = sign(&mut chip, &device, BUILD_TIME, &mut console),
            Err(error) => console.say(format_args!("ERROR: config.toml, [device]: {error}")),
        }
        console.ask(AGAIN, None);
    }
}

const AGAIN: Arguments<'static> = format_args!("Enter signs again. ");
