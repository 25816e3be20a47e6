//! Plan and commit on the simulated bus.

use atecc608::blocking::Atecc608;
use atecc608::config::explain::Action;
use atecc608::config::plan::{CommitError, Plan, PlanError};
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608::{Address, Slot, asynch, config::ConfigError};
use atecc608_sim::{Bus, ChipId};
use embassy_futures::block_on;

fn config(bus: &Bus) -> ConfigZone {
    ConfigZone::from_bytes(bus.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config()))
}

/// Changes a byte behind everybody's back.
fn poke(bus: &Bus, offset: usize, value: u8) {
    bus.with_chip(ChipId::FIRST, |chip| {
        let mut config = *chip.eeprom().config();
        config[offset] = value;
        chip.eeprom_mut().set_config(&config);
    });
}

fn gcp(bus: &Bus) -> ConfigZone {
    preset::gcp_device(&config(bus))
}

#[test]
fn a_plan_is_shown_and_then_carried_out() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = gcp(&bus);
    let plan = chip.plan(&wanted).unwrap();
    assert_eq!(config(&bus).as_bytes(), plan.present().as_bytes(), "planning changes nothing");
    assert!(plan.lost().any(|lost| lost == (Slot::S0, Action::GenKey)));
    assert!(plan.lost().all(|lost| lost != (Slot::S1, Action::GenKey)));
    assert!(plan.lost_to_slot_lock(Slot::S8).any(|action| action == Action::Write));
    assert_eq!(plan.lost_to_slot_lock(Slot::S0).next(), None, "slot 0 can't be locked on its own");
    let text = plan.to_string();
    let crc = atecc608::wire::frame::crc16([&wanted.as_bytes()[..]]);
    for words in [
        &format!("Chip {}", wanted.serial_number()),
        &format!("{} bytes change:", wanted.difference(plan.present()).count()),
        "byte 20 (SlotConfig): 83 becomes 81",
        "0 errors, 0 warnings,",
        "slot 0: PrivWrite in clear; PrivWrite encrypted; GenKey new key",
        "Impossible once a slot is locked on its own, and possible until then:\n  slot 1: GenKey new key\n",
        &format!("CRC of the configuration to lock: {:02x} {:02x}", crc[0], crc[1]),
    ] {
        assert!(text.contains(words), "no {words:?} in\n{text}");
    }
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    let mut locked = wanted;
    locked.set_byte(87, 0);
    assert_eq!(config(&bus), locked);
    assert_eq!(chip.commit(&plan, NoMoreConfigWrites), Err(ConfigError::AlreadyLocked.into()));
    assert!(matches!(chip.plan(&wanted), Err(ConfigError::AlreadyLocked)));
}

#[test]
fn the_async_driver_does_the_same() {
    let bus = Bus::with_blank_chip(2);
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    let plan = block_on(chip.plan(&gcp(&bus))).unwrap();
    block_on(chip.commit(&plan, NoMoreConfigWrites)).unwrap();
    assert!(config(&bus).is_config_locked());
}

/// Half of the bytes are there already; what is missing is written.
#[test]
fn an_interrupted_commit_goes_on() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let plan = chip.plan(&gcp(&bus)).unwrap();
    for offset in 16..40 {
        poke(&bus, offset, plan.wanted().byte(offset as u8));
    }
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    assert!(config(&bus).is_config_locked());
}

#[test]
fn a_chip_that_changed_meanwhile_is_left_alone() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let plan = chip.plan(&gcp(&bus)).unwrap();
    poke(&bus, 51, 0x12);
    let before = config(&bus);
    let Err(CommitError::Config(ConfigError::Mismatch(mismatch))) = chip.commit(&plan, NoMoreConfigWrites)
    else {
        panic!("committed");
    };
    assert_eq!((mismatch.total(), mismatch.differences()[0].offset), (1, 51));
    assert_eq!(config(&bus), before);
}

/// Another chip has another serial number.
#[test]
fn a_plan_is_for_one_chip() {
    let bus = Bus::with_blank_chip(1);
    let plan = Plan::new(&config(&bus), &gcp(&bus)).unwrap();
    let other = Bus::with_blank_chip(2);
    let mut chip = Atecc608::new(other.i2c(), other.delay());
    assert!(matches!(
        chip.commit(&plan, NoMoreConfigWrites),
        Err(CommitError::Config(ConfigError::Mismatch(_)))
    ));
    assert!(!config(&other).is_config_locked());
    assert_eq!(Plan::new(&config(&other), &gcp(&bus)), Err(PlanError::NotWritable { offset: 2 }));
}

#[test]
fn errors_stop_a_commit_unless_told_otherwise() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut wanted = gcp(&bus);
    // A private key of type "data".
    wanted.set_byte(96, 0x1F);
    let plan = chip.plan(&wanted).unwrap();
    let error = chip.commit(&plan, NoMoreConfigWrites).unwrap_err();
    assert_eq!(error, CommitError::Findings { errors: 1 });
    assert!(error.to_string().ends_with("in the configuration: 1"));
    assert_eq!(config(&bus), *plan.present());
    chip.commit(&plan.despite_errors(), NoMoreConfigWrites).unwrap();
    assert!(config(&bus).is_config_locked());
}

/// The chip moves at its next wake, which is after the lock.
#[test]
fn a_new_address_is_locked_in() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let address = Address::from_7bit(0x35).unwrap();
    let mut wanted = gcp(&bus);
    wanted.set_i2c_address(address);
    let plan = chip.plan(&wanted).unwrap();
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
    assert!(chip.with_address(address).lock_state().unwrap().config);
}
