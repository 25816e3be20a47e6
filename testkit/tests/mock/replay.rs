//! A run on the simulated chip, recorded, and replayed without it by both halves of the driver.

use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use atecc608::wire::frame::response;
use atecc608::{Error, LowPower, Slot, asynch, blocking};
use atecc608_sim::Bus;
use atecc608_sim::mock::{Recorder, Recording};
use atecc608_sim::preset::Preset;
use embassy_futures::block_on;
use embedded_hal::i2c::ErrorKind;
use embedded_hal_mock::eh1::delay::{CheckedDelay, NoopDelay};
use embedded_hal_mock::eh1::i2c::{Mock, Transaction};

use crate::NACK;

const DIGEST: [u8; 32] = [0x5A; 32];

/// A locked chip with a key in slot 0, at 0x60.
fn bus() -> Bus {
    let bus = Bus::new();
    bus.add(Preset::Arduino.chip(1));
    bus
}

/// Runs the recording in a closure that gets bus and delay, which it must use up.
fn replay<T>(recording: &Recording, run: impl FnOnce(Mock, CheckedDelay) -> T) -> T {
    let (mut i2c, mut delay) = (Mock::new(&recording.i2c()), CheckedDelay::new(&recording.delays()));
    let result = run(i2c.clone(), delay.clone());
    i2c.done();
    delay.done();
    result
}

/// The operation on the simulated chip and on what was recorded of it, in both halves. Both recordings are one.
macro_rules! check {
    ($($operation:ident($($argument:expr),*)),* $(,)?) => {{
        let recorder = Recorder::new();
        let bus = bus();
        let mut chip = blocking::Atecc608::new(recorder.i2c(bus.i2c()), recorder.delay(bus.delay()));
        let results = ($(chip.$operation($($argument),*).unwrap(),)*);
        let recording = recorder.recording();
        let replayed = replay(&recording, |i2c, delay| {
            let mut chip = blocking::Atecc608::new(i2c, delay);
            ($(chip.$operation($($argument),*).unwrap(),)*)
        });
        assert_eq!(replayed, results);

        let recorder = Recorder::new();
        let bus = self::bus();
        let recorded = block_on(async {
            let i2c = recorder.i2c(bus.i2c().yielding());
            let mut chip = asynch::Atecc608::new(i2c, recorder.delay(bus.delay()));
            ($(chip.$operation($($argument),*).await.unwrap(),)*)
        });
        assert_eq!(recorded, results);
        assert_eq!(recorder.recording(), recording);
        let replayed = replay(&recording, |i2c, delay| block_on(async {
            let mut chip = asynch::Atecc608::new(i2c, delay);
            ($(chip.$operation($($argument),*).await.unwrap(),)*)
        }));
        assert_eq!(replayed, results);
        (recording, results)
    }};
}

#[test]
fn random() {
    let (recording, (numbers,)) = check!(random());
    assert!(recording.i2c().contains(&Transaction::read(0x60, response(&numbers).unwrap().to_vec())));
}

#[test]
fn public_key() {
    check!(public_key(Slot::S0));
}

#[test]
fn sign_digest() {
    let (recording, (signature,)) = check!(sign_digest(Slot::S0, &DIGEST));
    let answer = response(signature.as_bytes()).unwrap().to_vec();
    assert!(recording.i2c().contains(&Transaction::read(0x60, answer)));
    // It is at work for a while.
    let busy = Transaction::read(0x60, vec![0; 67]).with_error(NACK);
    assert!(recording.i2c().iter().filter(|transaction| **transaction == busy).count() > 1);
}

#[test]
fn read_config() {
    check!(read_config());
}

#[test]
fn several_operations_of_one_handle() {
    check!(random(), public_key(Slot::S0), sign_digest(Slot::S0, &DIGEST), read_config(), random());
}

#[test]
fn without_the_delays() {
    let (recording, (signature,)) = check!(sign_digest(Slot::S0, &DIGEST));
    let mut i2c = Mock::new(&recording.i2c());
    let mut chip = blocking::Atecc608::new(i2c.clone(), NoopDelay);
    assert_eq!(chip.sign_digest(Slot::S0, &DIGEST).unwrap(), signature);
    i2c.done();
}

/// A refusal, and nobody at the address, are recorded and replayed as what they are.
#[test]
fn failures_are_replayed() {
    fn told<T: Debug, E: embedded_hal::i2c::Error>(result: Result<T, Error<E>>) -> String {
        result.unwrap_err().to_string()
    }
    let recorder = Recorder::new();
    let bus = bus();
    let chip = blocking::Atecc608::new(recorder.i2c(bus.i2c()), recorder.delay(bus.delay()));
    let refused = told(chip.with_low_power(LowPower::Idle).public_key(Slot::S9));
    let replayed = replay(&recorder.recording(), |i2c, delay| {
        let chip = blocking::Atecc608::new(i2c, delay);
        told(chip.with_low_power(LowPower::Idle).public_key(Slot::S9))
    });
    assert_eq!(replayed, refused);
}

/// Whether signing `digest` passes on these transactions.
fn passes(transactions: &[Transaction], digest: &[u8; 32]) -> bool {
    let mut i2c = Mock::new(transactions);
    let chip = blocking::Atecc608::new(i2c.clone(), NoopDelay);
    let signed = catch_unwind(AssertUnwindSafe(move || {
        let mut chip = chip;
        chip.sign_digest(Slot::S0, digest).map_err(|error| error.kind)
    }));
    // Asked in any case: a mock that is dropped without it panics.
    let done = catch_unwind(AssertUnwindSafe(|| i2c.done()));
    matches!(signed, Ok(Ok(_))) && done.is_ok()
}

#[test]
fn a_changed_byte_makes_the_replay_fail() {
    let (recording, (signature,)) = check!(sign_digest(Slot::S0, &DIGEST));
    let recorded = recording.i2c();
    assert!(passes(&recorded, &DIGEST));

    // What the driver sends.
    let mut digest = DIGEST;
    digest[31] ^= 1;
    assert!(!passes(&recorded, &digest));

    // What it is answered: the CRC shows it, and it reads again, which was not recorded.
    let answer = response(signature.as_bytes()).unwrap().to_vec();
    let place = recorded.iter().position(|step| *step == Transaction::read(0x60, answer.clone())).unwrap();
    for byte in [0, 1, 40, 66] {
        let mut changed = answer.clone();
        changed[byte] ^= 1;
        let mut transactions = recorded.clone();
        transactions[place] = Transaction::read(0x60, changed);
        assert!(!passes(&transactions, &DIGEST), "byte {byte}");
    }

    // One transaction more, one less, and another way to fail.
    assert!(!passes(&recorded[..recorded.len() - 1], &DIGEST));
    assert!(!passes(&[&recorded[..], &recorded[..1]].concat(), &DIGEST));
    let mut transactions = recorded.clone();
    transactions[place] = Transaction::read(0x60, answer).with_error(ErrorKind::Overrun);
    assert!(!passes(&transactions, &DIGEST));
}
