//! What is found, and what is said when nothing is.

use super::Script;
use crate::{State, Stopped, Wiring, scan};
use atecc608::Slot;
use atecc608::blocking::{Atecc608, ZeroByte};
use atecc608::config::preset;
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608_sim::{Bus, Chip, ChipId, Fault};

const WIRING: Wiring = Wiring { sda: "GPIO5", scl: "GPIO6", khz: 100 };

fn run(bus: &Bus) -> (Result<State, Stopped>, Script) {
    let mut script = Script::default();
    let result = scan(bus.i2c(), bus.delay(), ZeroByte, WIRING, &mut script);
    (result, script)
}

#[test]
fn a_blank_chip() {
    let bus = Bus::with_blank_chip(1);
    let serial = Atecc608::new(bus.i2c(), bus.delay()).serial_number().unwrap();
    let (result, script) = run(&bus);
    assert_eq!(result, Ok(State::Blank));
    let serial = std::format!("Serial: {serial}");
    script.showed(&["ATECC608A (00006002) at 0x60", &serial, "config zone unlocked, data zone unlocked"]);
    script.showed(&["Next: flash `provision`"]);
}

#[test]
fn a_chip_on_its_way_and_one_that_is_ready() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    chip.commit(&chip_plan(&bus, &wanted), NoMoreConfigWrites).unwrap();
    let (result, script) = run(&bus);
    assert_eq!(result, Ok(State::HalfWay));
    script.showed(&["config zone locked, data zone unlocked", "slot 0: none", "it goes on"]);
    let mut consent = Script::answering(["LOCK"]);
    crate::provision(&mut Atecc608::new(bus.i2c(), bus.delay()), "k", &mut consent).unwrap();
    let (result, script) = run(&bus);
    assert_eq!(result, Ok(State::Ready));
    script.showed(&["config zone locked, data zone locked", "slot 0: there is one", "Next: flash `sign`"]);
}

fn chip_plan(bus: &Bus, wanted: &atecc608::config::ConfigZone) -> atecc608::config::plan::Plan {
    Atecc608::new(bus.i2c(), bus.delay()).plan(wanted).unwrap()
}

#[test]
fn nobody_there() {
    let (result, script) = run(&Bus::new());
    assert_eq!(result, Err(Stopped));
    script.showed(&["ERROR: no ATECC608 found at 0x60", "Nobody answers on the whole bus", "1. wiring"]);
    script.showed(&[
        "SDA to GPIO5",
        "SCL to GPIO6",
        "2. supply",
        "3. pull-ups",
        "4. address",
        "5. bus speed: 100",
    ]);
}

#[test]
fn a_chip_at_another_address_is_named() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut moved = chip.read_config().unwrap();
    moved.set_byte(16, 0xB0);
    chip.write_config(&moved).unwrap();
    bus.power_cycle();
    let (result, script) = run(&bus);
    assert_eq!(result, Err(Stopped));
    script.showed(&["no ATECC608 found at 0x60", "0x58 answers: ATECC608A", "The bus works"]);
}

/// Trust&GO as it is sold: at 0x35, locked with its maker's configuration, with a key in slot 0.
#[test]
fn a_chip_of_somebody_else_is_taken_as_it_is() {
    let bus = Bus::with_blank_chip(1);
    let lock = |data: u8| {
        bus.with_chip(ChipId::FIRST, |chip| {
            let mut config = *chip.eeprom().config();
            config[16..84].copy_from_slice(&preset::TNGTLS[16..84]);
            config[88..].copy_from_slice(&preset::TNGTLS[88..]);
            (config[86], config[87]) = (data, 0);
            chip.eeprom_mut().set_config(&config);
        });
        bus.power_cycle();
    };
    lock(0x55);
    let (mut chip, address) = crate::look_for(Atecc608::new(bus.i2c(), bus.delay()));
    assert_eq!(address.to_7bit(), 0x35);
    let key = chip.generate_key(Slot::S0, atecc608::irreversible::OldKeyIsLost).unwrap();
    lock(0x00);
    let (result, script) = run(&bus);
    assert!(matches!(result, Ok(State::Foreign(_))), "{result:?}");
    script.showed(&["ATECC608A (00006002) at 0x35", "It has a key that may sign in slot 0"]);
    let mut script = Script::default();
    assert_eq!(crate::provision(&mut chip, "k", &mut script), Ok(crate::Outcome::WasReady));
    script.showed(&["has a key that may sign in slot 0. Nothing is changed.", "-----BEGIN PUBLIC KEY-----"]);
    assert_eq!(chip.public_key(Slot::S0), Ok(key));
}

#[test]
fn a_stuck_line_is_told_from_a_missing_chip() {
    let bus = Bus::new();
    bus.add(Chip::blank(1));
    bus.inject(Fault::SdaStuck { duration: 3_600_000_000_000 });
    let (result, script) = run(&bus);
    assert_eq!(result, Err(Stopped));
    script.showed(&["ERROR: no ATECC608 found at 0x60", "I2C error", "a line stays low"]);
}
