//! The likely cause, in words.

use crate::script::NACK;
use atecc608::wire::Opcode;
use atecc608::{Argument, Error, ErrorKind, Status, config::ConfigError};
use embedded_hal::i2c::ErrorKind as BusKind;
use std::error::Error as _;

fn text(command: Option<Opcode>, kind: ErrorKind<BusKind>) -> String {
    match command {
        Some(command) => Error::new(command, kind),
        None => Error::without_command(kind),
    }
    .to_string()
}

fn assert_says(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "\"{word}\" is not in \"{text}\"");
    }
}

#[test]
fn every_kind_says_its_likely_cause() {
    let sign = Some(Opcode::Sign);
    let rows: [(Option<Opcode>, ErrorKind<BusKind>, &[&str]); 15] = [
        (sign, ErrorKind::Bus(BusKind::Other), &["Sign: ", "missing acknowledge", "pull-ups"]),
        (
            None,
            ErrorKind::NoDevice(BusKind::Other),
            &["wake: ", "address", "bus is dead", "pull-ups", "Other"],
        ),
        (sign, ErrorKind::Timeout(BusKind::Bus), &["Sign: ", "lost power", "bus is dead", "Bus"]),
        (sign, ErrorKind::Reset, &["asleep", "watchdog", "0.7 s"]),
        (sign, ErrorKind::Bus(BusKind::ArbitrationLoss), &["Sign: ", "arbitration", "pull-ups", "supply"]),
        (None, ErrorKind::WakePin, &["wake: ", "pin"]),
        (
            None,
            ErrorKind::NoDevice(NACK),
            &["wake: ", "address", "0x60", "0x35", "0x36", "0xC0", "wiring", "supply", "133 kHz"],
        ),
        (None, ErrorKind::NotAwake, &["wake: ", "another device"]),
        (sign, ErrorKind::Timeout(NACK), &["Sign: ", "lost power", "watchdog", "wire", "may have run"]),
        (sign, ErrorKind::Crc, &["Sign: ", "damaged", "pull-ups", "bus speed", "has run"]),
        (sign, ErrorKind::Status(Status::Execution), &["Sign: ", "lock state", "diagnose", "0x0F"]),
        (sign, ErrorKind::Reset, &["Sign: ", "reset", "supply", "TempKey", "writes do not arrive"]),
        (sign, ErrorKind::Response, &["Sign: ", "does not belong", "shared"]),
        (Some(Opcode::Random), ErrorKind::NotRandom, &["Random: ", "FF FF 00 00", "locked"]),
        (None, ErrorKind::Argument(Argument::OutOfRange), &["bad argument: ", "beyond"]),
    ];
    for (command, kind, words) in rows {
        assert_says(&text(command, kind), words);
    }
}

#[test]
fn every_status_says_what_it_means_and_its_byte() {
    let rows: [(Status, &[&str]); 11] = [
        (Status::Success, &["success", "0x00"]),
        (Status::Miscompare, &["signature", "0x01"]),
        (Status::Parse, &["mode", "length", "0x03"]),
        (Status::EccFault, &["try again", "0x05"]),
        (Status::SelfTest, &["self-test", "0x07"]),
        (Status::HealthTest, &["random", "0x08"]),
        (Status::Execution, &["lock state", "configuration", "authorisation", "TempKey", "0x0F"]),
        (Status::AfterWake, &["woken", "0x11"]),
        (Status::Watchdog, &["watchdog", "0xEE"]),
        (Status::Communication, &["damaged", "wiring", "0xFF"]),
        (Status::from_byte(0x42), &["unknown", "0x42"]),
    ];
    for (status, words) in rows {
        let text = text(Some(Opcode::Verify), ErrorKind::Status(status));
        assert_says(&text, words);
        assert!(text.starts_with("Verify: "), "{text}");
    }
}

#[test]
fn every_argument_says_what_to_change() {
    let rows: [(Argument, &[&str]); 6] = [
        (Argument::OutOfRange, &["beyond the slot"]),
        (Argument::Alignment, &["multiple of 4", "32"]),
        (Argument::TooLong, &["more data"]),
        (Argument::DigestLength, &["32 bytes"]),
        (Argument::BeyondEnd, &["zeros", "4 bytes in slots 0 to 7"]),
        (Argument::SharedBlock, &["slot 8", "neighbours", "write_places", "slots 9 to 15"]),
    ];
    for (argument, words) in rows {
        assert_says(&text(None, ErrorKind::Argument(argument)), words);
    }
}

#[test]
fn configuration_errors_name_the_field_and_keep_the_source() {
    let refused: Error<BusKind> = Error::new(Opcode::Write, ErrorKind::Crc);
    let error = ConfigError::from(refused);
    assert_eq!(error.to_string(), refused.to_string());
    assert_eq!(error.source().map(ToString::to_string), Some(refused.to_string()));
    let protected: ConfigError<BusKind> = ConfigError::NotWritable { offset: 87 };
    assert_says(&protected.to_string(), &["87", "LockConfig", "nothing was written"]);
    assert!(protected.source().is_none());
    let locked: ConfigError<BusKind> = ConfigError::AlreadyLocked;
    assert_says(&locked.to_string(), &["locked already"]);
}
