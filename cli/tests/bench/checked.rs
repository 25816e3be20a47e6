//! What must be so at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use atecc608::x509::Certificate;
use atecc608::{PublicKey, SerialNumber, Slot};
use atecc608_fleet::chain::Roots;
use atecc608_fleet::export;
use atecc608_fleet::manifest::{Devices, Manifest, SigningCertificate};
use atecc608_fleet::report::{Done, Event, Line};
use testkit::rig::Simulated;

use crate::tray::{self, FIRST, Kind, Tray, kind_of};
use crate::workshop::{LOT, Workshop};

/// The report, line by line.
pub(crate) fn lines(workshop: &Workshop) -> Vec<Line> {
    let text = fs::read_to_string(workshop.file("report.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Chips that are done, each once.
pub(crate) fn done(lines: &[Line]) -> BTreeMap<String, Done> {
    let mut all = BTreeMap::new();
    for line in lines {
        if let Event::Done(done) = &line.event {
            let serial = line.serial.unwrap().to_string();
            assert!(all.insert(serial.clone(), (**done).clone()).is_none(), "{serial} is done twice");
        }
    }
    all
}

/// The manifest as a reader has it, with what came by another way.
pub(crate) fn devices(workshop: &Workshop) -> Devices {
    let der =
        |name: &str| export::certificate_der(&fs::read_to_string(workshop.file(name)).unwrap()).unwrap();
    let mut roots = Roots::new();
    roots.add(&der("ca/root.pem")).unwrap();
    let signer = SigningCertificate::from_der(&der("ca/manifest-signer.pem")).unwrap();
    let manifest = Manifest::parse(&fs::read(workshop.file("manifest.json")).unwrap()).unwrap();
    manifest.verify(&[signer], &roots).unwrap()
}

/// Nothing is lost, nothing is there twice.
pub(crate) fn all(workshop: &Workshop, tray: &Tray, chips: u32) {
    let lines = lines(workshop);
    let done = done(&lines);
    let devices = devices(workshop);
    let labels = fs::read_to_string(workshop.file("labels.txt")).unwrap();
    let labels: Vec<&str> = labels.lines().collect();
    assert_eq!(labels.len(), done.len(), "labels");
    assert_eq!(labels.iter().collect::<BTreeSet<_>>().len(), done.len(), "a label is there twice");
    assert_eq!(devices.all().len(), done.len(), "entries of the manifest");

    let mut open = BTreeSet::new();
    let mut good = 0;
    for number in 0..chips {
        let kind = kind_of(number);
        let fresh = tray.fresh(number, kind);
        let serial = tray::serial_of(&fresh);
        let simulated = Simulated::open(tray.path(number), || tray.fresh(number, kind)).unwrap();
        let config = simulated.bus.with_chip(FIRST, |chip| *chip.eeprom().config());
        let name = serial.to_string();
        match kind {
            Kind::Good => {
                good += 1;
                assert_eq!(config[86..88], [0, 0], "{number} is not locked");
                finished(&simulated, serial, &done[&name], &devices, &labels);
            }
            // Untouched.
            Kind::Foreign | Kind::OtherModel | Kind::Begun | Kind::Dead => {
                let is_as_it_came =
                    simulated.bus.with_chip(FIRST, |chip| tray::contents(chip) == tray::contents(&fresh));
                assert!(is_as_it_came, "{number}, {kind:?}, was changed");
                assert!(!done.contains_key(&name));
            }
            Kind::Dying => {
                // Whatever was done to it, the report knows that it was begun with.
                assert!(!done.contains_key(&name));
                open.insert(name);
            }
        }
    }
    assert_eq!(done.len(), good);
    let report = atecc608_fleet::report::Report::open(workshop.file("report.jsonl")).unwrap();
    let told: BTreeSet<String> = report.open_chips().map(|chip| chip.to_string()).collect();
    assert_eq!(told, open, "chips that were begun with");
    // No certificate was signed twice for a chip that has one.
    for (chip, history) in report.chips() {
        let issued =
            lines.iter().filter(|line| line.serial == Some(chip) && matches!(line.event, Event::Issued(_)));
        assert!(issued.count() <= 1, "{chip} has several certificates");
        assert_eq!(history.done.is_some(), done.contains_key(&chip.to_string()));
    }
}

/// What the chip has is what report, manifest and label say.
fn finished(simulated: &Simulated, serial: SerialNumber, done: &Done, devices: &Devices, labels: &[&str]) {
    let key = tray::public_key(simulated, Slot::S0);
    assert_eq!(done.public_key.map(PublicKey::from), Some(key), "{serial}: key of the report");
    assert_eq!(done.keys.len(), 1);
    let told = &devices.get(serial).unwrap().keys;
    assert_eq!((told.len(), told[0].public_key), (1, key), "{serial}: key of the manifest");
    let certificate = Certificate::parse(&told[0].certificates[0]).unwrap();
    assert_eq!(certificate.public_key(), Ok(key));
    let in_chip = simulated.bus.with_chip(FIRST, |chip| {
        assert_eq!(chip.eeprom().slot(8)[..LOT.len()], *LOT);
        chip.eeprom().slot(10).to_vec()
    });
    assert_eq!(done.compressed.unwrap(), in_chip[..], "{serial}: certificate of the report");
    let sha256: String = certificate.sha256().iter().map(|byte| format!("{byte:02x}")).collect();
    let label = format!("{} {} {sha256}", serial.to_string().to_uppercase(), key.key_id());
    assert!(labels.contains(&label.as_str()), "{serial}: no label {label}");
}
