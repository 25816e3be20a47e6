//! U45: more data than a command takes.

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "surplus-data",
    points: &["U45"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What comes of data behind a command that takes none?",
    answers: &[
        Answer { says: "the command is refused with 0x03", change: "" },
        Answer {
            says: "it is ignored",
            change: "U45 and 1.5: ignored. Simulator: `Packet::no_data`. Driver: no change, it sends none.",
        },
    ],
    run,
};

/// Info, Random, Read, and a counter's value.
const COMMANDS: [(&str, u8, u8); 4] =
    [("Info", 0x30, 0x00), ("Random", 0x1B, 0x01), ("Read", 0x02, 0x00), ("Counter", 0x24, 0x00)];

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut refused = 0;
    let mut seen = Vec::new();
    for (name, opcode, p1) in COMMANDS {
        let reply = patient.raw(opcode, p1, 0x0000, &[0; 4])?;
        seen.push(format!("{name} {reply}"));
        match reply.status() {
            None => {}
            Some(0x03) => refused += 1,
            Some(_) => return Ok(Seen::Other(seen.join(", "))),
        }
    }
    let seen = format!("four bytes too many: {}", seen.join(", "));
    Ok(match refused {
        4 => Seen::Answer(0, seen),
        0 => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
