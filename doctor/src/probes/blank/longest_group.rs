//! D10: the longest group.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply, frame};
use crate::probe::{Answer, Probe, Seen, Stop};

/// At no chip that is in use: nobody knows what is behind its buffer.
pub(super) const PROBE: Probe = Probe {
    name: "longest-group",
    points: &["D10"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "How long may a group be?",
    answers: &[
        Answer { says: "155 bytes", change: "" },
        Answer { says: "135 bytes", change: "D10 and 1.5: 135. Simulator: `LONGEST_GROUP`." },
        Answer {
            says: "more than 155 bytes",
            change: "D10 and 1.5: what was seen. Simulator: `LONGEST_GROUP`.",
        },
    ],
    run,
};

/// The longest command there is, and one more; the longest group that is documented, and one more; what a count can say.
const LENGTHS: [usize; 5] = [135, 136, 155, 156, 255];
/// Count, opcode, parameters, CRC.
const FRAME: usize = 7;

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut taken = Vec::new();
    for len in LENGTHS {
        if is_taken(patient, len)? {
            taken.push(len);
        }
    }
    let seen = format!("taken were groups of {taken:?} bytes of {LENGTHS:?}");
    Ok(match taken[..] {
        [135, 136, 155] => Seen::Answer(0, seen),
        [135] => Seen::Answer(1, seen),
        [135, 136, 155, 156, ..] => Seen::Answer(2, seen),
        [] => Seen::NotHere(
            "not even 135 bytes arrived, which is the bus: some adapters send 61 at a time".into(),
        ),
        _ => Seen::Other(seen),
    })
}

/// Whether an Info of this length arrives, whatever the chip says of the surplus.
fn is_taken(patient: &mut Patient<'_>, len: usize) -> Result<bool, Stop> {
    patient.sleep()?;
    patient.wake()?;
    let acknowledged = patient.write(&frame(0x30, 0x00, 0x0000, &vec![0; len - FRAME]))?;
    if !acknowledged {
        // It says why for a moment.
        patient.wait_us(5_000);
        return Ok(false);
    }
    let doing = || format!("a group of {len} bytes");
    Ok(match patient.answer(0x30, &doing) {
        Ok(reply) => reply != Reply::Status(0xFF),
        Err(Stop::Silent { .. }) => false,
        Err(stop) => return Err(stop),
    })
}
