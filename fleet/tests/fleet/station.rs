//! What a station makes of chips.

use crate::workshop::{
    self, MANIFEST_SIGNER, SIGNER, devices, key, public, put_in, signing_certificate, station,
};
use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::config::preset;
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::Certificate;
use atecc608::{DataContents, PublicKey, Signature, Slot};
use atecc608_fleet::authority::Issuer;
use atecc608_fleet::report::Event;
use atecc608_fleet::station::{Outcome, Step, Way};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip, ChipId};
use std::cell::Cell;
use std::path::PathBuf;
use tempfile::TempDir;
use testkit::oracle;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.jsonl");
    (folder, path)
}

/// A socket with a chip.
fn bus(chip: Chip) -> Bus {
    let bus = Bus::new();
    bus.add(chip);
    bus
}

fn events(path: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let event = |line: &str| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        value["event"].as_str().unwrap().to_owned()
    };
    text.lines().map(event).collect()
}

/// What the chip has in its slots.
fn slot(bus: &Bus, slot: usize) -> Vec<u8> {
    bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().slot(slot).to_vec())
}

/// Configuration and slots.
fn contents(chip: &Chip) -> Vec<Vec<u8>> {
    let eeprom = chip.eeprom();
    let slots = (0..16).map(|slot| eeprom.slot(slot).to_vec());
    slots.chain([eeprom.config().to_vec()]).collect()
}

/// Somebody agrees to one chip, and another is in the socket by then.
#[test]
fn only_the_chip_that_was_agreed_to() {
    let (_folder, path) = folder();
    let mut station = station(&path);
    let bus = bus(Chip::blank(1));
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let agreed = chip.serial_number().unwrap();
    bus.replace(ChipId::FIRST, Chip::blank(2));
    let before = bus.with_chip(ChipId::FIRST, |chip| contents(chip));
    let refused =
        station.provision_only(&mut chip, agreed, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
    let Outcome::Refused { serial: Some(found), reason } = refused else { panic!("{refused:?}") };
    assert!(found != agreed && reason.contains(&agreed.to_string()), "{found}: {reason}");
    assert_eq!(bus.with_chip(ChipId::FIRST, |chip| contents(chip)), before);

    bus.replace(ChipId::FIRST, Chip::blank(1));
    let done = station.provision_only(&mut chip, agreed, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
    assert!(matches!(done, Outcome::Done { serial, found: false, .. } if serial == agreed), "{done:?}");
}

#[test]
fn a_blank_chip() {
    let (_folder, path) = folder();
    let mut station = station(&path);
    let bus = bus(Chip::blank(1));
    let Outcome::Done { serial, certificate, found: false } = put_in(&mut station, bus.i2c(), bus.delay())
    else {
        panic!("not done");
    };
    assert_eq!(events(&path), ["opened", "started", "issued", "done"]);
    let devices = devices(&station);
    assert_eq!(devices.len(), 1);
    assert_eq!((devices[0].serial, devices[0].model.as_str()), (serial, "ATECC608A"));
    assert_eq!(devices[0].revision.as_deref(), Some("00006002"));
    let key = &devices[0].keys[0];
    let own = workshop::certificates();
    assert_eq!(key.certificates, [&certificate, own.signer(), own.root()]);
    let chain: Vec<&[u8]> = key.certificates.iter().map(Vec::as_slice).collect();
    assert_eq!(oracle::chain(&chain), Ok(()));

    let parsed = Certificate::parse(&certificate).unwrap();
    assert_eq!(parsed.common_name(), Some(format!("sn{}", serial.to_string().to_uppercase()).as_str()));
    assert_eq!(parsed.public_key(), Ok(key.public_key));
    // In the chip, behind the driver's back.
    assert_eq!(slot(&bus, 10), read_done(&path).compressed.unwrap());
    assert_eq!(slot(&bus, 12), own.compressed_signer().unwrap().as_bytes());
    assert_eq!(slot(&bus, 11)[4..36], *public(SIGNER).x());
    let config = bus.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config());
    assert_eq!(config[86..88], [0, 0]);

    // It comes again, and once more after a restart.
    let seen = Outcome::Seen { serial, certificate };
    assert_eq!(put_in(&mut station, bus.i2c(), bus.delay()), seen);
    drop(station);
    let mut station = workshop::station(&path);
    assert_eq!(put_in(&mut station, bus.i2c(), bus.delay()), seen);
    assert_eq!(station.issuer().unwrap().signatures(), 0);
    assert_eq!(events(&path)[4..], ["seen", "opened", "seen"]);
    assert_eq!(workshop::devices(&station).len(), 1);
}

/// The one chip that is done in a report.
fn read_done(path: &std::path::Path) -> atecc608_fleet::report::Done {
    let text = std::fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<atecc608_fleet::report::Line>(line).unwrap());
    let done = lines.filter_map(|line| match line.event {
        Event::Done(done) => Some(*done),
        _ => None,
    });
    let done: Vec<_> = done.collect();
    assert_eq!(done.len(), 1);
    done[0].clone()
}

