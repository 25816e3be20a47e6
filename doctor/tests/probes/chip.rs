//! A simulated chip, and what the doctor finds on it.

use std::sync::LazyLock;

use atecc608_doctor::level::Level;
use atecc608_doctor::line::{Line, Wires};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::report::{Finding, Host, Report};
use atecc608_doctor::run::{Attend, Loss, Order, Rehearsal, Simulated, examine};
use atecc608_sim::chip::Readings;
use atecc608_sim::hal::I2cError;
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip};
use embedded_hal::i2c::Error as _;

/// A blank chip that follows these readings.
pub(crate) fn blank(readings: Readings) -> Bus {
    let bus = Bus::new();
    bus.add(Chip::blank(7).with_readings(readings));
    bus
}

/// The bus of the chip, as the doctor has it.
pub(crate) fn line(bus: &Bus) -> impl Line + use<> {
    let clock = bus.clone();
    let name = |error: &I2cError| format!("{:?}", error.kind());
    Wires::new(bus.i2c(), bus.delay(), move || clock.now(), name)
}

/// What it answers to all that can be asked without spending it.
pub(crate) fn findings(bus: &Bus, level: Level) -> Vec<Finding> {
    at(bus, 0x60, level)
}

/// The same of a chip at another address.
pub(crate) fn at(bus: &Bus, address: u8, level: Level) -> Vec<Finding> {
    report(bus, address, Order::new(level)).findings
}

/// The report.
pub(crate) fn report(bus: &Bus, address: u8, order: Order<'_>) -> Report {
    let mut report = Report::new(order.level, order.plan);
    examine(&mut line(bus), address, Host::default(), order, &mut report, &mut Agrees).unwrap();
    report
}

/// Agrees to everything.
pub(crate) struct Agrees;

impl Attend for Agrees {
    fn agree(&mut self, _: Loss, _: &[u8; 9]) -> bool {
        true
    }
}

/// A plan, gone through on a simulated chip.
pub(crate) fn rehearsal(plan: Plan) -> &'static Rehearsal {
    static REHEARSALS: LazyLock<[Rehearsal; 2]> = LazyLock::new(|| {
        let chip = || Simulated::chip_in_software(line(&blank(Readings::default())), 0x60);
        Plan::ALL.map(|plan| Rehearsal::new(chip(), plan).unwrap())
    });
    REHEARSALS.iter().find(|rehearsal| rehearsal.plan() == plan).unwrap()
}

/// What it answers on its way through all stages of a plan.
pub(crate) fn spent(bus: &Bus, plan: Plan) -> Vec<Finding> {
    let rehearsal = Some(rehearsal(plan));
    report(bus, 0x60, Order { plan: Some(plan), rehearsal, ..Order::new(Level::Spend) }).findings
}

/// A part that its owner got from Microchip, or a blank one without AES.
fn others(readings: Readings) -> Vec<Finding> {
    let mut findings = Vec::new();
    for preset in [Preset::TngTls, Preset::TflxTls, Preset::TngLora] {
        let bus = Bus::new();
        bus.add(preset.chip(7).with_readings(readings));
        findings.extend(at(&bus, preset.address(), Level::Look));
    }
    findings.extend(self::findings(&without_aes(readings), Level::Blank));
    findings
}

/// A blank chip without AES.
pub(crate) fn without_aes(readings: Readings) -> Bus {
    let mut chip = Chip::blank(7).with_readings(readings);
    let mut config = *chip.eeprom().config();
    config[13] &= !1;
    chip.eeprom_mut().set_config(&config);
    let bus = Bus::new();
    bus.add(chip);
    bus
}

/// What two chips answer on both plans, and what parts that can't be spent answer.
pub(crate) fn all(readings: Readings) -> Vec<Finding> {
    let spent = Plan::ALL.iter().flat_map(|plan| spent(&blank(readings), *plan));
    spent.chain(others(readings)).collect()
}
