//! The order of the transactions that the guide promises, row by row.

use atecc608::command::{Command, GenKeyPublic, NonceFixed, Random, Seed};
use atecc608::wire::frame::{command, response};
use atecc608::{ErrorKind, LowPower, Slot, asynch, blocking};
use atecc608_sim::Bus;
use atecc608_sim::mock::Recorder;
use atecc608_sim::preset::Preset;
use embassy_futures::block_on;
use embedded_hal::i2c::ErrorKind as BusKind;
use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

use crate::NACK;

/// Plays the transactions to both halves, one operation after another, and gives their results.
macro_rules! play {
    ($transactions:expr $(, $low_power:expr)?; $chip:ident => $($call:expr),+ $(,)?) => {{
        let transactions: Vec<Transaction> = $transactions.concat();
        let low_power = [$($low_power,)? LowPower::Sleep][0];
        let mut i2c = Mock::new(&transactions);
        let mut $chip = blocking::Atecc608::new(i2c.clone(), NoopDelay).with_low_power(low_power);
        let results = ($($call,)+);
        i2c.done();

        let mut i2c = Mock::new(&transactions);
        let mut $chip = asynch::Atecc608::new(i2c.clone(), NoopDelay).with_low_power(low_power);
        assert_eq!(($(block_on($call),)+), results);
        i2c.done();
        results
    }};
}

fn write(bytes: &[u8]) -> Vec<Transaction> {
    vec![Transaction::write(0x60, bytes.to_vec())]
}

fn write_fails(bytes: &[u8], kind: BusKind) -> Vec<Transaction> {
    vec![Transaction::write(0x60, bytes.to_vec()).with_error(kind)]
}

/// A response, read with so many bytes.
fn read(len: usize, payload: &[u8]) -> Vec<Transaction> {
    let mut bytes = response(payload).unwrap().to_vec();
    assert!(bytes.len() <= len);
    bytes.resize(len, 0xFF);
    vec![Transaction::read(0x60, bytes)]
}

fn damaged() -> Vec<Transaction> {
    let mut bytes = response(&NUMBERS).unwrap().to_vec();
    bytes[20] ^= 1;
    vec![Transaction::read(0x60, bytes)]
}

fn busy(len: usize) -> Vec<Transaction> {
    vec![Transaction::read(0x60, vec![0; len]).with_error(NACK)]
}

fn sleep() -> Vec<Transaction> {
    write(&[0x01])
}

fn idle() -> Vec<Transaction> {
    write(&[0x02])
}

fn reset() -> Vec<Transaction> {
    write(&[0x00])
}

fn wake() -> Vec<Transaction> {
    vec![Transaction::write(0x00, vec![0x00]).with_error(NACK)]
}

fn wake_response() -> Vec<Transaction> {
    read(4, &[0x11])
}

/// The first operation of a handle, up to its command. The chip sleeps.
fn first() -> Vec<Transaction> {
    [write_fails(&[0x01], NACK), wake(), wake_response(), sleep(), wake()].concat()
}

const NUMBERS: [u8; 32] = [0xA5; 32];
const KEY: [u8; 64] = [0x5A; 64];
const DIGEST: [u8; 32] = [7; 32];

fn random_sent() -> Vec<Transaction> {
    write(&command(&Random(Seed::Update).request()).unwrap())
}

/// Random may run twice.
fn random() -> Vec<Transaction> {
    [random_sent(), read(35, &NUMBERS)].concat()
}

/// GenKey must not.
fn public_key() -> Vec<Transaction> {
    let request = GenKeyPublic { slot: Slot::S0, digest: false };
    [write(&command(&request.request()).unwrap()), read(67, &KEY)].concat()
}

#[test]
fn the_first_operation_of_a_handle() {
    let asleep = [first(), random(), sleep()];
    assert_eq!(play!(asleep; chip => chip.random()), (Ok(NUMBERS),));

    let awake = [sleep(), wake(), wake_response(), random(), sleep()];
    assert_eq!(play!(awake; chip => chip.random()), (Ok(NUMBERS),));
}

#[test]
fn a_later_operation_wakes_and_no_more() {
    let both = [first(), random(), sleep(), wake(), random(), sleep(), wake(), random(), sleep()];
    let results = play!(both; chip => chip.random(), chip.random(), chip.random());
    assert_eq!(results, (Ok(NUMBERS), Ok(NUMBERS), Ok(NUMBERS)));
}

#[test]
fn after_an_end_that_was_not_acknowledged_the_chip_is_sought() {
    let refused = write_fails(&[0x01], NACK);
    let twice = [first(), random(), refused.clone(), refused, first(), random(), sleep()];
    assert_eq!(play!(twice; chip => chip.random(), chip.random()), (Ok(NUMBERS), Ok(NUMBERS)));
}

#[test]
fn before_a_first_command_that_must_not_run_twice_the_wake_response_is_read() {
    let later =
        [first(), wake_response(), public_key(), sleep(), wake(), wake_response(), public_key(), sleep()];
    let (one, other) = play!(later; chip => chip.public_key(Slot::S0), chip.public_key(Slot::S0));
    assert_eq!((one.unwrap().as_bytes(), other.unwrap().as_bytes()), (&KEY, &KEY));

    // It came already.
    let awake = [sleep(), wake(), wake_response(), public_key(), sleep()];
    assert!(play!(awake; chip => chip.public_key(Slot::S0)).0.is_ok());
}

