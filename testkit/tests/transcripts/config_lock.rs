//! Locking the configuration zone (chip reference 5.11).

use crate::bus::{Event, Log, Mode};
use crate::script::{AFTER_WAKE, GARBLED, NACK, REFUSED, SUCCESS, Script, WATCHDOG, operation};
use crate::zone::{captured, captured_with};
use atecc608::config::Difference;
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind, Status, config::ConfigError};
use embedded_hal::i2c::ErrorKind as BusKind;

/// Lock with the CRC of the captured zone, D2 2A (chip reference 7.2).
const LOCK: &str = "07 17 00 D2 2A D0 B6";
/// Success with a bit changed on the way.
const DAMAGED: &str = "04 00 03 41";

fn is_lock(event: &Event) -> bool {
    matches!(event, Event::Write { bytes, .. } if bytes.len() > 2 && bytes[2] == 0x17)
}

fn locks_sent(log: &Log) -> usize {
    log.events().iter().filter(|event| is_lock(event)).count()
}

/// Zone read, then what `middle` says, with the captured zone expected.
fn locking(middle: impl FnOnce(Script) -> Script) -> (Result<(), ConfigError<BusKind>>, Log) {
    let script = operation(|s| middle(s.reads_config(&captured())));
    let run = both!(script; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
    (run.result, run.log)
}

fn chip_error(kind: ErrorKind<BusKind>) -> Result<(), ConfigError<BusKind>> {
    Err(ConfigError::Chip(Error::new(Opcode::Lock, kind)))
}

#[test]
fn it_is_locked_with_the_crc_of_what_was_read() {
    let (result, _) = locking(|s| s.exchange(LOCK, SUCCESS));
    assert_eq!(result, Ok(()));
}

#[test]
fn a_chip_that_holds_something_else_is_not_locked() {
    let found = captured_with(&[(20, 0x80), (96, 0x13)]);
    let script = operation(|s| s.reads_config(&found));
    let run = both!(script; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
    assert_eq!(locks_sent(&run.log), 0);
    let Err(ConfigError::Mismatch(mismatch)) = run.result else { panic!("{:?}", run.result) };
    let expected = [(20, 0x83, 0x80), (96, 0x33, 0x13)];
    assert_eq!(
        mismatch.differences(),
        expected.map(|(offset, left, right)| Difference { offset, left, right })
    );
    let text = mismatch.to_string();
    assert!(text.contains("byte 20") && text.contains("expected 83, found 80"), "{text}");
}

#[test]
fn a_locked_zone_is_said_to_be_locked() {
    let locked = captured_with(&[(87, 0x00)]);
    for expected in [captured(), locked] {
        let script = operation(|s| s.reads_config(&locked));
        let run = both!(script; chip => chip.lock_config(&expected, NoMoreConfigWrites));
        assert_eq!(run.result, Err(ConfigError::AlreadyLocked));
        assert_eq!(locks_sent(&run.log), 0);
    }
}

#[test]
fn a_zone_that_can_not_be_read_is_not_locked() {
    let read = "07 02 80 00 00 09 AD";
    let script = operation(|s| s.command(read).read_short(35, REFUSED));
    let run = both!(script; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
    let refused = ErrorKind::Status(Status::Execution);
    assert_eq!(run.result, Err(ConfigError::Chip(Error::new(Opcode::Read, refused))));
    assert_eq!(locks_sent(&run.log), 0);
}

#[test]
fn a_refused_lock_is_reported_and_not_looked_after() {
    let (result, _) = locking(|s| s.exchange(LOCK, REFUSED));
    assert_eq!(result, chip_error(ErrorKind::Status(Status::Execution)));
    // Reset before or after the end of the command: the lock bytes tell.
    let (result, _) = locking(|s| s.exchange(LOCK, AFTER_WAKE).reads_locks(&captured()));
    assert_eq!(result, chip_error(ErrorKind::Reset));
}

#[test]
fn a_lock_the_chip_did_not_execute_is_sent_again() {
    let (result, log) = locking(|s| s.exchange(LOCK, GARBLED).exchange(LOCK, SUCCESS));
    assert_eq!((result, locks_sent(&log)), (Ok(()), 2));
    let (result, log) = locking(|s| s.exchange(LOCK, WATCHDOG).renew_for_again().exchange(LOCK, SUCCESS));
    assert_eq!((result, locks_sent(&log)), (Ok(()), 2));
}

/// Every way to lose the answer of a Lock, and what is reported if it did not lock.
fn lost_answers() -> Vec<(ErrorKind<BusKind>, Script)> {
    let before = Script::new().first_wake().reads_config(&captured());
    let sent = before.clone().command(LOCK);
    let silent = {
        let script = sent.clone().with_mode(Mode::GoneAtEnd);
        let run = both!(script; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
        let reads = run.log.events().into_iter().skip_while(|event| !is_lock(event));
        reads.filter(|event| matches!(event, Event::Read { len: 4, .. })).count()
    };
    let overrun = |s: Script| s.read_fails(4, BusKind::Overrun);
    vec![
        (ErrorKind::Crc, sent.clone().read(DAMAGED).rewind().read(DAMAGED).rewind().read(DAMAGED)),
        (ErrorKind::Timeout(NACK), sent.clone().busy(silent, 4)),
        (ErrorKind::Bus(BusKind::Overrun), overrun(overrun(overrun(sent).rewind()).rewind())),
        (ErrorKind::Bus(NACK), before.write_fails(&format!("03 {LOCK}"), NACK).rewind().read(SUCCESS)),
    ]
}

#[test]
fn a_lock_whose_answer_is_lost_is_resolved_by_looking() {
    for (kind, script) in lost_answers() {
        // Locked, not locked, and no telling; the Lock is not sent again in any of them.
        let locked = script.clone().reads_locks(&captured_with(&[(87, 0x00)])).sleep();
        let run = both!(locked; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
        assert_eq!((run.result, locks_sent(&run.log)), (Ok(()), 1), "{kind:?}");

        let open = script.clone().reads_locks(&captured()).sleep();
        let run = both!(open; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
        assert_eq!((run.result, locks_sent(&run.log)), (chip_error(kind), 1), "{kind:?}");

        let silent =
            script.write_fails("03 07 02 80 10 00 0A 1D", NACK).rewind().read_short(35, SUCCESS).sleep();
        let run = both!(silent; chip => chip.lock_config(&captured(), NoMoreConfigWrites));
        assert_eq!((run.result, locks_sent(&run.log)), (chip_error(kind), 1), "{kind:?}");
    }
}
