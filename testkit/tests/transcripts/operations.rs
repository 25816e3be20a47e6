//! Operations of the handle: identity, random numbers, counters, self test, sessions.

use crate::bus::Mode;
use crate::chip_crc::{group, text};
use crate::script::{REVISION, SUCCESS, operation};
use crate::zone::READS;
use atecc608::irreversible::{ByteIsFixed, CountIsSpent};
use atecc608::{Error, ErrorKind, Slot};
use atecc608::{
    command::{CounterId, ExtraByte, InfoState, NonceFixed, Tests},
    wire::Opcode,
};
use embassy_futures::block_on;

#[test]
fn revision_and_serial_number() {
    let script = operation(|s| s.exchange("07 30 00 00 00 03 5D", REVISION));
    assert!(both!(script; chip => chip.revision()).result.unwrap().is_608());
    let script = operation(|s| s.exchange(READS[0].0, READS[0].1));
    let serial = both!(script; chip => chip.serial_number()).result.unwrap();
    assert_eq!(serial.to_string(), "012345e123b1bd5bee");
}

#[test]
fn random() {
    let bytes: [u8; 32] = std::array::from_fn(|i| i as u8);
    let random = "07 1B 00 00 00 24 CD";
    let script = operation(|s| s.exchange(random, &group(&text(&bytes))));
    assert_eq!(both!(script; chip => chip.random()).result, Ok(bytes));
    // The pattern of an unlocked chip (chip reference 7.4) is not passed off as random.
    let pattern = format!("23 {} 41 1A", "FF FF 00 00 ".repeat(8));
    let script = operation(|s| s.exchange(random, &pattern));
    let error = both!(script; chip => chip.random()).result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Random, ErrorKind::NotRandom));
    // One other byte makes it random.
    let nearly = "FF FF 00 00 ".repeat(7) + "FF FF 00 01";
    let script = operation(|s| s.exchange(random, &group(&nearly)));
    assert!(both!(script; chip => chip.random()).result.is_ok());
}

#[test]
fn key_validity() {
    let script = operation(|s| s.exchange("07 30 01 00 00 00 D7", &group("01 00 00 00")));
    assert_eq!(both!(script; chip => chip.is_key_valid(Slot::S0)).result, Ok(true));
}

#[test]
fn counters() {
    let script = operation(|s| s.exchange("07 24 00 00 00 0C FD", &group("07 00 00 00")));
    assert_eq!(both!(script; chip => chip.counter(CounterId::Counter0)).result, Ok(7));
    let script = operation(|s| s.exchange("07 24 01 01 00 06 F7", &group("08 00 00 00")));
    let run = both!(script; chip => chip.increment_counter(CounterId::Counter1, CountIsSpent));
    assert_eq!(run.result, Ok(8));
}

#[test]
fn a_count_whose_answer_is_lost_is_not_counted_again() {
    let bad = "07 00 00 00 00 00 00";
    let script =
        operation(|s| s.command("07 24 01 01 00 06 F7").read(bad).rewind().read(bad).rewind().read(bad));
    let run = both!(script; chip => chip.increment_counter(CounterId::Counter1, CountIsSpent));
    assert!(run.result.unwrap_err().may_have_run());
}

#[test]
fn extra_byte() {
    let script = operation(|s| s.exchange("07 20 00 01 00 09 FD", SUCCESS));
    let run = both!(script; chip => chip.update_extra(ExtraByte::UserExtra, 1, ByteIsFixed));
    assert_eq!(run.result, Ok(()));
}

#[test]
fn self_test() {
    let status = "07 77 00 00 00 2E 75";
    let tests = Tests::from_bits_retain(0x3B);
    let run = |answers: &[&str]| {
        let script = operation(|s| {
            let s = s.exchange("07 77 3B 00 00 9D FB", &group(answers[0]));
            answers[1..].iter().fold(s, |s, answer| s.exchange(status, &group(answer)))
        });
        both!(script.with_mode(Mode::GrantRenewals); chip => chip.self_test(tests)).result
    };
    assert_eq!(run(&["00"]), Ok(Tests::empty()));
    assert_eq!(run(&["08"]), Ok(Tests::ECDH));
    // 0x11 may be a mask or "just woken": only a chip that remembers it has tested.
    assert_eq!(run(&["11", "11"]), Ok(Tests::RNG | Tests::AES));
    let reset = Error::new(Opcode::SelfTest, ErrorKind::Reset);
    assert_eq!(run(&["11", "00"]), Err(reset));
}

#[test]
fn a_session_keeps_the_chip_awake_from_first_to_last_command() {
    let value: [u8; 32] = std::array::from_fn(|i| i as u8);
    let nonce = format!("27 16 03 00 00 {} 04 EE", text(&value));
    let script =
        operation(|s| s.exchange(&nonce, SUCCESS).exchange("07 30 02 00 00 00 D8", &group("10 80 00 00")));
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::blocking::Atecc608::new(bus, clock);
    let blocking = chip.session(|chip| {
        chip.execute(&NonceFixed::TempKey(&value))?;
        chip.execute(&InfoState)
    });
    let blocking_log = stage.finish();
    let (bus, clock, stage) = script.play();
    let mut chip = atecc608::asynch::Atecc608::new(bus, clock);
    let asynch = block_on(chip.session(async |chip| {
        chip.execute(&NonceFixed::TempKey(&value)).await?;
        chip.execute(&InfoState).await
    }));
    assert_eq!((&blocking, blocking_log), (&asynch, stage.finish()));
    assert!(asynch.unwrap().temp_key_valid);
}
