//! U4: bits of an address that have no meaning.

use crate::level::{Level, Stage};
use crate::patient::Reply;
use crate::probe::{Answer, Probe, Seen};
use crate::probes::saw::by_status;

pub(super) const PROBE: Probe = Probe {
    name: "unused-address-bits",
    points: &["U4"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What are the bits of an address that have no meaning?",
    answers: &[
        Answer { says: "a parse error", change: "" },
        Answer {
            says: "ignored",
            change: "U4 and 4.2: unused bits are ignored. Simulator: `Place::decode`.",
        },
        Answer { says: "an execution error", change: "U4 and 4.2: 0x0F. Simulator: `Place::decode`." },
    ],
    // Word 4 of the configuration, with bit 5.
    run: |patient| {
        let reply = patient.raw(0x02, 0x00, 0x0024, &[])?;
        let seen = format!("Read of the configuration at 0x0024: {reply}");
        Ok(match &reply {
            Reply::Data(data) if *data == patient.config()[16..20] => Seen::Answer(1, seen),
            reply => by_status(reply, &[(0x03, 0), (0x0F, 2)], seen),
        })
    },
};
