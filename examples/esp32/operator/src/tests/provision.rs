//! Consent, interruptions, chips that are not as they should be.

use super::{Script, contents};
use crate::{Outcome, State, Stopped, provision};
use atecc608::Slot;
use atecc608::blocking::Atecc608;
use atecc608::config::preset;
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608_sim::Bus;
use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, Operation};

fn run(bus: &Bus, answer: &str) -> (Result<Outcome, Stopped>, Script) {
    let mut script = Script::answering([answer]);
    let result = provision(&mut Atecc608::new(bus.i2c(), bus.delay()), "key-1", &mut script);
    (result, script)
}

#[test]
fn a_blank_chip_becomes_a_device() {
    let bus = Bus::with_blank_chip(1);
    let (result, script) = run(&bus, "LOCK");
    assert_eq!(result, Ok(Outcome::Provisioned));
    script.showed(&["bytes change", "CRC of the configuration", "NEVER", "Type LOCK", "Key made", "ready"]);
    script.showed(&[
        "-----BEGIN PUBLIC KEY-----",
        r#"{"keys":[{"kty":"EC","alg":"ES256","use":"sig","kid":"key-1""#,
    ]);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    assert_eq!(State::of(&chip.read_config().unwrap()), State::Ready);
    let key = chip.public_key(Slot::S0).unwrap();
    script.showed(&[key.to_pem(&mut [0; 178]).unwrap()]);
    let before = contents(&bus);
    let (result, again) = run(&bus, "LOCK");
    assert_eq!(result, Ok(Outcome::WasReady));
    again.showed(&[key.to_pem(&mut [0; 178]).unwrap()]);
    assert!(!again.shown.contains("Type LOCK"), "there is nothing to consent to");
    assert!(contents(&bus) == before, "something was written");
}

#[test]
fn nothing_but_the_word_is_consent() {
    let bus = Bus::with_blank_chip(1);
    let blank = contents(&bus);
    for answer in ["", "lock", "LOCK ", " LOCK", "LOCK!", "yes", "LOCK…"] {
        let (result, script) = run(&bus, answer);
        assert_eq!(result, Ok(Outcome::Declined), "{answer:?}");
        script.showed(&["nothing was written, nothing was locked"]);
        assert!(contents(&bus) == blank, "something was written after {answer:?}");
    }
    half_way(&bus);
    let before = contents(&bus);
    assert_eq!(run(&bus, "no").0, Ok(Outcome::Declined));
    assert!(contents(&bus) == before, "something was written");
}

fn half_way(bus: &Bus) {
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config().unwrap());
    let plan = chip.plan(&wanted).unwrap();
    chip.commit(&plan, NoMoreConfigWrites).unwrap();
}

/// A bus that dies at a write: reads in between, most of them polls, change nothing.
struct Cut<I> {
    i2c: I,
    left: usize,
}

impl<I> ErrorType for Cut<I> {
    type Error = ErrorKind;
}

impl<I: I2c> I2c for Cut<I> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        if matches!(operations, [Operation::Write(_), ..]) {
            self.left = self.left.checked_sub(1).ok_or(ErrorKind::Other)?;
        }
        self.i2c.transaction(address, operations).map_err(|error| embedded_hal::i2c::Error::kind(&error))
    }
}

#[test]
fn cut_off_anywhere_it_goes_on_where_it_was() {
    let mut stopped = 0;
    for left in 0.. {
        let bus = Bus::with_blank_chip(1);
        let cut = Cut { i2c: bus.i2c(), left };
        let mut script = Script::answering(["LOCK"]);
        let result = provision(&mut Atecc608::new(cut, bus.delay()), "k", &mut script);
        let key = || Atecc608::new(bus.i2c(), bus.delay()).public_key(Slot::S0).ok();
        if result.is_ok() {
            break;
        }
        stopped += 1;
        script.showed(&["ERROR: ", "and that failed"]);
        bus.power_cycle();
        let before = key();
        let (result, script) = run(&bus, "LOCK");
        assert!(result.is_ok(), "after {left} writes:\n{}", script.shown);
        assert!(before.is_none() || before == key(), "the key was lost after {left} writes");
        let config = Atecc608::new(bus.i2c(), bus.delay()).read_config().unwrap();
        assert_eq!(State::of(&config), State::Ready);
    }
    assert!(stopped > 40, "cut off at {stopped} places only");
}

#[test]
fn another_configuration_is_named_byte_by_byte() {
    let bus = Bus::with_blank_chip(1);
    let mut chip = Atecc608::new(bus.i2c(), bus.delay());
    let mut other = preset::gcp_device(&chip.read_config().unwrap());
    other.set_byte(20, other.byte(20) ^ 0x80);
    chip.write_config(&other).unwrap();
    chip.lock_config(&other, NoMoreConfigWrites).unwrap();
    let before = contents(&bus);
    let (result, script) = run(&bus, "LOCK");
    assert_eq!(result, Err(Stopped));
    script.showed(&["byte 20 is", "another configuration, for ever", "of 128 bytes 1 differ"]);
    assert!(contents(&bus) == before, "something was written");
}

#[test]
fn written_data_is_not_locked_in() {
    let bus = Bus::with_blank_chip(1);
    half_way(&bus);
    Atecc608::new(bus.i2c(), bus.delay()).write_slot(Slot::S8, 0, &[7; 32]).unwrap();
    let (result, script) = run(&bus, "LOCK");
    assert_eq!(result, Err(Stopped));
    script.showed(&["the data zone was locked, and that failed", "Use a blank chip"]);
    let locks = Atecc608::new(bus.i2c(), bus.delay()).lock_state().unwrap();
    assert!(locks.config && !locks.data);
}

#[test]
fn no_chip() {
    let (result, script) = run(&Bus::new(), "LOCK");
    assert_eq!(result, Err(Stopped));
    script.showed(&["ERROR: the chip was looked for", "flash `scan`"]);
}
