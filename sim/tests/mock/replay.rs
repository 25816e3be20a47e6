//! The same calls on the recorded bus and on the mock that its recording makes.

use std::panic::{AssertUnwindSafe, catch_unwind};

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::{Error, ErrorKind, I2c, NoAcknowledgeSource, Operation};
use embedded_hal_mock::eh1::delay::{CheckedDelay, NoopDelay};
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

use super::{block_on, record};

const ADDRESS: u8 = 0x60;
const INFO: [u8; 8] = [0x03, 0x07, 0x30, 0x00, 0x00, 0x00, 0x03, 0x5D];
const ABSENT: ErrorKind = ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address);

fn kind<E: Error>(result: Result<(), E>) -> Result<(), ErrorKind> {
    result.map_err(|error| error.kind())
}

/// Everything that the trait can ask for, failures included. Gives what came back.
fn talk(i2c: &mut impl I2c, delay: &mut impl DelayNs) -> (Vec<Result<(), ErrorKind>>, Vec<u8>) {
    let (mut response, mut again, mut answer) = ([0; 4], [0; 4], [0; 7]);
    let mut results = vec![kind(i2c.write(0x00, &[0x00]))];
    results.push(kind(i2c.read(ADDRESS, &mut [0x55; 4]))); // it still wakes
    delay.delay_us(1500);
    results.push(kind(i2c.read(ADDRESS, &mut response)));
    results.push(kind(i2c.write_read(ADDRESS, &[0x00], &mut again)));
    results.push(kind(i2c.write_read(0x20, &[0x00], &mut [0; 3])));
    results.push(kind(
        i2c.transaction(ADDRESS, &mut [Operation::Write(&INFO[..3]), Operation::Write(&INFO[3..])]),
    ));
    results.push(kind(i2c.read(ADDRESS, &mut answer)));
    delay.delay_ns(999_999);
    delay.delay_ms(1);
    results.push(kind(i2c.read(ADDRESS, &mut answer)));
    results.push(kind(i2c.write(ADDRESS, &[0x01])));
    (results, [&response[..], &again[..], &answer[..]].concat())
}

#[test]
fn every_call_comes_back_as_it_went() {
    let mut recorded = None;
    let recording = record(|bus, recorder| {
        recorded = Some(talk(&mut recorder.i2c(bus.i2c()), &mut recorder.delay(bus.delay())));
    });
    let (results, bytes) = recorded.unwrap();
    assert_eq!(results.iter().filter(|result| **result == Err(ABSENT)).count(), 4, "{results:?}");
    assert_eq!(bytes[8..], [0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38]);

    let (mut i2c, mut delay) = (Mock::new(&recording.i2c()), CheckedDelay::new(&recording.delays()));
    assert_eq!(talk(&mut i2c, &mut delay), (results, bytes));
    i2c.done();
    delay.done();
}

#[test]
fn what_is_recorded_is_what_one_would_write() {
    let recording = record(|bus, recorder| {
        talk(&mut recorder.i2c(bus.i2c()), &mut recorder.delay(bus.delay()));
    });
    let written = [
        Transaction::write(0x00, vec![0x00]).with_error(ABSENT),
        Transaction::read(ADDRESS, vec![0; 4]).with_error(ABSENT),
        Transaction::read(ADDRESS, vec![0x04, 0x11, 0x33, 0x43]),
        Transaction::write_read(ADDRESS, vec![0x00], vec![0x04, 0x11, 0x33, 0x43]),
        Transaction::write_read(0x20, vec![0x00], vec![0; 3]).with_error(ABSENT),
        Transaction::transaction_start(ADDRESS),
        Transaction::write(ADDRESS, INFO[..3].to_vec()),
        Transaction::write(ADDRESS, INFO[3..].to_vec()),
        Transaction::transaction_end(ADDRESS),
        Transaction::read(ADDRESS, vec![0; 7]).with_error(ABSENT),
        Transaction::read(ADDRESS, vec![0x07, 0x00, 0x00, 0x60, 0x02, 0x80, 0x38]),
        Transaction::write(ADDRESS, vec![0x01]),
    ];
    assert_eq!(recording.i2c(), written);
    assert_eq!(recording.delays().len(), 3);
}

