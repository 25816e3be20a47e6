//! Reading and writing the configuration zone (chip reference 4.3).

use crate::bus::Mode;
use crate::chip_crc::{group, hex};
use crate::script::{REFUSED, SUCCESS, Script, operation};
use crate::zone::{READS, captured, captured_with};
use atecc608::config::Difference;
use atecc608::wire::Opcode;
use atecc608::{ErrorKind, Status, config::ConfigError};

/// Write of word 5 as in chip reference 7.2.
const WRITE_WORD_5: &str = "0B 12 00 05 00 83 00 87 20 38 1D";

#[test]
fn the_zone_is_read_in_four_blocks() {
    let script = operation(|s| READS.iter().fold(s, |s, (read, answer)| s.exchange(read, answer)));
    let run = both!(script; chip => chip.read_config());
    assert_eq!(run.result, Ok(captured()));
    assert_eq!(run.result.unwrap().serial_number().0[..], hex("012345E123B1BD5BEE"));
}

#[test]
fn lock_bytes_are_read_in_one_block() {
    let state = |zone| both!(operation(|s| s.reads_locks(&zone)); chip => chip.lock_state()).result.unwrap();
    let open = state(captured());
    assert!(!open.config && !open.data);
    let locked = state(captured_with(&[(87, 0x00)]));
    assert!(locked.config && !locked.data);
    let both_locked = state(captured_with(&[(86, 0x00), (87, 0x00), (88, 0xFE)]));
    assert!(both_locked.config && both_locked.data && both_locked.slot(atecc608::Slot::S0));
}

#[test]
fn only_words_that_differ_are_written_in_order_and_the_zone_is_read_back() {
    // Bytes 20 to 23 (SlotConfig 0 and 1) and the last byte of the zone.
    let wanted = captured_with(&[(21, 0x00), (127, 0x01)]);
    let script = operation(|s| {
        let s = s.reads_config(&captured()).exchange(WRITE_WORD_5, SUCCESS);
        s.exchange(&group("12 00 1F 00 3C 00 1C 01"), SUCCESS).reads_config(&wanted)
    });
    let script = script.with_mode(Mode::GrantRenewals);
    assert_eq!(both!(script; chip => chip.write_config(&wanted)).result, Ok(2));
}

#[test]
fn nothing_is_written_if_nothing_differs_locked_or_not() {
    for zone in [captured(), captured_with(&[(87, 0x00)])] {
        let script = operation(|s| s.reads_config(&zone));
        assert_eq!(both!(script; chip => chip.write_config(&zone)).result, Ok(0));
    }
}

#[test]
fn a_byte_no_write_reaches_is_refused_before_any_write() {
    // Chip reference 4.3: serial number, revision, AES_Enable; UserExtra and UserExtraAdd; lock bytes.
    for offset in [0, 4, 12, 13, 15, 84, 85, 86, 87] {
        let wanted = captured_with(&[(20, 0x00), (offset, captured().byte(offset) ^ 0x01)]);
        let script = operation(|s| s.reads_config(&captured()));
        let run = both!(script; chip => chip.write_config(&wanted));
        assert_eq!(run.result, Err(ConfigError::NotWritable { offset }));
    }
}

#[test]
fn a_locked_zone_is_refused_before_any_write() {
    // 0x55 means unlocked, everything else locked.
    for lock in [0x00, 0x33] {
        let script = operation(|s| s.reads_config(&captured_with(&[(87, lock)])));
        let wanted = captured_with(&[(20, 0x00), (87, lock)]);
        let run = both!(script; chip => chip.write_config(&wanted));
        assert_eq!(run.result, Err(ConfigError::AlreadyLocked));
    }
}

#[test]
fn a_write_that_did_not_take_is_noticed() {
    let wanted = captured_with(&[(21, 0x00)]);
    let script =
        operation(|s| s.reads_config(&captured()).exchange(WRITE_WORD_5, SUCCESS).reads_config(&captured()));
    let error = both!(script; chip => chip.write_config(&wanted)).result.unwrap_err();
    let ConfigError::Mismatch(mismatch) = error else { panic!("{error:?}") };
    assert_eq!(mismatch.differences(), [Difference { offset: 21, left: 0x00, right: 0x20 }]);
    assert_eq!(mismatch.total(), 1);
}

#[test]
fn a_refused_write_ends_the_work() {
    let wanted = captured_with(&[(21, 0x00), (127, 0x01)]);
    let script: Script = operation(|s| s.reads_config(&captured()).exchange(WRITE_WORD_5, REFUSED));
    let error = both!(script; chip => chip.write_config(&wanted)).result.unwrap_err();
    let ConfigError::Chip(error) = error else { panic!("{error:?}") };
    assert_eq!(error.command, Some(Opcode::Write));
    assert_eq!(error.kind, ErrorKind::Status(Status::Execution));
}
