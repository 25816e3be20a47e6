//! Who is on the bus: nobody, somebody else, two chips, another master.

use super::Atecc608;
use super::rig::Rig;
use atecc608::wire::Opcode;
use atecc608::{Address, Error, ErrorKind, Slot};
use atecc608_sim::chip::PowerState;
use atecc608_sim::hal::{I2cError, SimI2c};
use atecc608_sim::{Bus, Chip, ChipId};
use embedded_hal::i2c::{self, I2c, NoAcknowledgeSource};
use testkit::hook::{Hook, HookDelay};
use testkit::{Failure, KEY, Locks, NACK, known_public_key, sha256, verifies};

const NOBODY: Failure = Error::without_command(ErrorKind::NoDevice(NACK));

fn driver(bus: &Bus) -> Atecc608<SimI2c, HookDelay> {
    Atecc608::new(bus.i2c(), HookDelay::new(bus, &Hook::default()))
}

/// Within the time that the handle's documentation states.
#[test]
fn a_missing_chip_is_noticed_in_bounded_time() {
    let bus = Bus::new();
    let mut chip = driver(&bus);
    for _ in 0..3 {
        let before = bus.now();
        assert_eq!(go!(chip.sign_digest(Slot::S0, &[1; 32])), Err(NOBODY));
        assert!(bus.now() - before <= 300_000_000, "{} ns", bus.now() - before);
    }
}

#[test]
fn a_chip_that_vanishes_is_noticed_in_bounded_time() {
    let mut rig = Rig::workbench(Locks::Both);
    op!(rig.revision()).unwrap();
    rig.poke(|eeprom| {
        let mut zone = *eeprom.config();
        zone[16] = 0x6A;
        eeprom.set_config(&zone);
    });
    let before = rig.bus.now();
    let gone = Error::new(Opcode::Info, ErrorKind::NoDevice(NACK));
    assert_eq!(go!(rig.chip.revision()), Err(gone));
    assert!(rig.bus.now() - before <= 90_000_000, "{} ns", rig.bus.now() - before);
}

#[test]
fn a_wrong_address() {
    let Rig { chip, bus, .. } = Rig::workbench(Locks::Both);
    let mut chip = chip.with_address(Address::from_7bit(0x35).unwrap());
    assert_eq!(go!(chip.revision()), Err(NOBODY));
    assert_eq!(go!(chip.serial_number()), Err(NOBODY));
    let mut chip = chip.with_address(Address::DEFAULT);
    go!(chip.revision()).unwrap();
    drop(bus);
}

/// HALs report a missing acknowledge in several ways; some can't tell it from a dead bus.
#[test]
fn every_kind_of_missing_acknowledge() {
    use NoAcknowledgeSource::{Address as OfAddress, Data, Unknown};
    use i2c::ErrorKind::{Bus as AnyBus, NoAcknowledge, Other};
    for kind in [NoAcknowledge(OfAddress), NoAcknowledge(Data), NoAcknowledge(Unknown), Other, AnyBus] {
        let Rig { bus, .. } = Rig::workbench(Locks::Both);
        let i2c = || bus.i2c().report_nack_as(kind);
        let mut chip = Atecc608::new(i2c(), HookDelay::new(&bus, &Hook::default()));
        for _ in 0..2 {
            let signature = go!(chip.sign_digest(Slot::S2, &[3; 32])).unwrap();
            assert!(verifies(&known_public_key(), &[3; 32], &signature), "{kind:?}");
        }
        // Nobody there: both causes where they can't be told apart, the bus error, in the same time.
        let before = bus.now();
        let mut nobody = Atecc608::new(i2c(), HookDelay::new(&bus, &Hook::default()))
            .with_address(Address::from_7bit(0x35).unwrap());
        let failure: Failure = go!(nobody.revision()).unwrap_err();
        let told = ErrorKind::NoDevice(I2cError::new(kind));
        assert_eq!(failure, Error::without_command(told));
        let certain = matches!(kind, NoAcknowledge(_));
        assert_eq!(failure.to_string().contains("the bus is dead"), !certain, "{failure}");
        assert!(bus.now() - before <= 300_000_000, "{} ns", bus.now() - before);
    }
}

