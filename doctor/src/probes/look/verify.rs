//! U25: Verify(External) before the configuration is locked.

use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const OPEN: Probe = Probe {
    name: "verify-open",
    points: &["U25"],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does Verify(External) work before the configuration is locked?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no", change: "U25 and 5.0.8: x in C0. Simulator: `verify::run`." },
    ],
    run: open,
};

const KEY: [u8; 32] = [0x11; 32];
const DIGEST: [u8; 32] = [0x5A; 32];

fn open(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &DIGEST)?;
    let signed =
        message::signed(&KEY, &DIGEST).ok_or_else(|| Stop::Unready("a signature was made".into()))?;
    let reply = patient.raw(0x45, 0x02, 0x0004, &signed)?;
    let seen = format!("Verify(External) of a right signature: {reply}");
    Ok(match reply {
        Reply::Status(0x00) => Seen::Answer(0, seen),
        Reply::Status(0x03 | 0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
