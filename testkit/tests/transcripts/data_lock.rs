//! Locking the data zone and single slots (chip reference 5.11).

use crate::chip_crc::group;
use crate::script::{REFUSED, SUCCESS, Script, operation};
use crate::zone::{captured, captured_with};
use atecc608::irreversible::{NoMoreFreeDataWrites, NoMoreSlotChanges};
use atecc608::wire::Opcode;
use atecc608::{DataContents, Error, ErrorKind, Slot, Status};

/// Damaged three times: the answer is lost.
fn answer_lost(s: Script) -> Script {
    let bad = "04 00 03 41";
    s.read(bad).rewind().read(bad).rewind().read(bad)
}

#[test]
fn the_data_zone_is_locked_with_the_crc_of_what_is_expected() {
    // Chip reference 7.4: a blank data zone under this configuration has the CRC 35 53.
    let lock = group("17 01 35 53");
    let script = operation(|s| s.reads_config(&captured()).exchange(&lock, SUCCESS));
    let run = both!(script; chip => chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites));
    assert_eq!(run.result, Ok(()));

    let script = operation(|s| s.reads_config(&captured()).exchange(&lock, REFUSED));
    let run = both!(script; chip => chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites));
    let refused = ErrorKind::Status(Status::Execution);
    assert_eq!(run.result, Err(Error::new(Opcode::Lock, refused)));
}

#[test]
fn the_data_zone_is_locked_unchecked() {
    let script = operation(|s| s.reads_locks(&captured()).exchange("07 17 81 00 00 3A 07", SUCCESS));
    let run = both!(script; chip => chip.lock_data_unchecked(NoMoreFreeDataWrites));
    assert_eq!(run.result, Ok(()));
}

#[test]
fn a_slot_is_locked() {
    let script = operation(|s| s.reads_locks(&captured()).exchange("07 17 22 00 00 7E 08", SUCCESS));
    let run = both!(script; chip => chip.lock_slot(Slot::S8, NoMoreSlotChanges));
    assert_eq!(run.result, Ok(()));
}

#[test]
fn a_data_lock_whose_answer_is_lost_looks_at_the_data_zones_lock() {
    let sent = |s: Script| answer_lost(s.reads_locks(&captured()).command("07 17 81 00 00 3A 07"));
    let rows = [
        (vec![(86, 0x00), (87, 0x00)], true),
        // Only the configuration is locked: not what was asked for.
        (vec![(87, 0x00)], false),
    ];
    for (changes, locked) in rows {
        let lost = Err(Error::new(Opcode::Lock, ErrorKind::Crc));
        let expected = if locked { Ok(()) } else { lost };
        let locks = captured_with(&changes);
        let script = operation(|s| sent(s).reads_locks(&locks));
        let run = both!(script; chip => chip.lock_data_unchecked(NoMoreFreeDataWrites));
        assert_eq!(run.result, expected);
        let script = operation(|s| {
            let s = s.reads_config(&captured()).command(&group("17 01 35 53"));
            answer_lost(s).reads_locks(&locks)
        });
        let run = both!(script; chip => chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites));
        assert_eq!(run.result, expected);
    }
}

#[test]
fn a_slot_lock_whose_answer_is_lost_looks_at_that_slot() {
    let sent = |s: Script| answer_lost(s.reads_locks(&captured()).command("07 17 22 00 00 7E 08"));
    // SlotLocked, bytes 88 and 89: a cleared bit is a locked slot. Slot 8, then slot 9.
    for (high, locked) in [(0xFE, true), (0xFD, false)] {
        let script = operation(|s| sent(s).reads_locks(&captured_with(&[(87, 0x00), (89, high)])));
        let run = both!(script; chip => chip.lock_slot(Slot::S8, NoMoreSlotChanges));
        let lost = Err(Error::new(Opcode::Lock, ErrorKind::Crc));
        assert_eq!(run.result, if locked { Ok(()) } else { lost });
    }
}

/// What was locked before says nothing of this lock: with other contents than expected, perhaps.
#[test]
fn a_lock_that_was_there_before_is_no_success() {
    let locks = captured_with(&[(86, 0x00), (87, 0x00), (89, 0xFE)]);
    let lost = Err(Error::new(Opcode::Lock, ErrorKind::Crc));
    let script = operation(|s| answer_lost(s.reads_config(&locks).command(&group("17 01 35 53"))));
    let run = both!(script; chip => chip.lock_data(&DataContents::BLANK, NoMoreFreeDataWrites));
    assert_eq!(run.result, lost);
    let script = operation(|s| answer_lost(s.reads_locks(&locks).command("07 17 22 00 00 7E 08")));
    let run = both!(script; chip => chip.lock_slot(Slot::S8, NoMoreSlotChanges));
    assert_eq!(run.result, lost);
}
