//! Chips that are taken out and put in while the bus goes on.

use atecc608_sim::chip::{Ack, PowerState};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::common::*;

const GEN_KEY: u8 = 0x40;
const WRITE: u8 = 0x12;
const SIGNER: u8 = 0x62;

/// A blank chip whose configuration is locked.
fn configured(seed: u64) -> Chip {
    let mut chip = Chip::blank(seed);
    let mut config = *chip.eeprom().config();
    config[87] = 0;
    chip.eeprom_mut().set_config(&config);
    chip
}

fn serial(chip: &Chip) -> Vec<u8> {
    chip.eeprom().config()[..13].to_vec()
}

/// What the chip at 0x60 says its first bytes are.
fn read_serial(bus: &Bus) -> Vec<u8> {
    wake(&mut bus.i2c(), &mut bus.delay());
    execute(bus, &command(0x02, 0x80, 0, &[]))[..13].to_vec()
}

#[test]
fn one_after_the_other() {
    let bus = Bus::new();
    let socket = bus.add(configured(0));
    for seed in 1..4 {
        assert_eq!(read_serial(&bus), serial(&configured(seed - 1)));
        // Something to remember.
        let block = [seed as u8; 32];
        assert_eq!(execute(&bus, &command(WRITE, 0x82, 9 << 3, &block)), [0]);
        let old = bus.replace(socket, configured(seed)).expect("there was a chip");
        assert_eq!(old.slot(9)[..32], block);
        assert_eq!(old.config()[..13], serial(&configured(seed - 1)));
        // In another socket it goes on with what it has.
        let elsewhere = Bus::new();
        let id = elsewhere.add(Chip::with_eeprom(old));
        assert_eq!(read_serial(&elsewhere), serial(&configured(seed - 1)));
        assert_eq!(elsewhere.with_chip(id, |chip| chip.eeprom().slot(9)[..32].to_vec()), block);
        bus.delay().delay_ms(1);
    }
    assert_eq!(format!("{bus:?}").matches("chips: 1").count(), 1);
}

#[test]
fn an_empty_socket_answers_nothing() {
    let bus = Bus::with_blank_chip(1);
    wake(&mut bus.i2c(), &mut bus.delay());
    assert!(bus.remove(ChipId::FIRST).is_some());
    assert!(bus.i2c().write(ADDRESS, &INFO).is_err());
    wake(&mut bus.i2c(), &mut bus.delay());
    assert!(bus.i2c().read(ADDRESS, &mut [0; 4]).is_err());
    assert!(bus.remove(ChipId::FIRST).is_none(), "it is out");
    bus.power_cycle();
    assert!(bus.replace(ChipId::FIRST, Chip::blank(2)).is_none(), "nothing was in");
    bus.delay().delay_ms(1);
    assert_eq!(read_serial(&bus), serial(&Chip::blank(2)));
}

#[test]
#[should_panic(expected = "the socket of chip 0 is empty")]
fn there_is_no_chip_to_look_at() {
    let bus = Bus::with_blank_chip(1);
    bus.remove(ChipId::FIRST);
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().generation());
}

/// Between its STOP and its end a command has changed nothing; after it, everything.
#[test]
fn what_is_not_over_never_was() {
    for (wait_ms, written) in [(0, false), (500, true)] {
        let bus = Bus::new();
        let socket = bus.add(configured(1));
        wake(&mut bus.i2c(), &mut bus.delay());
        bus.i2c().write(ADDRESS, &command(GEN_KEY, 0x04, 0, &[])).unwrap();
        bus.delay().delay_ms(wait_ms);
        let eeprom = bus.remove(socket).unwrap();
        assert_eq!(eeprom.slot(0) != [0xFF; 36], written, "{wait_ms}");
    }
}

/// The chip goes in the middle of a byte stream: neither it nor the new one takes the rest.
#[test]
fn in_the_middle_of_a_transaction() {
    let bus = Bus::new();
    let socket = bus.add(configured(1));
    wake(&mut bus.i2c(), &mut bus.delay());
    let mut master = bus.master();
    assert_eq!(master.start(ADDRESS << 1), Ack::Ack);
    assert_eq!(master.write(0x03), Ack::Ack);
    bus.replace(socket, configured(2));
    assert_eq!(master.write(0x07), Ack::Nack);
    master.stop();
    assert!(bus.i2c().read(ADDRESS, &mut [0; 4]).is_err(), "it was not woken");
}

/// A supply that has just come on is no chip yet: tPU (chip reference 1.3).
#[test]
fn a_new_chip_needs_its_time() {
    let bus = Bus::with_blank_chip(1);
    bus.delay().delay_ms(5);
    bus.replace(ChipId::FIRST, Chip::blank(2));
    bus.hold_sda_low(90_000);
    assert_eq!(bus.with_chip(ChipId::FIRST, |chip| chip.state(5_090_000)), PowerState::Asleep);
    bus.delay().delay_us(200);
    bus.hold_sda_low(90_000);
    bus.delay().delay_us(1500);
    let mut answer = [0; 4];
    bus.i2c().read(ADDRESS, &mut answer).unwrap();
    assert_eq!(answer, AFTER_WAKE);
}

/// The other chip on the bus notices nothing: what it holds in TempKey is signed after the change.
#[test]
fn the_signer_stays() {
    let bus = Bus::new();
    let signer = bus.add(Preset::DemoSigner.chip(7));
    let socket = bus.add(Chip::blank(1));
    let (mut i2c, mut delay) = (bus.i2c(), bus.delay());
    wake(&mut i2c, &mut delay);
    i2c.write(SIGNER, &command(0x16, 0x03, 0, &[0x17; 32])).unwrap();
    delay.delay_ms(30);
    bus.replace(socket, Chip::blank(2));
    i2c.write(SIGNER, &command(0x41, 0x80, 0, &[])).unwrap();
    delay.delay_ms(200);
    let mut answer = [0; 67];
    i2c.read(SIGNER, &mut answer).unwrap();
    assert_eq!(answer[0], 67, "a signature");
    bus.with_chip(signer, |chip| assert_eq!(chip.executed().len(), 2));
    bus.with_chip(socket, |chip| assert!(chip.executed().is_empty()));
}