/// What the report says of the configuration is what the chip compared when it was locked.
#[test]
fn crc_of_the_configuration() {
    let (_folder, path) = folder();
    let bus = bus(Chip::blank(1));
    let before = Atecc608::new(bus.i2c(), bus.delay()).read_config().unwrap();
    put_in(&mut station(&path), bus.i2c(), bus.delay());
    let [low, high] = atecc608::wire::frame::crc16([&preset::x509_device(&before).as_bytes()[..]]);
    assert_eq!(read_done(&path).configuration_crc, u16::from_le_bytes([low, high]));
}

#[test]
fn by_request() {
    let (_folder, path) = folder();
    let mut station = station(&path).with_way(Way::Request);
    let bus = bus(Chip::blank(1));
    bus.restart_trace(100_000);
    assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Done { .. }));
    assert_eq!(devices(&station).len(), 1);
    // The request is signed, and the proof at the end.
    let signed = bus.with_chip(ChipId::FIRST, |chip| {
        chip.executed().iter().filter(|executed| executed.opcode == 0x41).count()
    });
    assert_eq!(signed, 2);
}

/// A signer whose key is in a chip of its own.
#[test]
fn a_signer_chip() {
    let (_folder, path) = folder();
    let signer_bus = bus(Chip::blank(100));
    let mut signer = Atecc608::new(signer_bus.i2c(), signer_bus.delay());
    let contents = DataContents::BLANK;
    signer
        .provision(preset::gcp_device, Slot::S0, &contents, NoMoreConfigWrites, NoMoreFreeDataWrites)
        .unwrap();
    let signer = signer.keypair(Slot::S0).unwrap();
    let certificates = workshop::certificates_of(CertificateSigner::public_key(&signer));
    let issuer = Issuer::new(signer, certificates.clone()).unwrap();
    let report = atecc608_fleet::report::Report::open(&path).unwrap();
    let certificate = signing_certificate(MANIFEST_SIGNER);
    let mut station = atecc608_fleet::station::Station::open(
        report,
        issuer,
        key(MANIFEST_SIGNER),
        certificate,
        workshop::about(),
        workshop::clock,
    )
    .unwrap();
    for seed in 1..4 {
        let bus = bus(Chip::blank(seed));
        assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Done { found: false, .. }));
    }
    let devices = devices(&station);
    assert_eq!((devices.len(), station.issuer().unwrap().signatures()), (3, 3));
    for device in &devices {
        let chain: Vec<&[u8]> = device.keys[0].certificates.iter().map(Vec::as_slice).collect();
        assert_eq!(oracle::chain(&chain), Ok(()));
    }
}

/// A report that was lost, and a chip that is done.
#[test]
fn found() {
    let (_first, path) = folder();
    let bus = bus(Chip::blank(1));
    let Outcome::Done { certificate, .. } = put_in(&mut station(&path), bus.i2c(), bus.delay()) else {
        panic!("not done");
    };
    let (_second, path) = folder();
    let mut station = station(&path);
    match put_in(&mut station, bus.i2c(), bus.delay()) {
        Outcome::Done { found: true, certificate: again, .. } => assert_eq!(again, certificate),
        other => panic!("{other:?}"),
    }
    assert_eq!((station.issuer().unwrap().signatures(), devices(&station).len()), (0, 1));
    assert_eq!(events(&path), ["opened", "done"]);
}

