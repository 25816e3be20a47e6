//! Every kind of finding: a configuration that has it, and nearly the same one that has not.

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

use Severity::{Error, Notice, Warning};

const PRIVATE: [Row; 12] = [
    (Kind::PrivateKeyType, Error, Some(2), |d| d.slot(2, 0x8081, 0x001F), |d| d.slot(2, 0x8081, 0x0013)),
    (Kind::PrivateKeyNotSecret, Error, Some(2), |d| d.slot(2, 0x8001, 0x0013), |d| d.slot(2, 0x8081, 0x0013)),
    (
        Kind::PrivateKeyCopied,
        Error,
        Some(3),
        |d| d.slot(3, 0x8080, 0x0013).slot(2, 0x8F8F, 0x001C),
        |d| d.slot(3, 0x8081, 0x0013).slot(2, 0x8F8F, 0x001C),
    ),
    (Kind::PrivateKeyUseless, Error, Some(2), |d| d.slot(2, 0x8088, 0x0013), |d| d.slot(2, 0x8084, 0x0013)),
    (
        Kind::PrivateKeyReplaceable,
        Warning,
        Some(2),
        |d| d.slot(2, 0x2081, 0x0013),
        |d| d.slot(2, 0x8081, 0x0013),
    ),
    (
        Kind::PrivateKeyWritten,
        Warning,
        Some(2),
        |d| d.good_key().slot(2, 0x4981, 0x0013),
        |d| d.good_key().slot(2, 0x8981, 0x0013),
    ),
    (Kind::PrivateKeyMadeOnce, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0013), |d| d.slot(2, 0x2081, 0x0013)),
    (Kind::EcdhTarget, Error, Some(3), |d| d.slot(3, 0x808C, 0x0013), |d| d.slot(2, 0x808C, 0x0013)),
    (
        Kind::EcdhTargetReadable,
        Error,
        Some(2),
        |d| d.slot(2, 0x808C, 0x0013).slot(3, 0x8F0F, 0x001C),
        |d| d.slot(2, 0x808C, 0x0013).slot(3, 0x8F8F, 0x001C),
    ),
    (Kind::EcdhBitAlone, Warning, Some(2), |d| d.slot(2, 0x8089, 0x0013), |d| d.slot(2, 0x808D, 0x0013)),
    (
        Kind::EcdhClear,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8084, 0x0013),
        |d| d.slot(2, 0x8084, 0x0013).byte(91, 2),
    ),
    (Kind::ReqRandomIgnored, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0053), |d| d.slot(2, 0x8F8F, 0x005C)),
];

