//! Stations by a recipe: without certificates, with contents, with any of the locks.

use crate::workshop::{self, MANIFEST_SIGNER, SIGNER, about, clock, key, signing_certificate};
use atecc608::blocking::Atecc608;
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::{ConfigZone, preset};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites, NoMoreSlotChanges};
use atecc608::{Address, PublicKey, Slot};
use atecc608_fleet::authority::Issuer;
use atecc608_fleet::chain::Roots;
use atecc608_fleet::manifest::Device;
use atecc608_fleet::report::{Done, Event, Line, Report};
use atecc608_fleet::station::{Agreed, Contents, Outcome, Recipe, RecipeError, Station};
use atecc608_sim::chip::Eeprom;
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, ChipId};
use p256::ecdsa::SigningKey;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

type Any = Station<SigningKey, SigningKey>;

fn blank() -> ConfigZone {
    ConfigZone::from_bytes(preset::FACTORY)
}

/// Signs in slot 0, has a key that encrypts in slot 4, what it encrypts in slot 6, and a text in slot 9.
fn sensor() -> Recipe {
    let wanted = Builder::new(&blank())
        .slot(Slot::S0, Purpose::SigningKey)
        .slot(Slot::S1, Purpose::RenewableSigningKey)
        .slot(Slot::S4, Purpose::StorageKey)
        .slot(Slot::S6, Purpose::EncryptedStorage { key: Slot::S4 })
        .slot(Slot::S9, Purpose::Data)
        .build()
        .unwrap();
    Recipe::new("sensor", &wanted)
        .with_key(Slot::S0)
        .with_key(Slot::S1)
        .with_contents(Contents::new(Slot::S6, b"the secret of this lot".to_vec()).encrypted_by(Slot::S4))
        .with_contents(Contents::new(Slot::S4, vec![0x4B; 32]))
        .with_contents(Contents::new(Slot::S9, b"sensor, lot 7".to_vec()))
}

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    (folder, path)
}

fn open(path: &Path, recipe: Recipe) -> Any {
    let manifest = (key(MANIFEST_SIGNER), signing_certificate(MANIFEST_SIGNER));
    Station::by(Report::open(path).unwrap(), recipe, None, Some(manifest), about(), clock).unwrap()
}

fn put_in(station: &mut Any, bus: &Bus, agreed: Agreed) -> Outcome {
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    station.provision_agreed(&mut chip, agreed, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap()
}

fn done(path: &Path) -> Vec<Done> {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Line>(line).unwrap());
    let done = lines.filter_map(|line| match line.event {
        Event::Done(done) => Some(*done),
        _ => None,
    });
    done.collect()
}

fn with_eeprom<T>(bus: &Bus, look: impl FnOnce(&Eeprom) -> T) -> T {
    bus.with_chip(ChipId::FIRST, |chip| look(chip.eeprom()))
}

/// Configuration and slots. What its random numbers come from changes when they are asked for.
fn contents(bus: &Bus) -> Vec<Vec<u8>> {
    with_eeprom(bus, |eeprom| {
        let slots = (0..16).map(|slot| eeprom.slot(slot).to_vec());
        slots.chain([eeprom.config().to_vec()]).collect()
    })
}

fn devices(station: &Any) -> Vec<Device> {
    let manifest = station.report().manifest().unwrap();
    let devices = manifest.verify(&[signing_certificate(MANIFEST_SIGNER)], &Roots::new()).unwrap();
    devices.all().to_vec()
}

#[test]
fn keys_and_contents_without_certificates() {
    let (_folder, path) = folder();
    let mut station = open(&path, sensor());
    let bus = Bus::with_blank_chip(1);
    let Outcome::Done { serial, certificate, found: false } = put_in(&mut station, &bus, Agreed::Blank)
    else {
        panic!("not done");
    };
    assert!(certificate.is_empty());
    // Behind the driver's back.
    with_eeprom(&bus, |eeprom| {
        assert_eq!(eeprom.config()[86..88], [0, 0]);
        assert_eq!(eeprom.slot(4)[..32], [0x4B; 32]);
        assert_eq!(&eeprom.slot(6)[..22], b"the secret of this lot");
        assert!(eeprom.slot(6)[22..].iter().all(|byte| *byte == 0xFF));
        assert_eq!(&eeprom.slot(9)[..13], b"sensor, lot 7");
        assert!(eeprom.slot(9)[13..].iter().all(|byte| *byte == 0xFF));
    });
    // Both keys, in the report and in the manifest, are those in the chip.
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let keys = [Slot::S0, Slot::S1].map(|slot| (slot.number(), chip.public_key(slot).unwrap()));
    let [done] = done(&path).try_into().unwrap();
    let told = done.keys.iter().map(|key| (key.slot, PublicKey::from(key.public_key)));
    assert_eq!(told.collect::<Vec<_>>(), keys);
    assert_eq!((done.compressed, done.certificate_sha256), (None, None));
    let [device] = devices(&station).try_into().unwrap();
    assert_eq!(device.serial, serial);
    let in_manifest = device.keys.iter().map(|key| (key.slot, key.public_key));
    assert_eq!(in_manifest.collect::<Vec<_>>(), keys);

    // It comes again, to this run and to another.
    for again in [false, true] {
        if again {
            drop(station);
            station = open(&path, sensor());
        }
        let seen = put_in(&mut station, &bus, Agreed::Blank);
        assert_eq!(seen, Outcome::Seen { serial, certificate: Vec::new() });
    }
    // The same number, another key.
    bus.with_chip(ChipId::FIRST, |chip| {
        let mut key = chip.eeprom().slot(1).to_vec();
        key[20] ^= 1;
        chip.eeprom_mut().set_slot(1, &key);
    });
    let refused = put_in(&mut station, &bus, Agreed::Any);
    assert!(
        matches!(&refused, Outcome::Refused { reason, .. } if reason.contains("other keys")),
        "{refused:?}"
    );
}

