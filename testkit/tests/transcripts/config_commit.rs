//! Writing and locking as planned: what the chip holds is looked at before each.

use crate::bus::{Log, Mode};
use crate::chip_crc::{crc, group, text};
use crate::script::{SUCCESS, Script, operation};
use crate::zone::{captured, captured_with};
use atecc608::config::plan::{CommitError, Plan};
use atecc608::config::{ConfigError, MISMATCH_SHOWN};
use atecc608::config::{ConfigZone, Difference};
use atecc608::irreversible::NoMoreConfigWrites;
use embedded_hal::i2c::ErrorKind as BusKind;

/// Write of word 5 as in chip reference 7.2, with another SlotConfig 0.
const WRITE: &str = "12 00 05 00 83 00 87 20";

fn wanted() -> ConfigZone {
    captured_with(&[(21, 0x00)])
}

/// A commit of one word to a chip that holds this before, and what `middle` says after.
fn committing(
    before: &ConfigZone,
    middle: impl FnOnce(Script) -> Script,
) -> (Result<(), CommitError<BusKind>>, Log) {
    let plan = Plan::new(&captured(), &wanted()).unwrap().despite_errors();
    let script = operation(|s| middle(s.reads_config(before))).with_mode(Mode::GrantRenewals);
    let run = both!(script; chip => chip.commit(&plan, NoMoreConfigWrites));
    (run.result, run.log)
}

/// What was expected, and found instead.
fn mismatch(result: Result<(), CommitError<BusKind>>) -> Vec<Difference> {
    let Err(CommitError::Config(ConfigError::Mismatch(mismatch))) = result else { panic!("{result:?}") };
    assert!(mismatch.differences().len() <= MISMATCH_SHOWN);
    mismatch.differences().to_vec()
}

#[test]
fn it_is_written_read_back_and_locked_with_the_crc_of_what_is_wanted() {
    let lock = group(&format!("17 00 {}", text(&crc(wanted().as_bytes()))));
    let write = |s: Script| s.exchange(&group(WRITE), SUCCESS).reads_config(&wanted());
    assert_eq!(committing(&captured(), |s| write(s).exchange(&lock, SUCCESS)).0, Ok(()));
    // An earlier commit got so far.
    assert_eq!(committing(&wanted(), |s| s.reads_config(&wanted()).exchange(&lock, SUCCESS)).0, Ok(()));
}

/// The chip's CRC would stop the lock as well, unless what was read is what is wrong: then nobody knows what the chip
/// holds. The script has no Lock.
#[test]
fn what_was_not_taken_or_something_else_is_not_locked() {
    let taken = [(21, 0x20), (21, 0x01), (96, 0x13)];
    for (offset, right) in taken {
        let found = captured_with(&[(21, 0x00), (offset, right)]);
        let (result, _) =
            committing(&captured(), |s| s.exchange(&group(WRITE), SUCCESS).reads_config(&found));
        let left = wanted().byte(offset);
        assert_eq!(mismatch(result), [Difference { offset, left, right }]);
    }
}

/// Neither what was there when the plan was made nor what is planned, if in one byte. The script has no Write.
#[test]
fn a_chip_that_holds_something_else_is_not_written() {
    for (offset, right) in [(21, 0x01), (20, 0x80), (127, 0x01), (0, 0x02)] {
        let (result, log) = committing(&captured_with(&[(offset, right)]), |s| s);
        assert_eq!(mismatch(result), [Difference { offset, left: captured().byte(offset), right }]);
        assert_eq!(log.reads(), 5, "a wake response and four blocks");
    }
}