#[test]
fn chips_of_others() {
    let (_folder, path) = folder();
    let mut station = station(&path);
    let mut old = Chip::blank(1);
    let mut config = *old.eeprom().config();
    config[4..8].copy_from_slice(&[0x00, 0x00, 0x50, 0x00]);
    old.eeprom_mut().set_config(&config);
    for chip in [old, Preset::Arduino.chip(1), Preset::Helium.chip(1), Preset::NervesKey.chip(1)] {
        let before = contents(&chip);
        let bus = bus(chip);
        let outcome = put_in(&mut station, bus.i2c(), bus.delay());
        assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
        assert!(bus.with_chip(ChipId::FIRST, |chip| contents(chip) == before), "{outcome:?}");
    }
    // Begun with by somebody else: only the configuration is locked.
    let begun = bus(Chip::blank(3));
    let mut driver = Atecc608::new(begun.i2c(), begun.delay());
    let other = preset::gcp_device(&driver.read_config().unwrap());
    driver.write_config(&other).unwrap();
    driver.lock_config(&other, NoMoreConfigWrites).unwrap();
    let before = begun.with_chip(ChipId::FIRST, |chip| contents(chip));
    let outcome = put_in(&mut station, begun.i2c(), begun.delay());
    assert!(matches!(outcome, Outcome::Refused { serial: Some(_), .. }), "{outcome:?}");
    assert!(begun.with_chip(ChipId::FIRST, |chip| contents(chip) == before));
    // Another signer's chip, with the same configuration.
    let (_other, other_path) = folder();
    let other_key = 9;
    let issuer = Issuer::new(key(other_key), workshop::certificates_of(public(other_key))).unwrap();
    let report = atecc608_fleet::report::Report::open(&other_path).unwrap();
    let mut others = atecc608_fleet::station::Station::open(
        report,
        issuer,
        key(MANIFEST_SIGNER),
        signing_certificate(MANIFEST_SIGNER),
        workshop::about(),
        workshop::clock,
    )
    .unwrap();
    let bus = bus(Chip::blank(7));
    assert!(matches!(put_in(&mut others, bus.i2c(), bus.delay()), Outcome::Done { .. }));
    let outcome = put_in(&mut station, bus.i2c(), bus.delay());
    assert!(matches!(outcome, Outcome::Refused { serial: Some(_), .. }), "{outcome:?}");
    assert!(devices(&station).is_empty());
}

/// Two chips with one serial number: the second is refused, blank or done.
#[test]
fn the_number_of_a_chip_that_is_done() {
    let (_folder, path) = folder();
    let mut station = station(&path);
    let first = bus(Chip::blank(1));
    assert!(matches!(put_in(&mut station, first.i2c(), first.delay()), Outcome::Done { .. }));
    let second = bus(Chip::blank(1));
    let outcome = put_in(&mut station, second.i2c(), second.delay());
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    // Done elsewhere, with another key: another random number generator and the same number.
    let mut twin = Chip::blank(2);
    let mut config = *twin.eeprom().config();
    let number = first.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config());
    config[..16].copy_from_slice(&number[..16]);
    twin.eeprom_mut().set_config(&config);
    let twin = bus(twin);
    let (_other, other_path) = folder();
    let mut other = workshop::station(&other_path);
    assert!(matches!(put_in(&mut other, twin.i2c(), twin.delay()), Outcome::Done { .. }));
    let outcome = put_in(&mut station, twin.i2c(), twin.delay());
    assert!(matches!(outcome, Outcome::Refused { .. }), "{outcome:?}");
    assert_eq!(devices(&station).len(), 1);
}

/// A signer that fails, or lies.
struct Bad<'a> {
    mood: &'a Cell<Mood>,
}

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Good,
    Fails,
    Lies,
}

impl CertificateSigner for Bad<'_> {
    type Error = String;

    fn public_key(&self) -> PublicKey {
        public(SIGNER)
    }

    fn sign(&mut self, message: &[u8]) -> Result<Signature, String> {
        let signed = |number: u8| key(number).sign(message).map_err(|error| error.to_string());
        match self.mood.get() {
            Mood::Good => signed(SIGNER),
            Mood::Fails => Err("out of paper".to_owned()),
            Mood::Lies => signed(SIGNER + 1),
        }
    }
}

