//! Slots and OTP in clear (chip reference 4.1, 4.2, 5.16, 5.23).

use crate::chip_crc::{group, hex, text};
use crate::script::{REFUSED, SUCCESS, Script, operation};
use atecc608::{Argument, Error, ErrorKind, Slot, Status};
use embassy_futures::block_on;

fn counting(len: usize) -> Vec<u8> {
    (0..len).map(|i| i as u8).collect()
}

/// Reads into a buffer with both drivers, which must agree.
fn read_slot(script: &Script, slot: Slot, offset: usize, len: usize) -> Vec<u8> {
    let mut blocking = vec![0xEE; len];
    let (bus, clock, stage) = script.play();
    atecc608::blocking::Atecc608::new(bus, clock).read_slot(slot, offset, &mut blocking).unwrap();
    let log = stage.finish();
    let mut asynch = vec![0xEE; len];
    let (bus, clock, stage) = script.play();
    block_on(atecc608::asynch::Atecc608::new(bus, clock).read_slot(slot, offset, &mut asynch)).unwrap();
    assert_eq!((&blocking, log), (&asynch, stage.finish()));
    blocking
}

#[test]
fn a_slot_is_read_in_blocks_in_order() {
    let bytes = counting(96);
    let block = |i: usize| group(&text(&bytes[32 * i..][..32]));
    let script = operation(|s| {
        let s = s.exchange(&group("02 82 78 00"), &block(0)).exchange(&group("02 82 78 01"), &block(1));
        s.exchange("07 02 82 78 02 89 ED", &block(2))
    });
    assert_eq!(read_slot(&script, Slot::S15, 0, 72), bytes[..72]);
    assert_eq!(read_slot(&script, Slot::S15, 5, 64), bytes[5..69]);
}

#[test]
fn four_bytes_are_read_as_a_word() {
    let script = operation(|s| s.exchange("07 02 02 4D 01 14 87", &group("DE AD BE EF")));
    assert_eq!(read_slot(&script, Slot::S9, 52, 4), hex("DE AD BE EF"));
    assert_eq!(read_slot(&script, Slot::S9, 53, 2), hex("AD BE"));
}

#[test]
fn a_slot_is_written_in_blocks_and_words_in_order() {
    let bytes = counting(44);
    // Offset 24 of slot 8: two words to the end of block 0, block 1, one word of block 2.
    let script = operation(|s| {
        let s = s.exchange(&group("12 02 46 00 00 01 02 03"), SUCCESS);
        let s = s.exchange(&group("12 02 47 00 04 05 06 07"), SUCCESS);
        let s = s.exchange(&group(&format!("12 82 40 01 {}", text(&bytes[8..40]))), SUCCESS);
        s.exchange(&group("12 02 40 02 28 29 2A 2B"), SUCCESS)
    });
    assert_eq!(both!(script; chip => chip.write_slot(Slot::S8, 24, &bytes)).result, Ok(()));
}

#[test]
fn a_slots_last_block_is_filled_up() {
    let script = operation(|s| {
        let s = s.exchange(&group(&format!("12 82 18 00 {}", text(&counting(32)))), SUCCESS);
        s.exchange(&group(&format!("12 82 18 01 20212223 {}", "00".repeat(28))), SUCCESS)
    });
    assert_eq!(both!(script; chip => chip.write_slot(Slot::S3, 0, &counting(36))).result, Ok(()));
}

#[test]
fn a_refused_write_ends_the_work() {
    let script = operation(|s| s.exchange(&group(&format!("12 82 40 00 {}", text(&counting(32)))), REFUSED));
    let error = both!(script; chip => chip.write_slot(Slot::S8, 0, &counting(64))).result.unwrap_err();
    assert_eq!(error.status(), Some(Status::Execution));
}

#[test]
fn what_does_not_fit_is_refused_before_anything_is_sent() {
    let argument = |argument| Err(Error::without_command(ErrorKind::Argument(argument)));
    let silent = Script::new;
    let run = both!(silent(); chip => chip.write_slot(Slot::S3, 8, &counting(32)));
    assert_eq!(run.result, argument(Argument::OutOfRange));
    for (offset, len) in [(1, 4), (0, 5), (2, 2)] {
        let run = both!(silent(); chip => chip.write_slot(Slot::S8, offset, &counting(len)));
        assert_eq!(run.result, argument(Argument::Alignment));
    }
    let run = both!(silent(); chip => chip.read_slot(Slot::S9, 70, &mut [0; 3]));
    assert_eq!(run.result, argument(Argument::OutOfRange));
}

#[test]
fn otp_is_read_and_written_in_two_blocks() {
    let bytes = counting(64);
    let (first, second) = (text(&bytes[..32]), text(&bytes[32..]));
    let script = operation(|s| {
        s.exchange("07 02 81 00 00 0A 27", &group(&first)).exchange(&group("02 81 08 00"), &group(&second))
    });
    assert_eq!(both!(script; chip => chip.read_otp()).result.map(Vec::from), Ok(bytes.clone()));
    let script = operation(|s| {
        let s = s.exchange(&group(&format!("12 81 00 00 {first}")), SUCCESS);
        s.exchange(&group(&format!("12 81 08 00 {second}")), SUCCESS)
    });
    let otp: [u8; 64] = bytes.try_into().unwrap();
    assert_eq!(both!(script; chip => chip.write_otp(&otp)).result, Ok(()));
}
