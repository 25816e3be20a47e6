//! Nobody there: a bounded number of reads in a bounded time, as the handle's documentation says.

use crate::bus::{Event, Mode};
use crate::script::{INFO, NACK, REVISION, Script, operation};
use atecc608::wire::Opcode;
use atecc608::{Error, ErrorKind};

/// Pauses without a chip, in the first operation and after one that left it asleep.
const FIRST_US: u64 = 250_000;
const SETTLED_US: u64 = 60_000;

#[test]
fn nobody_there_from_the_beginning() {
    let run = both!(Script::new().with_mode(Mode::GoneAtEnd); chip => chip.revision());
    assert_eq!(run.result, Err(Error::without_command(ErrorKind::NoDevice(NACK))));
    let delay = run.log.total_delay();
    assert!(delay <= FIRST_US, "{delay}");
    // A chip in the middle of a key generation (115 ms, chip reference 3.1) is not overlooked.
    assert!(delay >= 115_000, "{delay}");
    assert!(run.log.reads() <= 550, "{} reads", run.log.reads());
    // No command without a wake response.
    let is_command = |event: &Event| matches!(event, Event::Write { bytes, .. } if bytes[0] == 0x03);
    assert!(!run.log.events().iter().any(is_command));
}

#[test]
fn nobody_there_any_more() {
    let before = operation(|s| s.exchange(INFO, REVISION));
    let alone = both!(before.clone(); chip => chip.revision()).log;
    let run = both!(before.with_mode(Mode::GoneAtEnd); chip => chip.revision(), chip.revision());
    assert!(run.result.0.is_ok());
    assert_eq!(run.result.1, Err(Error::new(Opcode::Info, ErrorKind::NoDevice(NACK))));
    let delay = run.log.total_delay() - alone.total_delay();
    assert!(delay <= SETTLED_US, "{delay}");
    // The chip's own self test at wake (20 ms, chip reference 1.3) is waited for.
    assert!(delay >= 21_500, "{delay}");
    assert!(run.log.reads() - alone.reads() <= 250);
}
