//! What is tried again, what is not: answers of the chip (chip reference 1.6, 1.7, 2.3).

use crate::bus::Mode;
use crate::chip_crc::group;
use crate::script::{
    AFTER_WAKE, GARBLED, INFO, NACK, REFUSED, REVISION, REVISION_LEN, SUCCESS, Script, WATCHDOG, operation,
};
use atecc608::{Error, ErrorKind, Status};
use atecc608::{
    command::{SelfTest, ShaStart, Tests},
    wire::Opcode,
};
use embedded_hal::i2c::ErrorKind as BusKind;

/// The revision with one bit changed on the way.
const DAMAGED: &str = "07 00 00 60 03 80 38";
const SHA_START: &str = "07 47 00 00 00 2E 85";

fn of_info<T, E>(kind: ErrorKind<E>) -> Result<T, Error<E>> {
    Err(Error::new(Opcode::Info, kind))
}

/// Damaged in every way: a bit of the payload, of the CRC, of the count; count zero; nothing there.
const ALL_DAMAGED: [&str; 5] =
    [DAMAGED, "07 00 00 60 02 80 39", "06 00 00 60 02 80 38", "00 00 00 00 00 00 00", "FF FF FF FF FF FF FF"];

#[test]
fn a_damaged_answer_is_read_again_and_the_command_not_sent_again() {
    for damaged in ALL_DAMAGED {
        let once = operation(|s| s.command(INFO).read(damaged).rewind().read(REVISION));
        let run = both!(once; chip => chip.revision());
        assert_eq!(run.result.map(|r| r.0), Ok([0x00, 0x00, 0x60, 0x02]));
        let twice = |s: Script| s.command(INFO).read(damaged).rewind().read(damaged).rewind().read(REVISION);
        assert!(both!(operation(twice); chip => chip.revision()).result.is_ok());
    }
}

#[test]
fn an_answer_damaged_three_times_is_an_error() {
    for damaged in ALL_DAMAGED {
        let thrice = |s: Script| s.command(INFO).read(damaged).rewind().read(damaged).rewind().read(damaged);
        let run = both!(operation(thrice); chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Crc));
        assert!(run.result.unwrap_err().may_have_run());
    }
}

#[test]
fn a_rewind_that_is_not_heard_changes_nothing() {
    let script = operation(|s| s.command(INFO).read(DAMAGED).write_fails("00", NACK).read(REVISION));
    assert!(both!(script; chip => chip.revision()).result.is_ok());
}

#[test]
fn a_damaged_status_is_read_again_too() {
    let script = operation(|s| s.command(SHA_START).read("04 00 03 41").rewind().read(SUCCESS));
    assert_eq!(both!(script; chip => chip.execute(&ShaStart)).result, Ok(()));
}

#[test]
fn a_command_the_chip_got_damaged_is_sent_again() {
    let garbled = |s: Script| s.command(INFO).read_short(REVISION_LEN, GARBLED);
    let once = operation(|s| garbled(s).exchange(INFO, REVISION));
    assert!(both!(once; chip => chip.revision()).result.is_ok());
    let twice = operation(|s| garbled(garbled(s)).exchange(INFO, REVISION));
    assert!(both!(twice; chip => chip.revision()).result.is_ok());
}

#[test]
fn a_command_the_chip_got_damaged_three_times_is_an_error() {
    let garbled = |s: Script| s.command(INFO).read_short(REVISION_LEN, GARBLED);
    let script = operation(|s| garbled(garbled(garbled(s))));
    let run = both!(script; chip => chip.revision());
    assert_eq!(run.result, of_info(ErrorKind::Status(Status::Communication)));
    assert!(!run.result.unwrap_err().may_have_run());
}

#[test]
fn a_command_refused_for_the_watchdog_is_sent_again_after_idle_and_wake() {
    let refused = |s: Script| s.command(INFO).read_short(REVISION_LEN, WATCHDOG);
    let once = operation(|s| refused(s).renew().exchange(INFO, REVISION));
    assert!(both!(once; chip => chip.revision()).result.is_ok());
    let twice = operation(|s| refused(refused(s).renew()).renew().exchange(INFO, REVISION));
    assert!(both!(twice; chip => chip.revision()).result.is_ok());
    let always = operation(|s| refused(refused(refused(s).renew()).renew()));
    let run = both!(always; chip => chip.revision());
    assert_eq!(run.result, of_info(ErrorKind::Status(Status::Watchdog)));
}