const CONTENTS: [Row; 16] = [
    (Kind::ReservedKeyType, Error, Some(2), |d| d.slot(2, 0x8F8F, 0x0014), |d| d.slot(2, 0x8F8F, 0x0018)),
    (Kind::PublicKeyTooSmall, Error, Some(7), |d| d.slot(7, 0x8F0F, 0x0010), |d| d.slot(8, 0x8F0F, 0x0010)),
    (
        Kind::PublicKeyReplaceable,
        Error,
        Some(9),
        |d| d.slot(9, 0x0F0F, 0x0010),
        |d| d.slot(9, 0x8F0F, 0x0010),
    ),
    (Kind::AesKeyReadable, Error, Some(2), |d| d.slot(2, 0x8F1F, 0x0018), |d| d.slot(2, 0x8F9F, 0x0018)),
    (
        Kind::AesDisabled,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F9F, 0x0018).byte(13, 0),
        |d| d.slot(2, 0x8F9F, 0x0018),
    ),
    (Kind::SecretReplaceable, Warning, Some(2), |d| d.slot(2, 0x0F8F, 0x001C), |d| d.slot(2, 0x8F8F, 0x001C)),
    (Kind::DataWritable, Notice, Some(8), |d| d.slot(8, 0x0F0F, 0x001C), |d| d.slot(8, 0x8F0F, 0x001C)),
    (
        Kind::EncryptReadWithoutSecret,
        Warning,
        Some(2),
        |d| d.good_key().slot(2, 0x8F49, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ContentsWrittenOnce,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x001C),
        |d| d.slot(2, 0x0F8F, 0x001C),
    ),
    (Kind::DerivedByAnyone, Warning, Some(2), |d| d.slot(2, 0x228F, 0x001C), |d| d.slot(2, 0xA28F, 0x001C)),
    (
        Kind::KeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x029C),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (
        Kind::CopyTarget,
        Warning,
        Some(3),
        |d| d.slot(3, 0x8F80, 0x001C),
        |d| d.slot(3, 0x8F8F, 0x001C).slot(4, 0x8F80, 0x001C),
    ),
    (
        Kind::GuessableByMac,
        Notice,
        Some(2),
        |d| d.good_key().slot(2, 0x49C9, 0x001C),
        |d| d.good_key().slot(2, 0x49D9, 0x001C),
    ),
    (
        Kind::ReadableByKdf,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x001C),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(2, 0x8F8F, 0x099C),
    ),
    (Kind::LockableOpen, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0033), |d| d.slot(2, 0x8081, 0x0013)),
    (Kind::LockedEarly, Error, Some(2), |d| d.slot(2, 0x8081, 0x0033).byte(88, 0xFB), |d| d.byte(88, 0xFB)),
];

