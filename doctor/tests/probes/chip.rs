//! A simulated chip, and what the doctor finds on it.

use atecc608_doctor::level::Level;
use atecc608_doctor::line::Wires;
use atecc608_doctor::record::Record;
use atecc608_doctor::report::Finding;
use atecc608_doctor::run::{Questions, ask};
use atecc608_sim::chip::Readings;
use atecc608_sim::hal::I2cError;
use atecc608_sim::{Bus, Chip};
use embedded_hal::i2c::Error as _;

/// A blank chip that follows these readings.
pub(crate) fn blank(readings: Readings) -> Bus {
    let bus = Bus::new();
    bus.add(Chip::blank(7).with_readings(readings));
    bus
}

/// What it answers to all that can be asked at this level.
pub(crate) fn findings(bus: &Bus, level: Level) -> Vec<Finding> {
    let clock = bus.clone();
    let name = |error: &I2cError| format!("{}", error.kind());
    let mut line = Wires::new(bus.i2c(), bus.delay(), move || clock.now(), name);
    let questions = Questions { level, plan: None, only: None };
    ask(&mut line, &mut Record::default(), 0x60, questions, &mut |_| {}).unwrap()
}