#[test]
fn both_reasons_to_send_again_share_the_three_tries() {
    let script = |s: Script| {
        let s = s.command(INFO).read_short(REVISION_LEN, GARBLED);
        let s = s.command(INFO).read_short(REVISION_LEN, WATCHDOG).renew();
        s.command(INFO).read_short(REVISION_LEN, GARBLED)
    };
    let run = both!(operation(script); chip => chip.revision());
    assert_eq!(run.result, of_info(ErrorKind::Status(Status::Communication)));
}

#[test]
fn a_chip_that_is_deaf_to_idle_has_fallen_asleep() {
    for kind in [NACK, BusKind::Other, BusKind::Bus] {
        let silent =
            |s: Script| s.command(INFO).read_short(REVISION_LEN, WATCHDOG).write_fails("02", kind).wake();
        // Woken anew, or saying something else: it lost what it held, or may have.
        for answer in [AFTER_WAKE, REFUSED] {
            let script = operation(|s| silent(s).read_short(REVISION_LEN, answer));
            let error = both!(script; chip => chip.revision()).result.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Reset);
            assert!(error.may_have_run());
        }
        let script = silent(Script::new().first_wake()).with_mode(Mode::Gone(kind));
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::NoDevice(kind)));
    }
}

#[test]
fn a_chip_that_does_not_wake_from_idle_is_an_error() {
    let script = Script::new().first_wake().command(INFO).read_short(REVISION_LEN, WATCHDOG).idle();
    let run = both!(script.with_mode(Mode::GoneAtEnd); chip => chip.revision());
    assert_eq!(run.result.unwrap_err().kind, ErrorKind::NoDevice(NACK));
}

#[test]
fn a_chip_that_says_just_woken_has_reset() {
    let data = operation(|s| s.command(INFO).read_short(REVISION_LEN, AFTER_WAKE));
    assert_eq!(both!(data; chip => chip.revision()).result, of_info(ErrorKind::Reset));
    let status = operation(|s| s.exchange(SHA_START, AFTER_WAKE));
    let error = both!(status; chip => chip.execute(&ShaStart)).result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Sha, ErrorKind::Reset));
    assert!(error.may_have_run(), "it may have been over when the supply dipped");
}

#[test]
fn what_the_chip_refuses_is_not_tried_again() {
    // Every other status of chip reference 2.3, and one it does not list.
    let rows = [
        ("01", Status::Miscompare),
        ("03", Status::Parse),
        ("05", Status::EccFault),
        ("07", Status::SelfTest),
        ("08", Status::HealthTest),
        ("0F", Status::Execution),
        ("42", Status::from_byte(0x42)),
    ];
    for (byte, status) in rows {
        let script = operation(|s| s.command(INFO).read_short(REVISION_LEN, &group(byte)));
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Status(status)));
        assert!(!run.result.unwrap_err().may_have_run(), "{status}");
    }
    assert_eq!(group("0F"), REFUSED.replace(' ', ""));
}

#[test]
fn a_self_test_answers_with_a_mask() {
    let mask = |byte: &str| operation(|s| s.exchange("07 77 00 00 00 2E 75", &group(byte)));
    let test = SelfTest(Tests::empty());
    // 0x01, 0x05 and 0x11 would be statuses from any other command (chip reference 2.4).
    for (byte, tests) in [("00", 0x00), ("01", 0x01), ("05", 0x05), ("11", 0x11), ("3D", 0x3D)] {
        let run = both!(mask(byte); chip => chip.execute(&test));
        assert_eq!(run.result, Ok(Tests::from_bits_retain(tests)), "{byte}");
    }
    let again =
        operation(|s| s.exchange("07 77 00 00 00 2E 75", GARBLED).exchange("07 77 00 00 00 2E 75", SUCCESS));
    assert_eq!(both!(again; chip => chip.execute(&test)).result, Ok(Tests::empty()));
}
