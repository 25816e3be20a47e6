//! Every kind of finding: a configuration that has it, and nearly the same one that has not.

mod chip;
mod edges;
mod references;
mod slots;

use atecc608::config::lint::Severity::{Error, Notice, Warning};
use atecc608::config::lint::{Finding, Kind, Severity};
use atecc608::config::{ConfigZone, KeyConfig, SlotConfig, preset};
use atecc608::{LockState, Slot};

/// A configuration with all slots unused, to be changed.
pub(crate) struct Draft(pub(crate) [u8; 128]);

impl Draft {
    pub(crate) fn new() -> Draft {
        let zone = ConfigZone::from_bytes(preset::FACTORY);
        let mut draft = Draft(*preset::gcp_device(&zone).as_bytes());
        for slot in 0..16 {
            draft.slot(slot, 0x8F9F, 0x001C);
        }
        draft
    }

    fn slot(&mut self, slot: usize, config: u16, key: u16) -> &mut Draft {
        self.0[20 + 2 * slot..][..2].copy_from_slice(&config.to_le_bytes());
        self.0[96 + 2 * slot..][..2].copy_from_slice(&key.to_le_bytes());
        self
    }

    fn byte(&mut self, offset: usize, value: u8) -> &mut Draft {
        self.0[offset] = value;
        self
    }

    /// Slot 9 written once, secret, of type 7: a key that serves.
    fn good_key(&mut self) -> &mut Draft {
        self.slot(9, 0x8F8F, 0x001C)
    }

    fn zone(&self) -> ConfigZone {
        ConfigZone::from_bytes(self.0)
    }
}

type Change = fn(&mut Draft) -> &mut Draft;

/// Kind, severity, slot, changes that bring it, changes that do not.
type Row = (Kind, Severity, Option<u8>, Change, Change);

fn rows() -> impl Iterator<Item = Row> {
    let tables: [&[Row]; 7] = [
        &slots::PRIVATE,
        &slots::CONTENTS,
        &references::REFERENCES,
        &chip::COUNTERS,
        &chip::PROTECTION,
        &chip::CHIP,
        &chip::LOCKS,
    ];
    tables.into_iter().flatten().copied()
}

fn found(change: Change, kind: Kind) -> Vec<Finding> {
    let mut draft = Draft::new();
    let zone = change(&mut draft).zone();
    zone.lint().filter(|finding| finding.kind == kind).collect()
}

#[test]
fn each_kind_is_found_where_it_is_and_nowhere_else() {
    for (kind, severity, slot, with, without) in rows() {
        let findings = found(with, kind);
        let [finding] = findings[..] else { panic!("{kind:?} found {} times: {findings:?}", findings.len()) };
        assert_eq!((finding.severity, finding.slot.map(Slot::number)), (severity, slot), "{kind:?}");
        assert_eq!(found(without, kind), [], "{kind:?} without cause");
    }
}

#[test]
fn there_is_a_row_for_every_kind() {
    for &kind in Kind::ALL {
        assert_eq!(rows().filter(|row| row.0 == kind).count(), 1, "{kind:?}");
    }
}

/// The severity of what a slot lock could still mend.
#[test]
fn a_slot_that_can_be_locked_is_a_warning_not_an_error() {
    for (key, severity) in [(0x001C, Error), (0x003C, Warning)] {
        let mut draft = Draft::new();
        let zone = draft.slot(2, 0x49C9, 0x001C).slot(9, 0x0F8F, key).zone();
        for kind in [Kind::ReadKeyExposed, Kind::WriteKeyExposed] {
            let finding = zone.lint().find(|finding| finding.kind == kind).unwrap();
            assert_eq!((finding.severity, finding.other), (severity, Some(Slot::S9)));
        }
    }
}

#[test]
fn findings_say_why_and_what_to_do() {
    let mut draft = Draft::new();
    let zone = draft.slot(2, 0x8FC9, 0x001C).slot(9, 0x8081, 0x0013).zone();
    let finding = zone.lint().find(|finding| finding.kind == Kind::ReadKeyUnusable).unwrap();
    assert_eq!(finding.bytes(), 24..=25);
    assert_eq!(
        finding.to_string(),
        "error: slot 2, bytes 24 to 25 (SlotConfig): reads are encrypted with slot 9, but GenDig can't use that: \
         nobody can ever read this slot\n  help: name a secret that is no private key and whose own terms \
         can be met"
    );
    for &kind in Kind::ALL {
        assert!(!kind.name().is_empty());
    }
    let text = zone.lint().to_string();
    let order: Vec<usize> = ["\nnotice: ", "error: "].map(|word| text.find(word).unwrap()).into();
    assert!(order[0] > order[1], "errors first");
    assert!(text.lines().last().unwrap().starts_with(&format!("{} error", zone.lint_errors())));
}

/// The number to give the driver, not just that it is another.
#[test]
fn a_new_address_is_named() {
    for (bytes, kind) in
        [([0x6A, 0x00, 0x00], Kind::AddressChanges), ([0xC0, 0x01, 0x6A], Kind::AddressAlternate)]
    {
        let mut draft = Draft::new();
        let zone = draft.byte(16, bytes[0]).byte(19, bytes[1]).byte(85, bytes[2]).zone();
        let finding = zone.lint().find(|finding| finding.kind == kind).unwrap();
        assert_eq!(finding.address.map(atecc608::Address::to_7bit), Some(0x35));
        assert!(finding.reason().to_string().contains("0x35"), "{finding}");
    }
}

/// Whatever the bytes, the list ends, and each kind is there once a place.
#[test]
fn any_bytes_will_do() {
    let mut random = testkit::configurations::Xorshift::new(4);
    for _ in 0..2_000 {
        let zone = ConfigZone::from_bytes(testkit::configurations::random(&mut random));
        let mut findings: Vec<_> = zone.lint().map(|f| (f.kind.name(), f.slot, *f.bytes().start())).collect();
        assert!(findings.len() < 1_000);
        let all = findings.len();
        findings.dedup();
        assert_eq!(all, findings.len());
    }
    let worst = ConfigZone::from_bytes([0xFF; 128]);
    assert!(worst.lint_errors() > 10 && LockState::of(&worst).config);
    assert_eq!(worst.slot_config(Slot::S0), SlotConfig::from_bits(0xFFFF));
    assert_eq!(worst.key_config(Slot::S0), KeyConfig::from_bits(0xFFFF));
}

/// What the presets have: no errors, and nothing that is not known.
#[test]
fn presets() {
    let errors = |zone: &ConfigZone| -> Vec<_> {
        zone.lint().filter(|f| f.severity == Error).map(|f| (f.kind, f.slot.map(Slot::number))).collect()
    };
    for preset in [preset::gcp_device, preset::x509_device] {
        let zone = preset(&ConfigZone::from_bytes(preset::FACTORY));
        assert_eq!(zone.lint().filter(|finding| finding.severity != Notice).count(), 0, "{}", zone.lint());
    }
    for preset in [preset::TNGTLS, preset::TFLXTLS] {
        let zone = ConfigZone::from_bytes(preset);
        assert_eq!(errors(&zone), [], "{}", zone.lint());
    }
    // The vendor's test configuration is there to try everything.
    let zone = ConfigZone::from_bytes(testkit::configurations::vendor_test());
    assert!(errors(&zone).contains(&(Kind::SecureBootStoreExposed, None)));
}
