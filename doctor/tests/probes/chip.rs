//! A simulated chip, and what the doctor finds on it.

use atecc608_doctor::level::Level;
use atecc608_doctor::line::{Line, Wires};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::record::Record;
use atecc608_doctor::report::Finding;
use atecc608_doctor::run::{Questions, ask, spend};
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

/// The bus of the chip, as the doctor has it.
pub(crate) fn line(bus: &Bus) -> impl Line {
    let clock = bus.clone();
    let name = |error: &I2cError| format!("{}", error.kind());
    Wires::new(bus.i2c(), bus.delay(), move || clock.now(), name)
}

/// What it answers to all that can be asked without spending it.
pub(crate) fn findings(bus: &Bus, level: Level) -> Vec<Finding> {
    at(bus, 0x60, level)
}

/// The same of a chip at another address.
pub(crate) fn at(bus: &Bus, address: u8, level: Level) -> Vec<Finding> {
    let questions = Questions { level, plan: None, only: None };
    ask(&mut line(bus), &mut Record::default(), address, questions, &mut |_| {}).unwrap()
}

/// What it answers on its way through all stages of a plan.
pub(crate) fn spent(bus: &Bus, plan: Plan) -> Vec<Finding> {
    spend(&mut line(bus), &mut Record::default(), 0x60, plan, &mut |_| {}).unwrap()
}

/// What two chips answer on both plans.
pub(crate) fn all(readings: Readings) -> Vec<Finding> {
    Plan::ALL.iter().flat_map(|plan| spent(&blank(readings), *plan)).collect()
}
