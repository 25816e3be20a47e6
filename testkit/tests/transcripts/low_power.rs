//! How the chip is left, and how the next operation begins.

use crate::bus::{Event, Mode};
use crate::script::{AFTER_WAKE, GARBLED, INFO, NACK, REFUSED, REVISION, REVISION_LEN, Script, operation};
use atecc608::LowPower;
use embedded_hal::i2c::ErrorKind as BusKind;

#[test]
fn a_chip_at_rest_is_woken_without_a_sleep_before() {
    let script = operation(|s| s.exchange(INFO, REVISION)).wake().exchange(INFO, REVISION).sleep();
    let run = both!(script; chip => chip.revision(), chip.revision());
    assert!(run.result.0.is_ok() && run.result.1.is_ok());
}

#[test]
fn it_may_be_left_idle() {
    let script = Script::new().first_wake().exchange(INFO, REVISION).idle();
    let script = script.wake().exchange(INFO, REVISION).idle();
    let run = both!(script, .with_low_power(LowPower::Idle); chip => chip.revision(), chip.revision());
    assert!(run.result.0.is_ok() && run.result.1.is_ok());
}

#[test]
fn a_rest_that_was_not_acknowledged_is_made_up_for_before_the_next_wake() {
    for kind in [NACK, BusKind::ArbitrationLoss] {
        let first = Script::new()
            .first_wake()
            .exchange(INFO, REVISION)
            .write_fails("01", kind)
            .write_fails("01", kind);
        let script = first.next_wake().exchange(INFO, REVISION).sleep();
        let run = both!(script; chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_ok() && run.result.1.is_ok(), "{kind:?}");

        let first = Script::new()
            .first_wake()
            .exchange(INFO, REVISION)
            .write_fails("02", kind)
            .write_fails("02", kind);
        let script = first.next_wake().exchange(INFO, REVISION).idle();
        let run = both!(script, .with_low_power(LowPower::Idle); chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_ok() && run.result.1.is_ok(), "{kind:?}");
    }
}

/// Every way to fail after the chip woke, up to the rest.
fn failures() -> Vec<(&'static str, Script)> {
    let awake = Script::new().first_wake();
    let sent = awake.clone().command(INFO);
    let bad = "07 00 00 60 03 80 38";
    let garbled = |s: Script| s.command(INFO).read_short(REVISION_LEN, GARBLED);
    let overrun = |s: Script| s.read_fails(REVISION_LEN, BusKind::Overrun);
    vec![
        ("sending", awake.clone().write_fails(&format!("03 {INFO}"), BusKind::Overrun).rewind()),
        ("status", sent.clone().read_short(REVISION_LEN, REFUSED)),
        ("reset", sent.clone().read_short(REVISION_LEN, AFTER_WAKE)),
        ("crc", sent.clone().read(bad).rewind().read(bad).rewind().read(bad)),
        ("garbled", garbled(garbled(garbled(awake)))),
        ("bus", overrun(overrun(overrun(sent.clone()).rewind()).rewind())),
        ("timeout", sent.busy(timeout_reads(), REVISION_LEN)),
        ("wake response", {
            let fails = |s: Script| s.read_fails(4, BusKind::Overrun);
            fails(fails(fails(Script::new().write_fails("01", NACK).wake()).rewind()).rewind())
        }),
        (
            "self test",
            Script::new()
                .write_fails("01", NACK)
                .pulse(Err(NACK))
                .read("04 07 40 C2")
                .sleep()
                .wake()
                .command(INFO)
                .read_short(REVISION_LEN, "04 07 40 C2"),
        ),
    ]
}

/// Reads until a silent chip is given up in Info.
fn timeout_reads() -> usize {
    let script = Script::new().first_wake().command(INFO).with_mode(Mode::GoneAtEnd);
    both!(script; chip => chip.revision()).log.reads() - 1
}

#[test]
fn after_every_failure_the_chip_is_put_to_rest() {
    for (failure, script) in failures() {
        let run = both!(script.clone().sleep(); chip => chip.revision());
        assert!(run.result.is_err(), "{failure}");
        let last = run.log.events().pop();
        assert!(matches!(&last, Some(Event::Write { bytes, .. }) if bytes[..] == [0x01]), "{failure}");
        let run = both!(script.idle(), .with_low_power(LowPower::Idle); chip => chip.revision());
        assert!(run.result.is_err(), "{failure}");
    }
}

#[test]
fn after_every_failure_the_next_operation_works() {
    for (failure, script) in failures() {
        let rested = script.clone().sleep();
        // What was sent and perhaps not heard may still run.
        let may_run = ["sending", "crc", "bus", "wake response"].contains(&failure);
        let rested = if may_run { rested.first_wake() } else { rested.wake() };
        let rested = rested.exchange(INFO, REVISION).sleep();
        let run = both!(rested; chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_err() && run.result.1.is_ok(), "{failure}");
        // The rest is not acknowledged: a sleep comes before the pulse.
        // It is told twice.
        let script = script.write_fails("01", NACK).write_fails("01", NACK);
        let restless = script.next_wake().exchange(INFO, REVISION).sleep();
        let run = both!(restless; chip => chip.revision(), chip.revision());
        assert!(run.result.0.is_err() && run.result.1.is_ok(), "{failure}");
    }
}

#[test]
fn a_failure_of_the_callers_own_puts_the_chip_to_rest() {
    use atecc608::Error;
    #[derive(Debug, PartialEq)]
    struct Own;
    impl From<Error<BusKind>> for Own {
        fn from(_: Error<BusKind>) -> Self {
            Self
        }
    }
    let script = operation(|s| s.exchange(INFO, REVISION));
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let result: Result<(), Own> = chip.session(|chip| {
        chip.execute(&atecc608::command::InfoRevision)?;
        Err(Own)
    });
    assert_eq!(result, Err(Own));
    let blocking = stage.finish();

    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::asynch::Atecc608::new(bus, clock);
    let result: Result<(), Own> = embassy_futures::block_on(chip.session(async |chip| {
        chip.execute(&atecc608::command::InfoRevision).await?;
        Err(Own)
    }));
    assert_eq!(result, Err(Own));
    assert_eq!(blocking, stage.finish());
}
