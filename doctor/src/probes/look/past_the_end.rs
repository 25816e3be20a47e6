//! U54: a read past the end of a response.

use crate::level::{Level, Stage};
use crate::patient::{Patient, frame};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "past-the-end",
    points: &["U54"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What does a read give that goes on past the end of a response?",
    answers: &[
        Answer { says: "0xFF", change: "" },
        Answer {
            says: "the response again",
            change: "U54 and 1.6: the address counter wraps. Simulator: `PastTheEnd::Repeats` by default.",
        },
        Answer {
            says: "the wake response again, but 0xFF after other responses",
            change: "U54 and 1.6: only the wake response repeats. Simulator: `IoBuffer::next` for the 0x11 group.",
        },
    ],
    run,
};

/// As many bytes as the wake response has are read too many.
const MORE: usize = 4;

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.sleep()?;
    patient.pulse();
    // Longer than any self test at power-on.
    patient.wait_us(100_000);
    let woken = patient.read(4 + MORE)?;
    patient.sleep()?;
    patient.wake()?;
    if !patient.write(&frame(0x30, 0x00, 0x0000, &[]))? {
        return Err(Stop::Unready("Info was sent, and the awake chip did not acknowledge".into()));
    }
    patient.wait_us(10_000);
    let revision = patient.read(7 + MORE)?;
    let (Some(woken), Some(revision)) = (woken, revision) else {
        return Ok(Seen::Other("a read was not acknowledged".into()));
    };
    let seen = format!("wake response {:02x?}, response of Info {:02x?}", &woken[4..], &revision[7..]);
    let repeats = |bytes: &[u8], len: usize| bytes[len..] == bytes[..MORE];
    let ones = |bytes: &[u8], len: usize| bytes[len..] == [0xFF; MORE];
    Ok(if ones(&woken, 4) && ones(&revision, 7) {
        Seen::Answer(0, seen)
    } else if repeats(&woken, 4) && repeats(&revision, 7) {
        Seen::Answer(1, seen)
    } else if repeats(&woken, 4) && ones(&revision, 7) {
        Seen::Answer(2, seen)
    } else {
        Seen::Other(seen)
    })
}
