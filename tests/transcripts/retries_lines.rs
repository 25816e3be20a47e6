//! What is tried again, what is not: trouble of the lines.

use crate::script::{GARBLED, INFO, NACK, REVISION, REVISION_LEN, Script, operation};
use atecc608::command::Opcode;
use atecc608::{Error, ErrorKind};
use embedded_hal::i2c::Error as _;
use embedded_hal::i2c::ErrorKind as BusKind;

const TROUBLE: [BusKind; 4] = [BusKind::ArbitrationLoss, BusKind::Bus, BusKind::Overrun, BusKind::Other];
/// The revision with one bit changed on the way.
const DAMAGED: &str = "07 00 00 60 03 80 38";

fn of_info<T>(kind: ErrorKind<BusKind>) -> Result<T, Error<BusKind>> {
    Err(Error { command: Some(Opcode::Info), kind })
}

#[test]
fn a_bus_error_in_the_answer_is_read_again_and_the_command_not_sent_again() {
    for kind in TROUBLE {
        let trouble = |s: Script| s.read_fails(REVISION_LEN, kind).rewind();
        let once = operation(|s| trouble(s.command(INFO)).read(REVISION));
        assert!(both!(once; chip => chip.revision()).result.is_ok(), "{kind:?}");
        let twice = operation(|s| trouble(trouble(s.command(INFO))).read(REVISION));
        assert!(both!(twice; chip => chip.revision()).result.is_ok(), "{kind:?}");
    }
}

#[test]
fn a_bus_error_in_the_answer_three_times_is_reported_with_its_kind() {
    for kind in TROUBLE {
        let trouble = |s: Script| s.read_fails(REVISION_LEN, kind).rewind();
        let script = operation(|s| trouble(trouble(s.command(INFO))).read_fails(REVISION_LEN, kind));
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Bus(kind)));
        assert!(run.result.unwrap_err().may_have_run());
    }
}

#[test]
fn damage_and_bus_errors_share_the_three_tries_and_the_last_is_reported() {
    let script = operation(|s| {
        let s = s.command(INFO).read(DAMAGED).rewind();
        s.read_fails(REVISION_LEN, BusKind::Overrun).rewind().read(DAMAGED)
    });
    assert_eq!(both!(script; chip => chip.revision()).result, of_info(ErrorKind::Crc));
    let script = operation(|s| {
        let s = s.command(INFO).read(DAMAGED).rewind();
        s.read(DAMAGED).rewind().read_fails(REVISION_LEN, BusKind::Overrun)
    });
    assert_eq!(both!(script; chip => chip.revision()).result, of_info(ErrorKind::Bus(BusKind::Overrun)));
}

#[test]
fn a_busy_chip_between_two_bad_reads_does_not_count() {
    let script = operation(|s| {
        let s = s.command(INFO).busy(2, REVISION_LEN).read(DAMAGED).rewind();
        let s = s.busy(5, REVISION_LEN).read_fails(REVISION_LEN, BusKind::Bus).rewind();
        s.busy(5, REVISION_LEN).read(REVISION)
    });
    assert!(both!(script; chip => chip.revision()).result.is_ok());
}

#[test]
fn a_bus_error_while_sending_is_reported_and_the_command_not_sent_again() {
    for kind in [NACK].into_iter().chain(TROUBLE) {
        let script = operation(|s| s.write_fails(&format!("03 {INFO}"), kind).rewind());
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Bus(kind)));
        let error = run.result.unwrap_err();
        assert!(error.may_have_run(), "how much of it arrived is not known");
        assert!(matches!(error.kind, ErrorKind::Bus(inner) if inner.kind() == kind));
    }
}

#[test]
fn a_bus_error_while_sending_again_is_reported_too() {
    let script = operation(|s| {
        let s = s.command(INFO).read_short(REVISION_LEN, GARBLED);
        s.write_fails(&format!("03 {INFO}"), BusKind::ArbitrationLoss).rewind()
    });
    let run = both!(script; chip => chip.revision());
    assert_eq!(run.result, of_info(ErrorKind::Bus(BusKind::ArbitrationLoss)));
}