/// Stopped before each transaction, and begun again with what chip and disk have then.
#[test]
fn stopped_at_every_point() {
    use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

    struct Stops(atecc608_sim::hal::SimI2c, u32);
    impl ErrorType for Stops {
        type Error = atecc608_sim::hal::I2cError;
    }
    impl I2c for Stops {
        fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), Self::Error> {
            if self.1 == 0 {
                let source = NoAcknowledgeSource::Address;
                return Err(atecc608_sim::hal::I2cError::new(ErrorKind::NoAcknowledge(source)));
            }
            self.1 -= 1;
            self.0.transaction(address, operations)
        }
    }

    let recipe = || sensor().with_locked_slot(Slot::S1, NoMoreSlotChanges);
    let mut stops = 0;
    for at in (0..).step_by(7) {
        let (_folder, path) = folder();
        let bus = Bus::with_blank_chip(at.into());
        let mut station = open(&path, recipe());
        let mut chip = Atecc608::new(Stops(bus.i2c(), at), bus.delay());
        let agreed = Agreed::Blank;
        let first =
            station.provision_agreed(&mut chip, agreed, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
        bus.power_cycle();
        drop(station);
        let mut station = open(&path, recipe());
        let second = put_in(&mut station, &bus, agreed);
        if let Outcome::Done { .. } = first {
            assert!(matches!(second, Outcome::Seen { .. }), "{at}: {second:?}");
            break;
        }
        stops += 1;
        assert!(matches!(second, Outcome::Done { found: false, .. }), "{at}: {first:?}, {second:?}");
        assert_eq!(done(&path).len(), 1);
        assert!(with_eeprom(&bus, |eeprom| eeprom.config()[86..89] == [0, 0, 0xFD]), "{at}");
        assert_eq!(devices(&station)[0].keys.len(), 2);
    }
    assert!(stops > 30, "{stops}");
}

/// What nobody has agreed to is left alone.
#[test]
fn only_blank_chips() {
    let (_folder, path) = folder();
    let mut station = open(&path, sensor());
    // A byte of somebody's, nothing locked.
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut own = chip.read_config().unwrap();
    own.set_byte(20, own.byte(20) ^ 1);
    chip.write_config(&own).unwrap();
    let before = contents(&bus);
    let refused = put_in(&mut station, &bus, Agreed::Blank);
    assert!(
        matches!(&refused, Outcome::Refused { reason, .. } if reason.contains("not blank")),
        "{refused:?}"
    );
    assert_eq!(contents(&bus), before);
    assert!(station.would_change(&own));
    // With its number it is taken.
    let agreed = Agreed::Only(own.serial_number());
    assert!(matches!(put_in(&mut station, &bus, agreed), Outcome::Done { .. }));

    // Locked with the same configuration, by whom is not known; and a chip that is another's.
    let half = Bus::with_blank_chip(2);
    let mut chip = Atecc608::new(half.i2c(), half.delay());
    let wanted = sensor().configuration(&chip.read_config().unwrap());
    chip.write_config(&wanted).unwrap();
    chip.lock_config(&wanted, NoMoreConfigWrites).unwrap();
    let foreign = Bus::new();
    foreign.add(Preset::Arduino.chip(1));
    for (bus, reason) in [(half, "not blank"), (foreign, "is another one")] {
        let before = contents(&bus);
        let refused = put_in(&mut station, &bus, Agreed::Blank);
        assert!(
            matches!(&refused, Outcome::Refused { reason: said, .. } if said.contains(reason)),
            "{refused:?}"
        );
        assert_eq!(contents(&bus), before);
    }
}

#[test]
fn with_fewer_locks() {
    let open_data = || sensor().without_data_lock();
    let nothing = || {
        let wanted = preset::gcp_device(&blank());
        Recipe::new("trial", &wanted).without_locks()
    };
    for (recipe, locks) in [(&open_data as &dyn Fn() -> Recipe, [0x55, 0x00]), (&nothing, [0x55, 0x55])] {
        let (_folder, path) = folder();
        let mut station = open(&path, recipe());
        let bus = Bus::with_blank_chip(1);
        assert!(matches!(put_in(&mut station, &bus, Agreed::Blank), Outcome::Done { found: false, .. }));
        assert_eq!(with_eeprom(&bus, |eeprom| [eeprom.config()[86], eeprom.config()[87]]), locks);
        assert!(matches!(put_in(&mut station, &bus, Agreed::Blank), Outcome::Seen { .. }));
        assert_eq!(done(&path).len(), 1);
    }
}