const REFERENCES: [Row; 15] = [
    (
        Kind::ReadKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8FC9, 0x001C).slot(9, 0x8081, 0x0013),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ReadKeySelf,
        Warning,
        Some(2),
        |d| d.slot(2, 0x8FC2, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ReadKeyExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0x8FC9, 0x001C).slot(9, 0x0F8F, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::WriteKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x498F, 0x001C).slot(9, 0x8F8F, 0x099C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::WriteKeySelf,
        Warning,
        Some(2),
        |d| d.slot(2, 0x428F, 0x001C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::WriteKeyExposed,
        Warning,
        Some(2),
        |d| d.slot(2, 0x498F, 0x001C).slot(9, 0x0F8F, 0x003C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::DeriveUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x398F, 0x001C).slot(9, 0x8081, 0x0013),
        |d| d.good_key().slot(2, 0x398F, 0x001C),
    ),
    (
        Kind::DeriveParentExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0xB98F, 0x001C).slot(9, 0x8F0F, 0x001C),
        |d| d.good_key().slot(2, 0xB98F, 0x001C),
    ),
    (
        Kind::AuthKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x099C).slot(9, 0x8F8F, 0x0018),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (
        Kind::AuthKeySelf,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x0293),
        |d| d.good_key().slot(2, 0x8081, 0x0993),
    ),
    (
        Kind::AuthKeyExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x0993).slot(9, 0x0F8F, 0x001C),
        |d| d.good_key().slot(2, 0x8081, 0x0993),
    ),
    (
        Kind::ParentUnusable,
        Error,
        Some(10),
        |d| d.good_key().slot(10, 0x1F09, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ParentSelf,
        Error,
        Some(10),
        |d| d.slot(10, 0x1F0A, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ParentExposed,
        Warning,
        Some(10),
        |d| d.slot(9, 0x0F0F, 0x0030).slot(10, 0x1F09, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ReqRandomPublicKey,
        Warning,
        Some(9),
        |d| d.slot(9, 0x8F0F, 0x0050),
        |d| d.slot(9, 0x8F0F, 0x0010),
    ),
];

const COUNTERS: [Row; 7] = [
    (
        Kind::LimitWithoutLimit,
        Warning,
        Some(2),
        |d| d.slot(2, 0x80A1, 0x0013),
        |d| d.slot(2, 0x80A1, 0x0013).byte(18, 0xA1),
    ),
    (
        Kind::LimitSpent,
        Error,
        Some(2),
        |d| {
            d.0[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
            d.slot(2, 0x80A1, 0x0013)
        },
        |d| {
            d.0[52..60].copy_from_slice(&[0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF]);
            d.slot(2, 0x80A1, 0x0013)
        },
    ),
    (
        Kind::LimitShared,
        Notice,
        None,
        |d| d.slot(2, 0x80A1, 0x0013).slot(3, 0x80A1, 0x0013),
        |d| d.slot(2, 0x80A1, 0x0013),
    ),
    (Kind::CounterPattern, Warning, None, |d| d.byte(60, 0x12), |d| d.byte(60, 0x7F)),
    (
        Kind::CountMatchUnused,
        Warning,
        None,
        |d| d.byte(18, 0xA1),
        |d| d.byte(18, 0xA1).slot(2, 0x80A1, 0x0013),
    ),
    (
        Kind::CountMatchSlot,
        Error,
        None,
        |d| d.byte(18, 0x21).slot(2, 0x80A1, 0x0013),
        |d| d.byte(18, 0xA1).slot(2, 0x80A1, 0x0013),
    ),
    (
        Kind::CountMatchExposed,
        Warning,
        None,
        |d| d.byte(18, 0xA1).slot(10, 0x0F0F, 0x003C),
        |d| d.byte(18, 0xA1).slot(10, 0x8F0F, 0x003C),
    ),
];

/// Secure boot with its key in slot 11 and its digest in slot 12.
fn boot(draft: &mut Draft) -> &mut Draft {
    draft.byte(70, 0x03).byte(71, 0xBC).slot(11, 0x8F0F, 0x0010)
}

/// I/O protection key in slot 9.
fn io(draft: &mut Draft) -> &mut Draft {
    draft.good_key().byte(90, 0x02).byte(91, 0x90)
}

const PROTECTION: [Row; 14] = [
    (Kind::SecureBootKey, Error, None, |d| boot(d).slot(11, 0x8F0F, 0x001C), boot),
    (Kind::SecureBootKeyExposed, Warning, None, |d| boot(d).slot(11, 0x0F0F, 0x0030), boot),
    (Kind::SecureBootStore, Error, None, |d| boot(d).slot(12, 0x8081, 0x0013), boot),
    (Kind::SecureBootStoreExposed, Error, None, |d| boot(d).slot(12, 0x0F0F, 0x003C), boot),
    (Kind::SecureBootSameSlot, Error, None, |d| boot(d).byte(71, 0xBB), boot),
    (Kind::IoKeyPrivate, Error, None, |d| io(d).slot(9, 0x8081, 0x0013), io),
    (Kind::IoKeyReadable, Error, None, |d| io(d).slot(9, 0x8F0F, 0x001C), io),
    (Kind::IoKeyReplaceable, Warning, None, |d| io(d).slot(9, 0x0F8F, 0x003C), io),
    (Kind::IoKeyMissing, Error, None, |d| d.byte(91, 0x01), |d| io(d).byte(91, 0x91)),
    (Kind::OutputProtectionInvalid, Error, None, |d| d.byte(91, 0x0C), |d| d.byte(91, 0x08)),
    (Kind::IvFunction, Warning, None, |d| d.byte(91, 0x08).byte(72, 9), |d| d.byte(91, 0x08)),
    (
        Kind::LatchNeverSet,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x1013),
        |d| d.good_key().slot(2, 0x8081, 0x1013).byte(69, 0x89),
    ),
    (
        Kind::LatchKeyUnusable,
        Error,
        None,
        |d| d.slot(9, 0x8F8F, 0x0018).byte(69, 0x89),
        |d| d.good_key().byte(69, 0x89),
    ),
    (
        Kind::LatchUnused,
        Notice,
        None,
        |d| d.good_key().byte(69, 0x89),
        |d| d.good_key().slot(2, 0x8081, 0x1013).byte(69, 0x89),
    ),
];

const CHIP: [Row; 15] = [
    (Kind::AddressReserved, Error, None, |d| d.byte(16, 0x00), |d| d.byte(16, 0x10)),
    (Kind::AddressChanges, Notice, None, |d| d.byte(16, 0x6A), |d| d.byte(16, 0xC0)),
    (Kind::AddressOpen, Warning, None, |d| d.byte(19, 0x01), |d| d.byte(19, 0x01).byte(85, 0x6A)),
    (Kind::AddressAlternate, Notice, None, |d| d.byte(19, 0x01).byte(85, 0x6A), |d| d.byte(85, 0x6A)),
    (Kind::SingleWire, Error, None, |d| d.byte(14, 0x54), |d| d.byte(14, 0x6D)),
    (Kind::ReservedBits, Warning, None, |d| d.byte(77, 0x01), |d| d.byte(77, 0x00)),
    (
        Kind::ReservedKeyBits,
        Warning,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x091C),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (Kind::ClockUnknown, Warning, None, |d| d.byte(19, 0x08), |d| d.byte(19, 0x28)),
    (Kind::ClockSlow, Notice, None, |d| d.byte(19, 0x68), |d| d.byte(19, 0x00)),
    (Kind::LongWatchdog, Notice, None, |d| d.byte(19, 0x04), |d| d.byte(19, 0x02)),
    (Kind::TtlThresholds, Notice, None, |d| d.byte(19, 0x02), |d| d.byte(19, 0x04)),
    (Kind::SelfTestAtWake, Warning, None, |d| d.byte(90, 0x01), |d| d.byte(90, 0x08)),
    (Kind::TransportLock, Error, None, |d| d.byte(68, 0x4A), |d| d.byte(68, 0xFF)),
    (
        Kind::CertificateFormat,
        Error,
        Some(10),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x4012).byte(93, 0x43),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x4012).byte(93, 0x42),
    ),
    (Kind::LostAtConfigLock, Notice, None, |d| d.byte(87, 0x55), |d| d.byte(87, 0x00)),
];

