//! Polling while the chip works, and giving up (chip reference 1.4, 3.1).

use crate::bus::{Log, Mode};
use crate::chip_crc::group;
use crate::script::{INFO, NACK, REVISION, REVISION_LEN, Script, operation};
use atecc608::irreversible::NoMoreConfigWrites;
use atecc608::{Error, ErrorKind, Slot, wire::timing};
use atecc608::{
    command::{
        CounterId, CounterRead, GenKeyPublic, InfoRevision, Lock, LockTarget, MessageSource, Random,
        SelfTest, SignExternal, Summary, Tests,
    },
    wire::Opcode,
};

const COUNTER_0: &str = "07 24 00 00 00 0C FD";

/// Delays between the command and each read that follows, for a command with this maximum at the
/// fastest clock, in microseconds: first an eighth of it, then always 1/64 of the time gone by, after the maximum
/// 1/32; 50 at least; and once more when all of its time is over.
fn delays(maximum: u64, bound: u64, reads: usize) -> Vec<u64> {
    let mut delays = vec![maximum / 8];
    while delays.len() < reads {
        let gone = delays.iter().sum::<u64>();
        let share = if gone < maximum { gone / 64 } else { gone / 32 };
        delays.push(share.min(bound.saturating_sub(gone)).max(50));
    }
    delays
}

/// The delays behind those of the two wakes.
fn after_wake(log: &Log) -> Vec<u64> {
    log.delays().split_off(2)
}

#[test]
fn a_busy_chip_is_asked_until_it_answers() {
    for nacks in [0, 1, 2, 7, 100] {
        let script = operation(|s| s.command(INFO).busy(nacks, REVISION_LEN).read(REVISION));
        let run = both!(script; chip => chip.revision());
        assert_eq!(run.result.map(|r| r.0), Ok([0x00, 0x00, 0x60, 0x02]), "{nacks}");
        // Info: 5 ms.
        assert_eq!(after_wake(&run.log), delays(5_000, 55_000, nacks + 1), "{nacks}");
    }
}

#[test]
fn the_first_question_comes_after_an_eighth_of_the_longest_time() {
    let script = operation(|s| s.command(COUNTER_0).busy(3, 7).read(&group("2A 00 00 00")));
    let run = both!(script; chip => chip.execute(&CounterRead(CounterId::Counter0)));
    assert_eq!(run.result, Ok(42));
    // Counter: 25 ms.
    assert_eq!(after_wake(&run.log), [3125, 50, 50, 50]);
}

/// Lets a chip fall silent in a command, and gives the pauses from the command to the error.
macro_rules! pauses_until_timeout {
    ($command:expr, $group:expr, $opcode:ident) => {{
        let script = Script::new().first_wake().command($group).with_mode(Mode::GoneAtEnd);
        let run = both!(script; chip => chip.execute(&$command));
        let timeout = Error::new(Opcode::$opcode, ErrorKind::Timeout(NACK));
        assert_eq!(run.result.err(), Some(timeout));
        after_wake(&run.log)
    }};
}

#[test]
fn a_chip_that_never_answers_is_given_up_at_the_bound() {
    let sign = SignExternal { slot: Slot::S0, source: MessageSource::MessageDigest };
    let public = GenKeyPublic { slot: Slot::S0, digest: false };
    let lock = Lock(LockTarget::Config(Summary::Unchecked, NoMoreConfigWrites));
    // Chip reference 3.1: maximum at the fastest clock, at the slowest, and 50 ms for internal writes.
    let rows = [
        (Opcode::Info, 5_000, 55_000, pauses_until_timeout!(InfoRevision, INFO, Info)),
        (
            Opcode::Random,
            23_000,
            73_000,
            pauses_until_timeout!(Random::default(), "07 1B 00 00 00 24 CD", Random),
        ),
        (Opcode::Lock, 35_000, 85_000, pauses_until_timeout!(lock, "07 17 80 00 00 39 8D", Lock)),
        (Opcode::GenKey, 115_000, 703_000, pauses_until_timeout!(public, "07 40 00 00 00 00 05", GenKey)),
        (Opcode::Sign, 115_000, 715_000, pauses_until_timeout!(sign, "07 41 A0 00 00 7B 85", Sign)),
        (
            Opcode::SelfTest,
            250_000,
            2_374_000,
            pauses_until_timeout!(SelfTest(Tests::empty()), "07 77 00 00 00 2E 75", SelfTest),
        ),
    ];
    for (opcode, maximum, bound, mut pauses) in rows {
        // The chip is told to sleep twice, and given time to hear it.
        assert_eq!(pauses.pop(), Some(u64::from(timing::WAKE_HIGH_US)), "{opcode}");
        assert_eq!(u64::from(timing::bound_us(opcode)), bound, "{opcode}");
        assert_eq!(pauses, delays(maximum, bound, pauses.len()), "{opcode}");
        // It is asked once more after the bound, and the pause before that is short.
        let total: u64 = pauses.iter().sum();
        let before: u64 = pauses.iter().rev().skip(1).sum();
        assert!(before <= bound && bound < total, "{opcode}: {before} {total}");
        assert!(total <= bound + 50, "{opcode}: {total}");
        // As the guide says.
        assert!(pauses.len() <= 220, "{opcode}: {}", pauses.len());
    }
}

#[test]
fn an_answer_at_the_last_moment_still_counts() {
    // As many questions as fit into the 55 ms of Info, and one more.
    let mut nacks = 1;
    while delays(5_000, 55_000, nacks).iter().sum::<u64>() <= 55_000 {
        nacks += 1;
    }
    let late = operation(|s| s.command(INFO).busy(nacks - 1, REVISION_LEN).read(REVISION));
    assert!(both!(late; chip => chip.revision()).result.is_ok());
    let too_late = operation(|s| s.command(INFO).busy(nacks, REVISION_LEN));
    let run = both!(too_late; chip => chip.revision());
    assert_eq!(run.result, Err(Error::new(Opcode::Info, ErrorKind::Timeout(NACK))));
}