#[test]
fn the_async_half_is_recorded_the_same() {
    use embedded_hal_async::{delay::DelayNs, i2c::I2c};

    async fn talk(i2c: &mut impl I2c, delay: &mut impl DelayNs) -> [u8; 4] {
        let mut response = [0; 4];
        assert_eq!(kind(i2c.write(0x00, &[0x00]).await), Err(ABSENT));
        delay.delay_us(1500).await;
        i2c.transaction(ADDRESS, &mut [Operation::Read(&mut response)]).await.unwrap();
        i2c.write_read(ADDRESS, &[0x00], &mut response).await.unwrap();
        delay.delay_ms(2_000).await; // the watchdog puts it to sleep
        delay.delay_ns(1).await;
        assert_eq!(kind(i2c.read(ADDRESS, &mut [0; 4]).await), Err(ABSENT));
        response
    }

    let recording = record(|bus, recorder| {
        let mut i2c = recorder.i2c(bus.i2c().yielding());
        block_on(talk(&mut i2c, &mut recorder.delay(bus.delay().yielding())));
    });
    let (mut i2c, mut delay) = (Mock::new(&recording.i2c()), CheckedDelay::new(&recording.delays()));
    assert_eq!(block_on(talk(&mut i2c, &mut delay)), [0x04, 0x11, 0x33, 0x43]);
    i2c.done();
    delay.done();
}

/// The recording of a write of these bytes, replayed by code that writes others.
#[test]
fn another_byte_or_another_call_does_not_pass() {
    let recording = record(|bus, recorder| {
        let mut i2c = recorder.i2c(bus.i2c());
        i2c.write(0x00, &[0x00]).unwrap_err();
        recorder.delay(bus.delay()).delay_us(1500);
        i2c.read(ADDRESS, &mut [0; 4]).unwrap();
    });
    let replay = |byte: u8, length: usize| {
        let mut i2c = Mock::new(&recording.i2c());
        let passed = catch_unwind(AssertUnwindSafe(|| {
            i2c.write(0x00, &[byte]).unwrap_err();
            NoopDelay.delay_us(1500);
            i2c.read(ADDRESS, &mut vec![0; length]).unwrap();
        }));
        // The mock wants to be told that it is done, even after a failure.
        let done = catch_unwind(AssertUnwindSafe(|| i2c.done()));
        passed.is_ok() && done.is_ok()
    };
    assert!(replay(0x00, 4));
    assert!(!replay(0x01, 4));
    assert!(!replay(0x00, 3));
}

#[test]
fn every_way_to_report_a_missing_acknowledge_is_kept() {
    for kind_of_hal in
        [ErrorKind::NoAcknowledge(NoAcknowledgeSource::Unknown), ErrorKind::Bus, ErrorKind::Other]
    {
        let recording = record(|bus, recorder| {
            let mut i2c = recorder.i2c(bus.i2c().report_nack_as(kind_of_hal));
            i2c.write(ADDRESS, &[0x00]).unwrap_err();
        });
        let mut i2c = Mock::new(&recording.i2c());
        assert_eq!(kind(i2c.write(ADDRESS, &[0x00])), Err(kind_of_hal));
        i2c.done();
    }
}

#[test]
fn folded_polls_are_one_each() {
    let recording = record(|bus, recorder| {
        let (mut i2c, mut delay) = (recorder.i2c(bus.i2c()), recorder.delay(bus.delay()));
        i2c.write(0x00, &[]).unwrap_err();
        delay.delay_us(100); // not long enough
        for _ in 0..3 {
            i2c.read(ADDRESS, &mut [0; 4]).unwrap_err();
            delay.delay_us(10);
        }
        i2c.read(ADDRESS, &mut [0; 1]).unwrap_err();
        i2c.read(0x20, &mut [0; 1]).unwrap_err();
        i2c.write(0x20, &[0]).unwrap_err();
        i2c.write(0x20, &[0]).unwrap_err();
        delay.delay_us(1400);
        i2c.read(ADDRESS, &mut [0; 4]).unwrap();
        i2c.read(ADDRESS, &mut [0; 4]).unwrap();
    });
    let folded = recording.fold_polls();
    // Only the first three are the same read, again and again.
    assert_eq!((recording.i2c().len(), folded.i2c().len()), (10, 8));
    assert_eq!((recording.delays().len(), folded.delays().len()), (5, 3));
    assert_eq!(folded.fold_polls(), folded);
    assert_eq!(folded.i2c()[1], Transaction::read(ADDRESS, vec![0; 4]).with_error(ABSENT));
    assert_eq!(folded.i2c()[2], Transaction::read(ADDRESS, vec![0; 1]).with_error(ABSENT));
}
