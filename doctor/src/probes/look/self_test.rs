//! D14: the bit of SelfTest that names no test.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "self-test-bit-1",
    points: &["D14"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does SelfTest take bit 1 of its mode?",
    answers: &[
        Answer { says: "yes, as the vendor's library sends it", change: "" },
        Answer {
            says: "no: it is refused with 0x03, as the data sheet's \"must be 0\" says",
            change: "D14 and 5.18: illegal. Simulator: `self_test::TOLERATED`.",
        },
    ],
    run,
};

/// With the test of SHA alone, the answer is a mask of bit 5 at most, and so can't be taken for a status.
fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = patient.raw(0x77, 0x22, 0x0000, &[])?;
    let seen = format!("SelfTest 0x22: {reply}");
    Ok(match reply {
        Reply::Status(0x00) => Seen::Answer(0, seen),
        Reply::Status(0x03) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
