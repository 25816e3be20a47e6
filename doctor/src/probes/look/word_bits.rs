//! D27: the word bits of a 32-byte access.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "word-bits",
    points: &["D27"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What does a word number do in the address of a 32-byte Read?",
    answers: &[
        Answer { says: "nothing: the whole block comes", change: "" },
        Answer {
            says: "32 bytes from that word on come",
            change: "D27 and 4.2: they count. Simulator: `Place::decode`. Driver: no change, it sends 0.",
        },
        Answer {
            says: "the Read is refused with 0x03",
            change: "D27 and 4.2: illegal. Simulator: `Place::decode`. Driver: no change, it sends 0.",
        },
    ],
    run,
};

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = *patient.config();
    let reply = patient.raw(0x02, 0x80, 0x0001, &[])?;
    let seen = |what: &str| format!("Read of 32 bytes at word 1 of the configuration: {what}");
    Ok(match reply {
        Reply::Data(data) if data == config[..32] => Seen::Answer(0, seen("bytes 0 to 31")),
        Reply::Data(data) if data == config[4..36] => Seen::Answer(1, seen("bytes 4 to 35")),
        Reply::Status(0x03) => Seen::Answer(2, seen("0x03")),
        other => Seen::Other(seen(&other.to_string())),
    })
}
