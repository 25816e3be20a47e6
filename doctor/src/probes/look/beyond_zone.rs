//! U5: an address beyond its zone.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "beyond-zone",
    points: &["U5"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "How is a Read refused whose address lies beyond its zone?",
    answers: &[
        Answer { says: "with 0x03, as what is illegal whatever the state of the chip", change: "" },
        Answer {
            says: "with 0x0F, as what is forbidden",
            change: "U5 and 4.2: 0x0F. Simulator: `Place::decode` refuses with `forbidden`.",
        },
    ],
    run,
};

/// Block 2 of slot 0, which has 36 bytes. Until the data zone is locked no slot can be read at all, and whether that or
/// the address is looked at first is part of the answer.
fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = patient.raw(0x02, 0x02, 0x0200, &[])?;
    let seen = format!("{}: Read of slot 0, block 2: {reply}", patient.stage().name());
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
