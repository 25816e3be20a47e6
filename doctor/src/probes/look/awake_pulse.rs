//! U53: a wake pulse that reaches an awake chip.

use atecc608::wire::frame::payload;

use crate::level::{Level, Stage};
use crate::patient::{Patient, frame};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const PROBE: Probe = Probe {
    name: "awake-pulse",
    points: &["U53"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "A response waits to be read, and a wake pulse comes: what does the next read give?",
    answers: &[
        Answer { says: "the response: an awake chip ignores the pulse", change: "" },
        Answer {
            says: "04 11 33 43: the response is lost",
            change: "U53 and 1.3: an awake chip answers a wake pulse. Simulator: `PulseWhileAwake::Responds` by default.",
        },
    ],
    run,
};

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.wake()?;
    if !patient.write(&frame(0x30, 0x00, 0x0000, &[]))? {
        return Err(Stop::Unready("Info was sent, and the awake chip did not acknowledge".into()));
    }
    // Info takes 5 ms at most.
    patient.wait_us(10_000);
    patient.pulse();
    patient.wait_us(3_000);
    Ok(match patient.read(7)? {
        None => Seen::Other("nothing was acknowledged after the pulse".into()),
        Some(bytes) if matches!(payload(&bytes), Ok([_, _, 0x50 | 0x60, _])) => {
            Seen::Answer(0, "Info, pulse, read: the revision".into())
        }
        Some(bytes) if bytes.starts_with(&[0x04, 0x11, 0x33, 0x43]) => {
            Seen::Answer(1, "Info, pulse, read: 04 11 33 43".into())
        }
        Some(bytes) => Seen::Other(format!("Info, pulse, read: {bytes:02x?}")),
    })
}
