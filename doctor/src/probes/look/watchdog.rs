//! U36: when a command is refused because the watchdog would come.

use crate::level::{Level, Stage};
use crate::patient::{Patient, frame};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::life;

pub(super) const PROBE: Probe = Probe {
    name: "watchdog-margin",
    points: &["U36"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "How much of the watchdog's time must be left for a command not to be refused with 0xEE?",
    answers: &[
        Answer { says: "the command's maximum time", change: "" },
        Answer {
            says: "none: the watchdog ends what does not fit",
            change: "U36 and 1.7: 0xEE is not given. Simulator: `Timing::watchdog_margin` 0.",
        },
        Answer {
            says: "one time, the same for all commands",
            change: "U36 and 1.7: that time. Simulator: `Chip::needed`.",
        },
        Answer {
            says: "the time that the command takes",
            change: "U36 and 1.7: the typical time. Simulator: `Chip::needed`.",
        },
    ],
    run,
};

const MILLISECOND: u64 = 1_000_000;
/// How much before the watchdog's time is not tried: it is not the same each time.
const NEAR: u64 = 12;
/// The shortest watchdog (chip reference 1.7), in milliseconds.
const SHORTEST: u64 = 600;
/// When the watchdog has come for certain, in milliseconds after the wake.
const AFTER: u64 = 2_000;
/// What margins may differ by and be the same, in milliseconds.
const SAME: u64 = 25;

/// A command that needs nothing and changes nothing, its mode, and its maximum (chip reference 3.1).
#[derive(Clone, Copy)]
struct Timed {
    opcode: u8,
    p1: u8,
    max: u64,
}

const SELF_TEST: Timed = Timed { opcode: 0x77, p1: 0x3D, max: 250 };
const SHA_START: Timed = Timed { opcode: 0x47, p1: 0x00, max: 36 };

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    // Maxima are other ones with another clock divider, and the long watchdog would take minutes.
    let mode = patient.config()[19];
    if mode >> 3 != 0 || mode & 4 != 0 {
        return Ok(Seen::NotHere(format!(
            "ChipMode is {mode:#04x}: clock divider or watchdog are not the usual ones"
        )));
    }
    let woken = life::wake(patient)?;
    let Some(life @ SHORTEST..) = life::until_asleep(patient, woken, AFTER, 5)? else {
        return Ok(Seen::NotHere(format!("no watchdog came between {SHORTEST} ms and {AFTER} ms")));
    };
    let takes = execution(patient)?;
    let margins = [margin(patient, SELF_TEST, life)?, margin(patient, SHA_START, life)?];
    patient.sleep()?;
    let text = margins.map(|margin| margin.map_or("never".into(), |ms| format!("below {ms} ms")));
    let seen = format!(
        "watchdog {life} ms; SelfTest, {takes} ms, at most {}: 0xEE {}; SHA, at most {}: 0xEE {}",
        SELF_TEST.max, text[0], SHA_START.max, text[1]
    );
    let near = |margin: u64, wanted: u64| margin.abs_diff(wanted) <= SAME;
    Ok(match margins {
        [None, _] => Seen::Answer(1, seen),
        [Some(test), Some(sha)] if near(test, SELF_TEST.max) && near(sha, SHA_START.max) => {
            Seen::Answer(0, seen)
        }
        [Some(test), Some(sha)] if near(test, sha) => Seen::Answer(2, seen),
        [Some(test), _] if near(test, takes) => Seen::Answer(3, seen),
        _ => Seen::Other(seen),
    })
}

/// How long all self tests take, in milliseconds.
fn execution(patient: &mut Patient<'_>) -> Result<u64, Stop> {
    patient.sleep()?;
    patient.wake()?;
    let sent = patient.nanos();
    patient.raw(SELF_TEST.opcode, SELF_TEST.p1, 0, &[])?.expect_done("all self tests were run")?;
    Ok((patient.nanos() - sent) / MILLISECOND)
}

/// How much must be left, in milliseconds, if it matters.
fn margin(patient: &mut Patient<'_>, command: Timed, life: u64) -> Result<Option<u64>, Stop> {
    let (mut taken, mut refused) = (life / 3, life - NEAR);
    if !is_refused(patient, command, refused)? {
        return Ok(None);
    }
    while refused - taken > 4 {
        let middle = taken.midpoint(refused);
        if is_refused(patient, command, middle)? { refused = middle } else { taken = middle }
    }
    Ok(Some(life - refused))
}

/// Whether 0xEE comes for the command when the chip has been awake for so long.
fn is_refused(patient: &mut Patient<'_>, command: Timed, age: u64) -> Result<bool, Stop> {
    let woken = life::wake(patient)?;
    let elapsed = patient.nanos() - woken;
    patient.wait_us(((age * MILLISECOND).saturating_sub(elapsed) / 1_000) as u32);
    if !patient.write(&frame(command.opcode, command.p1, 0x0000, &[]))? {
        return Ok(false);
    }
    // What is begun has to end before the chip can be sent to sleep, or the watchdog ends it.
    patient.wait_us(4_000);
    let mut response = patient.read(4)?;
    while response.is_none() && patient.nanos() - woken < AFTER * MILLISECOND {
        patient.wait_us(5_000);
        response = patient.read(4)?;
    }
    Ok(response.is_some_and(|bytes| bytes == [0x04, 0xEE, 0x31, 0x41]))
}