/// Two chips and their drivers on one bus: each answers for itself, in any order.
#[test]
fn two_chips() {
    let Rig { chip: mut first, bus, .. } = Rig::workbench(Locks::Both);
    let mut eeprom = Rig::of(Chip::blank(2)).eeprom();
    let mut zone = bus.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config());
    zone[..16].copy_from_slice(&eeprom.config()[..16]);
    zone[16] = 0x35 << 1;
    eeprom.set_config(&zone);
    eeprom.set_private_key(2, &[0x22; 32]);
    let second_id = bus.add(Chip::with_eeprom(eeprom));
    let mut second = driver(&bus).with_address(Address::from_7bit(0x35).unwrap());

    let keys = [go!(first.public_key(Slot::S2)).unwrap(), go!(second.public_key(Slot::S2)).unwrap()];
    assert_eq!(keys[0], known_public_key());
    assert_ne!(keys[0], keys[1]);
    assert_ne!(go!(first.serial_number()).unwrap(), go!(second.serial_number()).unwrap());
    for turn in 0..8_u8 {
        let digest = sha256(&[turn]);
        let a = go!(first.sign_digest(Slot::S2, &digest)).unwrap();
        let b = go!(second.sign_digest(Slot::S2, &digest)).unwrap();
        assert!(verifies(&keys[0], &digest, &a) && verifies(&keys[1], &digest, &b));
        assert_eq!(go!(second.verify(&keys[0], &digest, &a)), Ok(()));
        assert_eq!(go!(first.verify(&keys[1], &digest, &b)), Ok(()));
        let message = vec![turn; 100 * usize::from(turn)];
        assert_eq!(go!(first.sha256(&message)), Ok(sha256(&message)));
        assert_eq!(go!(second.sha256(&message)), Ok(sha256(&message)));
    }
    // The last user's chip sleeps; the other heard its wake pulse and sleeps when its watchdog says so.
    bus.advance(1_700_000_000);
    for id in [ChipId::FIRST, second_id] {
        assert_eq!(bus.with_chip(id, |chip| chip.state(u64::MAX)), PowerState::Asleep);
    }
    go!(first.revision()).unwrap();
    drop(bus);
}

/// Another master talks to another device, or to the chip itself, between two operations.
#[test]
fn another_master() {
    let mut rig = Rig::workbench(Locks::Both);
    let mut other = rig.bus.i2c();
    let talk: [fn(&mut SimI2c); 6] = [
        |_| {},
        // Long runs of zeros, to nobody: they wake the chip.
        |other| {
            other.write(0x00, &[0; 4]).unwrap_err();
        },
        // It wakes the chip and leaves it awake.
        |other| {
            other.write(0x00, &[0]).unwrap_err();
            other.bus().advance(1_600_000);
            let mut wake_response = [0; 4];
            other.read(0x60, &mut wake_response).unwrap();
            assert_eq!(wake_response, [0x04, 0x11, 0x33, 0x43]);
        },
        // It asks the chip something and leaves the answer there.
        |other| {
            other.write(0x00, &[0]).unwrap_err();
            other.bus().advance(1_600_000);
            other.write(0x60, &[0x03, 0x07, 0x30, 0, 0, 0, 0x03, 0x5D]).unwrap();
            other.bus().advance(3_000_000);
        },
        // The chip is still busy with it.
        |other| {
            other.write(0x00, &[0]).unwrap_err();
            other.bus().advance(1_600_000);
            other.write(0x60, &[0x03, 0x07, 0x30, 0, 0, 0, 0x03, 0x5D]).unwrap();
        },
        // It leaves it idle.
        |other| {
            other.write(0x00, &[0]).unwrap_err();
            other.bus().advance(1_600_000);
            other.write(0x60, &[0x02]).unwrap();
        },
    ];
    for (case, talk) in talk.into_iter().enumerate() {
        for pause in [0, 100_000, 1_000_000, 700_000_000, 2_000_000_000] {
            talk(&mut other);
            rig.bus.advance(pause);
            let digest = sha256(&[case as u8]);
            let result = op!(rig.sign_digest(Slot::S2, &digest));
            // Whose command the chip was busy with it can't tell.
            let result = match result {
                Err(Error { kind: ErrorKind::Bus(_) | ErrorKind::Crc, .. })
                    if case == 4 && pause <= 1_000_000 =>
                {
                    op!(rig.sign_digest(Slot::S2, &digest))
                }
                result => result,
            };
            let signature = result.unwrap();
            assert!(verifies(&known_public_key(), &digest, &signature), "{case} {pause}");
        }
    }
    assert_eq!(rig.eeprom().slot(2)[4..], KEY);
}
