//! Certificates and signers' keys into slots, in each lock state and at each place.

use super::super::rig::{Rig, opcodes, pattern};
use super::{DATA_SLOT, bytes_at, certificate};
use atecc608::wire::Opcode;
use atecc608::x509::{Compressed, SlotPlace, Stored, slot_8};
use atecc608::{Argument, DataContents, ErrorKind, Slot, irreversible::NoMoreFreeDataWrites};
use testkit::{Locks, fleet, refused};

const PLACES: [SlotPlace; 7] = [
    SlotPlace::S9,
    SlotPlace::S10,
    SlotPlace::S11,
    SlotPlace::S12,
    SlotPlace::S13,
    SlotPlace::S14,
    SlotPlace::S15,
];

/// 72 bytes without period, another for each number.
fn any(number: u8) -> Compressed {
    Compressed::from_bytes(core::array::from_fn(|at| (at as u8).wrapping_mul(3).wrapping_add(number)))
}

#[test]
fn slots_9_to_15_in_both_lock_states_and_three_writes() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::open(locks).settled();
        for (number, place) in (1..).zip(PLACES) {
            op!(rig.write_certificate(place, &any(number))).unwrap();
            assert_eq!(rig.executed(), opcodes(&[Opcode::Write; 3]));
            assert_eq!(bytes_at(&rig, place), any(number).as_bytes());
        }
        assert_eq!(rig.eeprom().slot(8), pattern(8));
    }
}

#[test]
fn nothing_is_written_before_the_config_lock() {
    let mut rig = Rig::open(Locks::Nothing);
    assert_eq!(op!(rig.write_certificate(SlotPlace::S10, &any(1))), Err(refused(Opcode::Write)));
    assert_eq!(rig.eeprom().slot(10), pattern(10));
}

/// Once the data zone is locked: the place, and not a byte beside it.
#[test]
fn each_place_of_slot_8_leaves_its_neighbours_alone() {
    for place in SlotPlace::S8 {
        for stored in [Stored::Certificate(&any(5)), Stored::Key(&fleet::SIGNER_KEY)] {
            let mut rig = Rig::open(Locks::Both);
            let mut expected = pattern(8);
            expected[place.offset()..][..72].copy_from_slice(&stored.to_bytes());
            op!(rig.write_places(&[(place, stored)])).unwrap();
            assert_eq!(rig.eeprom().slot(8), expected, "{place}");
        }
        let mut rig = Rig::open(Locks::Both);
        op!(rig.write_certificate(place, &any(6))).unwrap();
        assert_eq!(bytes_at(&rig, place), any(6).as_bytes());
    }
}

/// Before it, one place would spoil its neighbours, which nobody can read.
#[test]
fn one_place_of_slot_8_before_the_data_lock_is_refused_and_nothing_written() {
    for place in SlotPlace::S8 {
        let mut rig = Rig::open(Locks::Config).settled();
        let error = op!(rig.write_certificate(place, &any(1))).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Argument(Argument::SharedBlock));
        assert_eq!(rig.eeprom().slot(8), pattern(8));
        assert_eq!(rig.executed(), opcodes(&[Opcode::Read]), "it looks whether the data zone is locked");
    }
}

/// All at once, in any order, with other slots: what is given is there, blocks in between are blank, others untouched; and
/// the data zone locks with just that.
#[test]
fn all_of_slot_8_at_once_before_the_data_lock() {
    let key = Stored::Key(&fleet::SIGNER_KEY);
    let (first, second) = (any(1), any(2));
    let contents = [
        (SlotPlace::S8[2], Stored::Certificate(&second)),
        (SlotPlace::S10, Stored::Certificate(&first)),
        (SlotPlace::S8[0], key),
        (SlotPlace::S8[1], Stored::Certificate(&first)),
    ];
    let mut rig = Rig::open(Locks::Config);
    op!(rig.write_places(&contents)).unwrap();
    for (place, stored) in &contents {
        assert_eq!(bytes_at(&rig, *place), stored.to_bytes(), "{place}");
    }
    let slot = rig.eeprom().slot(8).to_vec();
    // Three places end at 216, their last block at 224.
    assert_eq!(slot[216..224], [0xFF; 8]);
    assert_eq!(slot[224..], pattern(8)[224..]);

    let mut rig = Rig::x509(Locks::Config);
    op!(rig.write_places(&contents)).unwrap();
    let bytes = slot_8(&contents);
    let expected = DataContents::BLANK.with_slot(DATA_SLOT, &bytes).unwrap();
    let expected = expected.with_slot(Slot::S10, first.as_bytes()).unwrap();
    op!(rig.lock_data(&expected, NoMoreFreeDataWrites)).unwrap();
    assert!(rig.config().is_data_locked());
}

/// The later of two for one place; none at all.
#[test]
fn the_later_of_two_stays_and_none_is_fine() {
    for (locks, place) in
        [(Locks::Config, SlotPlace::S8[3]), (Locks::Both, SlotPlace::S8[3]), (Locks::Both, SlotPlace::S9)]
    {
        let mut rig = Rig::open(locks);
        let (first, second) = (any(1), any(2));
        let contents = [first, second];
        let contents: Vec<_> = contents.iter().map(|one| (place, Stored::Certificate(one))).collect();
        op!(rig.write_places(&contents)).unwrap();
        assert_eq!(bytes_at(&rig, place), any(2).as_bytes());
    }
    let mut rig = Rig::open(Locks::Both).settled();
    op!(rig.write_places(&[])).unwrap();
    assert_eq!(rig.executed(), opcodes(&[]));
}

/// What the preset's table says: slots 10 to 12 are final with the data lock, slot 8 and 13 to 15 with their own.
#[test]
fn what_is_fixed_stays() {
    let mut rig = super::enrolled(Locks::Both);
    let before = rig.eeprom();
    let other = certificate(&rig).with_signature(&atecc608::Signature::from_bytes([7; 64]));
    for place in [SlotPlace::S10, SlotPlace::S11, SlotPlace::S12, SlotPlace::S9] {
        assert_eq!(op!(rig.write_certificate(place, &other)), Err(refused(Opcode::Write)), "{place}");
    }
    assert!((0..16).all(|slot| rig.eeprom().slot(slot) == before.slot(slot)));
    for place in [SlotPlace::S13, SlotPlace::S14, SlotPlace::S15, SlotPlace::S8[4]] {
        op!(rig.write_certificate(place, &other)).unwrap();
        op!(rig.lock_slot(place.slot(), atecc608::irreversible::NoMoreSlotChanges)).unwrap();
        assert_eq!(op!(rig.write_certificate(place, &any(9))), Err(refused(Opcode::Write)), "{place}");
        assert_eq!(bytes_at(&rig, place), other.as_bytes());
    }
}