const LOCKS: [Row; 1] = [(Kind::LostAtDataLock, Notice, None, |d| d.byte(86, 0x55), |d| d.byte(86, 0x00))];

fn rows() -> impl Iterator<Item = Row> {
    let tables: [&[Row]; 7] = [&PRIVATE, &CONTENTS, &REFERENCES, &COUNTERS, &PROTECTION, &CHIP, &LOCKS];
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
    for kind in Kind::ALL {
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
         nobody can ever read this slot\n  way out: name a secret of type 7 that is not private and whose own \
         terms can be met"
    );
    for kind in Kind::ALL {
        assert!(!kind.name().is_empty());
    }
    let text = zone.lint().to_string();
    let order: Vec<usize> = ["\nnotice: ", "error: "].map(|word| text.find(word).unwrap()).into();
    assert!(order[0] > order[1], "errors first");
    assert!(text.lines().last().unwrap().starts_with(&format!("{} errors, ", zone.lint_errors())));
}

/// Whatever the bytes, the list ends, and each kind is there once a place.
#[test]
fn any_bytes_will_do() {
    let mut random = crate::configurations::Random::new(4);
    for _ in 0..2_000 {
        let zone = ConfigZone::from_bytes(crate::configurations::random(&mut random));
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
    let gcp = preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY));
    assert_eq!(gcp.lint().filter(|finding| finding.severity != Notice).count(), 0, "{}", gcp.lint());
    for preset in [preset::TNGTLS, preset::TFLXTLS] {
        let zone = ConfigZone::from_bytes(preset);
        assert_eq!(errors(&zone), [], "{}", zone.lint());
    }
    // The vendor's test configuration is there to try everything.
    let zone = ConfigZone::from_bytes(crate::configurations::vendor_test());
    assert!(errors(&zone).contains(&(Kind::SecureBootStoreExposed, None)));
}
