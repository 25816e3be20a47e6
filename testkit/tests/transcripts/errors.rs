//! What an error says about the command, and whether it may have run.

use crate::bus::Mode;
use crate::script::{AFTER_WAKE, INFO, NACK, REVISION, REVISION_LEN, SUCCESS, Script, operation};
use atecc608::command::raw::RawCommand;
use atecc608::{Argument, Error, ErrorKind, Status};
use atecc608::{
    command::Random,
    wire::{Opcode, Reply},
};
use embedded_hal::i2c::ErrorKind as BusKind;

#[test]
fn an_answer_of_another_length_is_no_answer_to_this_command() {
    // A revision where 32 random bytes should be.
    let script = operation(|s| s.command("07 1B 00 00 00 24 CD").read_short(35, REVISION));
    let error = both!(script; chip => chip.execute(&Random::default())).result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Random, ErrorKind::Response));
    // Success without the bytes asked for is none either.
    let script = operation(|s| s.command(INFO).read_short(REVISION_LEN, SUCCESS));
    let error = both!(script; chip => chip.revision()).result.unwrap_err();
    assert_eq!(error.command, Some(Opcode::Info));
    assert!(matches!(error.kind, ErrorKind::Status(Status::Success) | ErrorKind::Response));
}

#[test]
fn a_command_too_long_for_the_chip_is_not_sent() {
    // Chip reference 1.5: 155 bytes at most, seven of which are not data.
    let fits = [0x5A; 148];
    let command = |data| RawCommand::new(Opcode::Kdf, 0, 0, data, Reply::Status);
    let sent = crate::chip_crc::group(&format!("56 00 00 00 {}", "5A".repeat(148)));
    let script = operation(|s| s.exchange(&sent, SUCCESS));
    assert!(both!(script; chip => chip.execute(&command(&fits))).result.is_ok());
    let too_long = [0x5A; 149];
    let run = both!(operation(|s| s.read(AFTER_WAKE)); chip => chip.execute(&command(&too_long)));
    let error = run.result.unwrap_err();
    assert_eq!(error, Error::new(Opcode::Kdf, ErrorKind::Argument(Argument::TooLong)));
}

#[test]
fn which_errors_leave_it_open_whether_the_command_ran() {
    let rows: [(ErrorKind<BusKind>, bool); 11] = [
        (ErrorKind::Bus(BusKind::Bus), true),
        (ErrorKind::Timeout(NACK), true),
        (ErrorKind::Crc, true),
        (ErrorKind::Response, true),
        (ErrorKind::WakePin, false),
        (ErrorKind::NoDevice(NACK), true),
        (ErrorKind::NotAwake, true),
        (ErrorKind::Status(Status::Execution), false),
        (ErrorKind::Reset, true),
        (ErrorKind::NotRandom, false),
        (ErrorKind::Argument(Argument::TooLong), false),
    ];
    for (kind, open) in rows {
        assert_eq!(Error::new(Opcode::Lock, kind).may_have_run(), open, "{kind:?}");
        // Without a command there is nothing that could have run.
        assert!(!Error::without_command(kind).may_have_run(), "{kind:?}");
    }
}

#[test]
fn only_a_status_has_a_status() {
    let error = |kind: ErrorKind<BusKind>| Error::new(Opcode::Sign, kind);
    assert_eq!(error(ErrorKind::Status(Status::EccFault)).status(), Some(Status::EccFault));
    assert_eq!(error(ErrorKind::Crc).status(), None);
}

#[test]
fn errors_on_the_way_name_the_command_or_the_wake() {
    let gone = Script::new().first_wake().command(INFO).with_mode(Mode::GoneAtEnd);
    let error = both!(gone; chip => chip.revision()).result.unwrap_err();
    assert!(error.to_string().starts_with("Info: no answer"), "{error}");
    let absent = Script::new().with_mode(Mode::GoneAtEnd);
    let error = both!(absent; chip => chip.revision()).result.unwrap_err();
    assert!(error.to_string().starts_with("wake: no chip"), "{error}");
}
