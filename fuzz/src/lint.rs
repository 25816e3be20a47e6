//! Lint, explain, plans and the builder about any configuration; what a slot is said to permit is asked of the
//! simulated chip.

use super::Source;
use super::zone::zone;
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::explain::{Action, Explain, Permitted, Stage};
use atecc608::config::lint::Severity;
use atecc608::config::plan::{Plan, PlanError};
use std::cell::RefCell;
use testkit::pins::Rig;
use testkit::probe::{Case, Spoil, generous};

thread_local! {
    static RIG: RefCell<Rig> = RefCell::new(Rig::new());
}

fn findings(zone: &ConfigZone) {
    let findings: Vec<_> = zone.lint().collect();
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    assert!(findings.len() <= 1000);
    assert_eq!(zone.lint_errors(), errors);
    let text = zone.lint().to_string();
    for (index, finding) in findings.iter().enumerate() {
        assert!(!findings[..index].contains(finding), "twice: {finding}");
        let bytes = finding.bytes();
        assert!(bytes.start() <= bytes.end() && *bytes.end() < 128);
        assert!(text.contains(&finding.to_string()));
        assert!(!finding.to_string().contains("{}"), "{finding}");
    }
    let explain = Explain::new(zone);
    assert!(explain.to_string().len() > 100 && explain.html().to_string().contains("<table"));
}

/// A permission, and the chip: given it is done, refused it is not, with any of its terms missing neither.
fn permission(zone: &ConfigZone, source: &mut Source<'_>) {
    let (slot, action) = (source.byte(), usize::from(source.byte()) % Action::ALL.len());
    let (slot, action) = (Slot::new(slot % 16).expect("a slot"), Action::ALL[action]);
    let mut bytes = *zone.as_bytes();
    let stage = Stage::ALL[usize::from(source.byte() % 3)];
    bytes[86] = if stage == Stage::Locked { 0 } else { 0x55 };
    bytes[87] = if stage == Stage::Unlocked { 0x55 } else { 0 };
    // A chip has bytes of its own; a template of zeros is treated as if the chip had AES.
    if !zone.has_own_bytes() {
        bytes[..2].copy_from_slice(&[0x01, 0x23]);
    }
    let zone = ConfigZone::from_bytes(bytes);
    let case = Case { zone: &zone, slot, action };
    let said = zone.permission(slot, action, stage);
    // What is possible is permitted, on the same terms; what anyone may is possible.
    let possible = Permitted::new(&zone, stage).possible(slot, action);
    assert!(possible.is_none() || possible == said);
    let free = said.is_some_and(|needs| needs.anyone() && !needs.latch && needs.valid.is_none());
    assert!(!free || possible.is_some(), "{action}, {slot}, {stage}: anyone may, and it is not possible");
    RIG.with_borrow_mut(|rig| match &said {
        Some(needs) => {
            assert!(
                case.attempt(rig, needs, Spoil::Nothing),
                "{action}, {slot}, {stage}: permitted, but refused"
            );
            for spoil in Spoil::all(needs) {
                let done = case.attempt(rig, needs, spoil);
                assert!(!done, "{action}, {slot}, {stage}: done in spite of {spoil:?}");
            }
        }
        None => {
            for needs in generous(case) {
                let done = case.attempt(rig, &needs, Spoil::Nothing);
                assert!(!done, "{action}, {slot}, {stage}: not permitted, but done with {needs:?}");
            }
        }
    });
}

/// The same chip with other bytes, some of which can't be written.
fn plan(present: &ConfigZone, source: &mut Source<'_>) {
    let mut wanted = *present;
    for _ in 0..source.byte() % 32 {
        let (offset, byte) = (source.byte() & 0x7F, source.byte());
        if ConfigZone::is_writable(offset) || byte == 0xEE {
            wanted.set_byte(offset, byte);
        }
    }
    let plan = match Plan::new(present, &wanted) {
        Err(PlanError::AlreadyLocked) => return assert!(present.is_config_locked()),
        Err(_) => {
            let mut differences = wanted.difference(present);
            return assert!(differences.any(|byte| !ConfigZone::is_writable(byte.offset)));
        }
        Ok(plan) => plan,
    };
    let mut planned = *present;
    for change in plan.changes() {
        assert!(ConfigZone::is_writable(change.offset) && change.right == present.byte(change.offset));
        planned.set_byte(change.offset, change.left);
    }
    assert_eq!(planned, wanted);
    assert_eq!(plan.crc(), super::crc(wanted.as_bytes()));
    assert_eq!(plan.errors(), wanted.lint_errors());
    let (between, after) =
        (Permitted::new(&wanted, Stage::ConfigLocked), Permitted::new(&wanted, Stage::Locked));
    for (slot, action) in plan.lost() {
        assert!(between.possible(slot, action).is_some() && after.possible(slot, action).is_none());
    }
    assert!(plan.to_string().contains("CRC"));
}

/// Any purposes: refused, or nothing above a notice.
fn build(chip: &ConfigZone, source: &mut Source<'_>) {
    let mut builder = Builder::new(chip);
    while !source.is_empty() {
        let (what, other) = (source.byte(), source.byte());
        let slot = |nibble: u8| Slot::new(nibble & 0xF).expect("a slot");
        let purpose = match what >> 4 {
            0 => Purpose::SigningKey,
            1 => Purpose::RenewableSigningKey,
            2 => Purpose::LimitedKey { uses: u32::from(other) << 13 },
            3 => Purpose::AgreementKey,
            4 => Purpose::EncryptedStorage { key: slot(other) },
            5 => Purpose::StorageKey,
            6 => Purpose::PublicKey,
            7 => Purpose::SecureBootKey { digest: slot(other) },
            8 => Purpose::SecureBootDigest,
            9 => Purpose::Data,
            10 => match other % 3 {
                0 => Purpose::FixedData,
                1 => Purpose::Certificate,
                _ => Purpose::RenewableCertificate,
            },
            11 => Purpose::ParentKey,
            12 => Purpose::IoProtectionKey,
            13 => Purpose::AesKey,
            14 => Purpose::MacKey,
            _ => Purpose::Unused,
        };
        builder = builder.slot(slot(what), purpose);
        if other == 0x1D {
            builder = builder.results_inside();
        }
    }
    if let Ok(built) = builder.build() {
        let worse: Vec<_> = built.lint().filter(|finding| finding.severity > Severity::Notice).collect();
        assert_eq!(worse, [], "{builder:?}\n{built}");
        assert!(built.difference(chip).all(|byte| ConfigZone::is_writable(byte.offset)));
    }
}

pub fn run(data: &[u8]) {
    let present = zone(data);
    let mut source = Source(data.get(128..).unwrap_or_default());
    let what = source.byte();
    match what % 4 {
        0 => findings(&present),
        1 => plan(&present, &mut source),
        // A chip as it is sold, but for AES, which not all have.
        2 => {
            let mut chip = ConfigZone::from_bytes(atecc608::config::preset::FACTORY);
            chip.set_byte(13, present.byte(13));
            build(&chip, &mut source);
        }
        _ => {
            for _ in 0..8 {
                permission(&present, &mut source);
                if source.is_empty() {
                    break;
                }
            }
        }
    }
}
