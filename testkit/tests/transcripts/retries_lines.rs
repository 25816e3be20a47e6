//! What is tried again, what is not: trouble of the lines.

use crate::bus::Mode;
use crate::chip_crc::{group, text};
use crate::script::{AFTER_WAKE, GARBLED, INFO, NACK, REVISION, REVISION_LEN, SUCCESS, Script, operation};
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind, Slot};
use embedded_hal::i2c::Error as _;
use embedded_hal::i2c::ErrorKind as BusKind;
use embedded_hal::i2c::NoAcknowledgeSource::{Data, Unknown};

const TROUBLE: [BusKind; 2] = [BusKind::ArbitrationLoss, BusKind::Overrun];
/// What may be trouble, or a missing acknowledge of a HAL that does not tell.
const UNCLEAR: [BusKind; 2] = [BusKind::Bus, BusKind::Other];
/// The revision with one bit changed on the way.
const DAMAGED: &str = "07 00 00 60 03 80 38";

fn of_info<T>(kind: ErrorKind<BusKind>) -> Result<T, Error<BusKind>> {
    Err(Error::new(Opcode::Info, kind))
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
        let s = s.busy(5, REVISION_LEN).read_fails(REVISION_LEN, BusKind::Overrun).rewind();
        s.busy(5, REVISION_LEN).read(REVISION)
    });
    assert!(both!(script; chip => chip.revision()).result.is_ok());
}

/// A HAL that can't tell: as long as the command may take the chip counts as busy, as for a missing acknowledge.
#[test]
fn an_unclear_error_in_the_answer_means_not_yet() {
    for kind in UNCLEAR {
        let busy = |s: Script, times| (0..times).fold(s, |s, _| s.read_fails(REVISION_LEN, kind));
        for times in [1, 3, 20] {
            let script = operation(|s| busy(s.command(INFO), times).read(REVISION));
            assert!(both!(script; chip => chip.revision()).result.is_ok(), "{kind:?} {times}");
        }
        // It broke off in the middle of an answer: what is read next begins there (chip reference 1.6), is damaged,
        // and is read from its start.
        let script =
            operation(|s| busy(s.command(INFO), 1).read_short(7, "60 02 80 38").rewind().read(REVISION));
        assert!(both!(script; chip => chip.revision()).result.is_ok(), "{kind:?}");
        let silent = Script::new().first_wake().command(INFO).with_mode(Mode::Gone(kind));
        let run = both!(silent; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Timeout(kind)));
        assert!(run.result.unwrap_err().may_have_run());
    }
}

fn damaged_while_sending(kind: BusKind) -> impl Fn(Script) -> Script {
    move |s| s.write_fails(&format!("03 {INFO}"), kind).rewind()
}

#[test]
fn trouble_while_sending_is_reported_and_the_command_not_sent_again() {
    for kind in [BusKind::NoAcknowledge(Data)].into_iter().chain(TROUBLE) {
        let run = both!(operation(damaged_while_sending(kind)); chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Bus(kind)));
        let error = run.result.unwrap_err();
        assert!(error.may_have_run(), "how much of it arrived is not known");
        assert!(matches!(error.kind, ErrorKind::Bus(inner) if inner.kind() == kind));
    }
}

/// The address may not have been acknowledged by a chip that had just been woken: it is sent again if the chip says
/// that it has done nothing since, and only then.
#[test]
fn what_may_be_a_missing_acknowledge_while_sending_is_followed_up() {
    for kind in [NACK, BusKind::NoAcknowledge(Unknown)].into_iter().chain(UNCLEAR) {
        let sending = damaged_while_sending(kind);
        let again = operation(|s| sending(s).read_short(REVISION_LEN, AFTER_WAKE).exchange(INFO, REVISION));
        assert!(both!(again; chip => chip.revision()).result.is_ok(), "{kind:?}");
        let other = operation(|s| sending(s).read(REVISION));
        let run = both!(other; chip => chip.revision());
        assert_eq!(run.result, of_info(ErrorKind::Bus(kind)));
        assert!(run.result.unwrap_err().may_have_run());
    }
}

/// Lines that nobody drives, in the middle of a session: what was read may have reached the chip as something else, so
/// it is not asked to begin its answer anew, which may be the one before. At the start of one it is.
#[test]
fn lines_that_nobody_drives_are_damage_that_ends_a_session() {
    let digest = [0x5A; 32];
    let nonce = group(&format!("16 43 00 00 {}", text(&digest)));
    let (sign, silent) = ("07 41 A0 00 00 7B 85", "FF ".repeat(67));
    let script = operation(|s| s.exchange(&nonce, SUCCESS).exchange(sign, &silent));
    let error = both!(script; chip => chip.sign_digest(Slot::S0, &digest)).result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Sign, ErrorKind::Crc));
    assert!(error.may_have_run());
    let script = operation(|s| s.exchange(INFO, &"FF ".repeat(REVISION_LEN)).rewind().read(REVISION));
    assert!(both!(script; chip => chip.revision()).result.is_ok());
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