#[test]
fn a_signer_that_fails_or_lies() {
    let (_folder, path) = folder();
    let mood = Cell::new(Mood::Fails);
    let mut station = workshop::station_with(&path, Bad { mood: &mood });
    let bus = bus(Chip::blank(1));
    for bad in [Mood::Fails, Mood::Lies] {
        mood.set(bad);
        match put_in(&mut station, bus.i2c(), bus.delay()) {
            Outcome::Failed { step: Step::Issue, serial: Some(_), .. } => {}
            other => panic!("{other:?}"),
        }
        assert_eq!(slot(&bus, 10), [0xFF; 72]);
    }
    let key = Atecc608::new(bus.i2c(), bus.delay()).public_key(Slot::S0).unwrap();
    assert_eq!(station.report().open_chips().count(), 1);
    mood.set(Mood::Good);
    assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Done { found: false, .. }));
    assert_eq!(devices(&station)[0].keys[0].public_key, key);
    assert_eq!(events(&path), ["opened", "started", "failed", "failed", "issued", "done"]);
    assert_eq!(station.report().open_chips().count(), 0);
}

/// The manifest's signer fails when the chip is locked: nothing is signed by the other again.
/// Puts another chip into the socket while it signs.
struct Changing {
    bus: Bus,
    next: Cell<Option<Chip>>,
}

impl CertificateSigner for Changing {
    type Error = p256::ecdsa::Error;

    fn public_key(&self) -> PublicKey {
        public(SIGNER)
    }

    fn sign(&mut self, message: &[u8]) -> Result<Signature, Self::Error> {
        if let Some(next) = self.next.take() {
            self.bus.with_chip(ChipId::FIRST, |chip| *chip = next);
        }
        CertificateSigner::sign(&mut key(SIGNER), message)
    }
}

/// One that waits for its certificate, too: it does not get that of the other.
#[test]
fn a_chip_that_is_changed_while_the_signer_works() {
    let (_folder, path) = folder();
    let bus = bus(Chip::blank(1));
    let mut next = Chip::blank(2);
    let mut zone = preset::x509_device(&atecc608::config::ConfigZone::from_bytes(*next.eeprom().config()));
    zone.set_byte(87, 0);
    next.eeprom_mut().set_config(zone.as_bytes());
    next.eeprom_mut().set_private_key(0, &[9; 32]);
    let before = contents(&next);
    let mut station =
        workshop::station_with(&path, Changing { bus: bus.clone(), next: Cell::new(Some(next)) });
    let Outcome::Failed { step, error, .. } = put_in(&mut station, bus.i2c(), bus.delay()) else {
        panic!("not failed");
    };
    assert_eq!((step, error.as_str()), (Step::Write, "the chip in the socket is another one now"));
    assert_eq!(bus.with_chip(ChipId::FIRST, |chip| contents(chip)), before);
    assert_eq!(events(&path), ["opened", "started", "issued", "failed"]);
    // It gets its own.
    assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Done { found: false, .. }));
    assert_eq!(station.report().open_chips().count(), 1);
}

#[test]
fn a_manifest_signer_that_lies() {
    let (_folder, path) = folder();
    let report = || atecc608_fleet::report::Report::open(&path).unwrap();
    let issuer = || Issuer::new(key(SIGNER), workshop::certificates()).unwrap();
    let open = |number| {
        let certificate = signing_certificate(MANIFEST_SIGNER);
        let about = workshop::about();
        atecc608_fleet::station::Station::open(
            report(),
            issuer(),
            key(number),
            certificate,
            about,
            workshop::clock,
        )
        .unwrap()
    };
    let bus = bus(Chip::blank(1));
    let mut station = open(SIGNER);
    let outcome = put_in(&mut station, bus.i2c(), bus.delay());
    assert!(matches!(outcome, Outcome::Failed { step: Step::Manifest, .. }), "{outcome:?}");
    drop(station);
    let mut station = open(MANIFEST_SIGNER);
    assert!(matches!(put_in(&mut station, bus.i2c(), bus.delay()), Outcome::Done { found: false, .. }));
    assert_eq!((station.issuer().unwrap().signatures(), devices(&station).len()), (0, 1));
}

#[test]
fn given_up() {
    let (_folder, path) = folder();
    let mut station = station(&path);
    let bus = Bus::new();
    let outcome = put_in(&mut station, bus.i2c(), bus.delay());
    assert!(matches!(outcome, Outcome::Failed { step: Step::Identify, serial: None, .. }), "{outcome:?}");
    station.give_up(None, 1).unwrap();
    assert_eq!(events(&path), ["opened", "failed", "given_up"]);
}