#[test]
fn polls_are_the_same_read_again() {
    for polls in [1, 2, 30] {
        let busy = (0..polls).flat_map(|_| busy(35)).collect::<Vec<_>>();
        let late = [first(), random_sent(), busy, read(35, &NUMBERS), sleep()];
        assert_eq!(play!(late; chip => chip.random()), (Ok(NUMBERS),));
    }
}

#[test]
fn an_operation_of_several_commands_wakes_once() {
    // Nonce has been answered, so nothing is read before Sign.
    let nonce = write(&command(&NonceFixed::MessageDigest(&DIGEST).request()).unwrap());
    let sign = write(&command(&sign().request()).unwrap());
    let signed = [first(), nonce, read(4, &[0x00]), sign, read(67, &KEY), sleep()];
    let (signature,) = play!(signed; chip => chip.sign_digest(Slot::S0, &DIGEST));
    assert_eq!(signature.unwrap().as_bytes(), &KEY);
}

fn sign() -> atecc608::command::SignExternal {
    let source = atecc608::command::MessageSource::MessageDigest;
    atecc608::command::SignExternal { slot: Slot::S0, source }
}

/// Recorded, as it depends on the time that the commands take.
#[test]
fn where_the_watchdogs_time_may_be_short_the_chip_goes_idle_and_is_woken() {
    let bus = Bus::new();
    bus.add(Preset::Arduino.chip(1));
    let recorder = Recorder::new();
    let mut chip = blocking::Atecc608::new(recorder.i2c(bus.i2c()), recorder.delay(bus.delay()));
    let public = GenKeyPublic { slot: Slot::S0, digest: false };
    chip.session(|chip| (0..8).try_for_each(|_| chip.execute(&public).map(drop))).unwrap();

    let recorded = recorder.recording().fold_polls().i2c();
    let sent = write(&command(&public.request()).unwrap());
    assert_eq!(recorded.iter().filter(|step| **step == sent[0]).count(), 8);
    let renewals: Vec<usize> = (0..recorded.len()).filter(|index| recorded[*index] == idle()[0]).collect();
    assert!(!renewals.is_empty());
    for index in renewals {
        assert_eq!(recorded[index + 1..][..3], [wake(), wake_response(), sent.clone()].concat());
    }
}

#[test]
fn the_end_is_sleep_or_idle_and_is_said_twice_at_most() {
    let refused = write_fails(&[0x01], NACK);
    let again = [first(), random(), refused, sleep(), wake(), random(), sleep()];
    assert_eq!(play!(again; chip => chip.random(), chip.random()), (Ok(NUMBERS), Ok(NUMBERS)));

    let left_idle = [first(), random(), idle(), wake(), random(), idle()];
    let results = play!(left_idle, LowPower::Idle; chip => chip.random(), chip.random());
    assert_eq!(results, (Ok(NUMBERS), Ok(NUMBERS)));

    // After an error, too: a chip without random numbers.
    let failed = [first(), random_sent(), read(35, &[0x08]), sleep()];
    let (error,) = play!(failed; chip => chip.random());
    assert_eq!(error.unwrap_err().kind, ErrorKind::Status(atecc608::Status::HealthTest));
}

#[test]
fn a_damaged_answer_is_read_three_times() {
    let twice = [first(), random_sent(), damaged(), reset(), damaged(), reset(), read(35, &NUMBERS), sleep()];
    assert_eq!(play!(twice; chip => chip.random()), (Ok(NUMBERS),));

    let thrice = [first(), random_sent(), damaged(), reset(), damaged(), reset(), damaged(), sleep()];
    assert_eq!(play!(thrice; chip => chip.random()).0.unwrap_err().kind, ErrorKind::Crc);
}

#[test]
fn a_command_that_was_not_executed_is_sent_three_times() {
    let garbled = || [random_sent(), read(35, &[0xFF])].concat();
    let late = || [random_sent(), read(35, &[0xEE]), idle(), wake()].concat();
    for twice in [[garbled(), garbled()], [late(), late()], [garbled(), late()], [late(), garbled()]] {
        let thrice = [first(), twice.concat(), random(), sleep()];
        assert_eq!(play!(thrice; chip => chip.random()), (Ok(NUMBERS),));
        let in_vain = [first(), twice.concat(), garbled(), sleep()];
        assert!(play!(in_vain; chip => chip.random()).0.is_err());
    }
}

#[test]
fn a_command_that_was_not_acknowledged() {
    let refused = || write_fails(&command(&Random(Seed::Update).request()).unwrap(), NACK);
    // It was awake all the time.
    let awake = [first(), refused(), reset(), read(35, &[0x11]), random(), sleep()];
    assert_eq!(play!(awake; chip => chip.random()), (Ok(NUMBERS),));
    // It slept.
    let asleep =
        [first(), refused(), write_fails(&[0x00], NACK), wake(), read(35, &[0x11]), random(), sleep()];
    assert_eq!(play!(asleep; chip => chip.random()), (Ok(NUMBERS),));

    // One that must not run twice is sent again only if the chip was awake all the time.
    let request = GenKeyPublic { slot: Slot::S0, digest: false };
    let refused = || write_fails(&command(&request.request()).unwrap(), NACK);
    let before = || [first(), wake_response(), refused()].concat();
    let awake = [before(), reset(), read(67, &[0x11]), public_key(), sleep()];
    assert!(play!(awake; chip => chip.public_key(Slot::S0)).0.is_ok());
    let asleep = [before(), write_fails(&[0x00], NACK), wake(), read(67, &[0x11]), sleep()];
    assert_eq!(play!(asleep; chip => chip.public_key(Slot::S0)).0.unwrap_err().kind, ErrorKind::Reset);
}