/// A configuration with another address: the station says where to go on.
#[test]
fn another_address() {
    let mut wanted = preset::gcp_device(&blank());
    let there = Address::from_7bit(0x35).unwrap();
    wanted.set_i2c_address(there);
    let recipe = Recipe::new("at 0x35", &wanted).with_key(Slot::S0);
    let (_folder, path) = folder();
    let mut station = open(&path, recipe);
    let bus = Bus::with_blank_chip(1);
    let moved = put_in(&mut station, &bus, Agreed::Blank);
    let Outcome::Moved { to, .. } = moved else { panic!("{moved:?}") };
    assert_eq!(to, there);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay()).with_address(to);
    let outcome =
        station.provision_agreed(&mut chip, Agreed::Blank, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

/// Certificates go with other configurations than the preset's, and with contents beside them.
#[test]
fn certificates_and_contents() {
    let (_folder, path) = folder();
    let recipe = Recipe::x509().with_contents(Contents::new(Slot::S8, b"lot 7".to_vec()));
    let issuer = Issuer::new(key(SIGNER), workshop::certificates()).unwrap();
    let manifest = (key(MANIFEST_SIGNER), signing_certificate(MANIFEST_SIGNER));
    let report = Report::open(&path).unwrap();
    let mut station = Station::by(report, recipe, Some(issuer), Some(manifest), about(), clock).unwrap();
    let bus = Bus::with_blank_chip(1);
    let outcome = put_in(&mut station, &bus, Agreed::Blank);
    assert!(matches!(&outcome, Outcome::Done { certificate, .. } if !certificate.is_empty()), "{outcome:?}");
    assert_eq!(with_eeprom(&bus, |eeprom| eeprom.slot(8)[..5].to_vec()), b"lot 7");
    assert_eq!(workshop::devices(&station)[0].keys[0].certificates.len(), 3);
}

#[test]
fn what_no_chip_can_be_made_by() {
    use RecipeError as E;

    let gcp = || Recipe::new("gcp", &preset::gcp_device(&blank()));
    let bytes = |len| vec![1; len];
    let mut zone = preset::gcp_device(&blank());
    // An address that I2C reserves.
    zone.set_byte(16, 0x00);
    let unreachable = Recipe::new("", &zone);
    let cases = [
        (unreachable, "lint finds 1 error"),
        (gcp().with_key(Slot::S8), "no key can be made in slot 8"),
        (gcp().with_key(Slot::S0).with_key(Slot::S0), "slot 0 is named twice"),
        (gcp().with_contents(Contents::new(Slot::S0, bytes(36))), "slot 0 is for a private key"),
        (
            gcp().with_contents(Contents::new(Slot::S8, bytes(417))),
            "417 bytes do not fit slot 8, which takes 1 to 416",
        ),
        (gcp().with_contents(Contents::new(Slot::S8, bytes(0))), "0 bytes do not fit"),
        (
            gcp().with_contents(Contents::new(Slot::S8, bytes(1)).encrypted_by(Slot::S4)),
            "has to write that key first: 32 bytes for slot 4",
        ),
        (gcp().without_locks().with_key(Slot::S0), "lock it, or leave"),
        (gcp().with_locked_slot(Slot::S0, NoMoreSlotChanges), "slot 0 can't be locked"),
    ];
    for (recipe, said) in cases {
        let error = recipe.check().unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        let (_folder, path) = folder();
        let report = Report::open(&path).unwrap();
        let opened = Station::<SigningKey, SigningKey>::by(report, recipe, None, None, about(), clock);
        assert_eq!(opened.unwrap_err().to_string(), error.to_string());
        assert_eq!(std::fs::read(&path).unwrap(), b"", "something was written");
    }
    let certificates = [
        (Recipe::x509().without_data_lock(), E::NotLocked),
        (Recipe::new("no key", &preset::x509_device(&blank())), E::NoCertifiedKey),
        (Recipe::x509().with_contents(Contents::new(Slot::S11, bytes(8))), E::NoSeat(Slot::S11)),
        (gcp().with_key(Slot::S0), E::NoSeat(Slot::S10)),
    ];
    for (recipe, expected) in certificates {
        assert_eq!(recipe.check(), Ok(()));
        assert_eq!(recipe.check_certificates(), Err(expected));
    }
    assert_eq!(Recipe::x509().check_certificates(), Ok(()));
}

/// Contents may be secrets.
#[test]
fn contents_are_not_shown() {
    let shown = format!("{:?}", sensor());
    assert!(shown.contains("sensor") && !shown.contains("75, 75"), "{shown}");
}
