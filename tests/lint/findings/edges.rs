//! Where a finding begins and ends: slots that name themselves, the last byte, the last offset.

use super::{Change, Draft, found};
use atecc608::Slot;
use atecc608::config::ConfigZone;
use atecc608::config::explain::{Action, Permitted, Stage};
use atecc608::config::lint::Kind;
use testkit::configurations::{Xorshift, random};

/// What is wrong with a slot that names itself is that, and is told once: not that the slot it names, of all slots, is
/// readable, replaceable or of no use.
#[test]
fn a_slot_that_names_itself_is_told_so_and_nothing_else_of_that_name() {
    const OTHERS: [Kind; 8] = [
        Kind::ReadKeyExposed,
        Kind::WriteKeyExposed,
        Kind::DeriveParentExposed,
        Kind::AuthKeyUnusable,
        Kind::AuthKeyExposed,
        Kind::ParentUnusable,
        Kind::ParentExposed,
        Kind::ValidationReplayed,
    ];
    let itself = [Kind::ReadKeySelf, Kind::WriteKeySelf, Kind::AuthKeySelf, Kind::ParentSelf];
    let (mut numbers, mut told) = (Xorshift::new(11), [0; 4]);
    for _ in 0..2_000 {
        let mut bytes = random(&mut numbers);
        for slot in 0..16 {
            // ReadKey and WriteKey; the key that authorises; a slot that can be written more often than not.
            bytes[20 + 2 * slot] = bytes[20 + 2 * slot] & 0xF0 | slot as u8;
            bytes[21 + 2 * slot] = bytes[21 + 2 * slot] & 0xF0 | slot as u8;
            bytes[97 + 2 * slot] = bytes[97 + 2 * slot] & 0xF0 | slot as u8;
        }
        for finding in ConfigZone::from_bytes(bytes).lint() {
            let names_itself = finding.other.is_some() && finding.other == finding.slot;
            assert!(!(names_itself && OTHERS.contains(&finding.kind)), "{finding}\n{bytes:02X?}");
            for (kind, told) in itself.iter().zip(&mut told) {
                *told += u32::from(finding.kind == *kind);
            }
        }
    }
    assert!(told.iter().all(|told| *told > 100), "{told:?}");
}

/// It is its own parent, and so validates nothing: a digest of the host's is wanted.
#[test]
fn a_public_key_that_names_itself_as_its_parent_validates_nothing() {
    let slots =
        |change: Change| found(change, Kind::ReqRandomPublicKey).iter().map(|f| f.slot).collect::<Vec<_>>();
    assert_eq!(slots(|d| d.slot(10, 0x1F0A, 0x0052)), [Some(Slot::S10)]);
    assert_eq!(slots(|d| d.slot(9, 0x8F0F, 0x0050).slot(10, 0x1F09, 0x0012)), []);
}

/// With a message of 127 bytes the IV's two bytes may be at 125 and 126.
#[test]
fn the_last_offset_of_kdfs_iv_that_a_message_reaches() {
    for (offset, findings) in [(0, 1), (124, 1), (125, 1), (126, 0), (127, 0), (0xF0, 0)] {
        let mut draft = Draft::new();
        draft.byte(91, 0x08).byte(72, offset);
        let found: Vec<_> = draft.zone().lint().filter(|finding| finding.kind == Kind::IvFunction).collect();
        assert_eq!(found.len(), findings, "{offset}");
        assert!(found.iter().all(|finding| finding.bytes() == (72..=74)), "{offset}: {found:?}");
    }
}

/// Secure boot writes a digest or a signature to its slot in two of its modes; in the others it is a slot like any
/// other.
#[test]
fn secure_boot_writes_its_slot_where_it_stores_something() {
    for (mode, written) in [(0x00, false), (0x01, false), (0x02, true), (0x03, true)] {
        let mut draft = Draft::new();
        draft.slot(12, 0x8F8F, 0x001C).byte(70, mode).byte(71, 0xBC);
        let zone = draft.zone();
        let once = zone
            .lint()
            .any(|finding| finding.kind == Kind::ContentsWrittenOnce && finding.slot == Some(Slot::S12));
        assert_eq!(once, !written, "{mode}");
    }
}

/// What ChipOptions keeps inside goes to the next slot as well, whatever the key's own bit says; in clear it is no secret.
#[test]
fn what_is_kept_inside_is_readable_in_a_slot_that_is() {
    for (protection, findings) in [(0, 0), (2, 1)] {
        let mut draft = Draft::new();
        draft.slot(2, 0x8084, 0x0013).slot(3, 0x8F0F, 0x001C).byte(91, protection);
        let zone = draft.zone();
        let readable = zone.lint().filter(|finding| finding.kind == Kind::EcdhTargetReadable);
        assert_eq!(readable.count(), findings, "{protection}");
    }
}

/// A parent that nobody can authorise once the data zone is locked has validated what was to be validated before.
#[test]
fn what_was_validated_between_the_locks_stays_valid() {
    let mut draft = Draft::new();
    // Slot 2 is a private key, which authorises nothing.
    draft.slot(2, 0x8081, 0x0013).slot(9, 0x8F0F, 0x0290).slot(10, 0x1F09, 0x0012);
    let zone = draft.zone();
    let [between, after] = [Stage::ConfigLocked, Stage::Locked].map(|stage| Permitted::new(&zone, stage));
    assert!(between.possible(Slot::S10, Action::Validate).is_some());
    assert!(after.possible(Slot::S10, Action::Validate).is_none());
    assert!(between.can_be_valid(Slot::S10) && after.can_be_valid(Slot::S10));
    assert!(zone.lint().all(|finding| finding.kind != Kind::ParentUnusable));
    // Unless it could not then either: a parent of another type.
    draft.slot(9, 0x8F0F, 0x001C);
    assert!(!Permitted::new(&draft.zone(), Stage::Locked).can_be_valid(Slot::S10));
    assert!(draft.zone().lint().any(|finding| finding.kind == Kind::ParentUnusable));
}
