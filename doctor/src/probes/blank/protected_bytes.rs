//! U46: a Write that reaches bytes of the configuration that can't be written.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "protected-bytes",
    points: &["U46"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "What comes of a Write that reaches the serial number?",
    answers: &[
        Answer { says: "0x0F", change: "" },
        Answer { says: "0x03", change: "U46 and 4.3: 0x03. Simulator: `write::protected`." },
        Answer {
            says: "it is taken",
            change: "U46 and 4.3: the other bytes are written. Simulator: `write::protected`.",
        },
    ],
    run,
};

/// What is written is what is there, so that nothing changes whatever the chip does. The block with the lock bytes is
/// left alone.
fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = *patient.config();
    let word = patient.raw(0x12, 0x00, 0x0000, &config[..4])?;
    let block = patient.raw(0x12, 0x80, 0x0000, &config[..32])?;
    let seen = format!("Write of word 0 as it is: {word}; of block 0: {block}");
    Ok(match (word, block) {
        (Reply::Status(0x0F), Reply::Status(0x0F)) => Seen::Answer(0, seen),
        (Reply::Status(0x03), Reply::Status(0x03)) => Seen::Answer(1, seen),
        (Reply::Status(0x00), Reply::Status(0x00)) => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}
