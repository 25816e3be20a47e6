//! D9 and D28: a command of which not all bytes have come.

use atecc608::wire::frame::payload;

use crate::level::{Level, Stage};
use crate::patient::{Patient, frame};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const READ: Probe = Probe {
    name: "partial-read",
    points: &["D9"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Half of a command has come: what does a read give?",
    answers: &[
        Answer { says: "nothing: it is not acknowledged", change: "" },
        Answer { says: "0xFF", change: "D9 and 1.4: acknowledged, 0xFF. Simulator: `Chip::start`." },
        Answer {
            says: "the response before it, as what has come is dropped at STOP",
            change: "D9, D28, 1.4 and 1.5: a partial command does not outlive STOP. Simulator: `Chip::stop`.",
        },
    ],
    run: read,
};

pub(super) const PIECES: Probe = Probe {
    name: "partial-stop",
    points: &["D28"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "A command comes in two writes: does the chip join them?",
    answers: &[
        Answer { says: "yes: a chip that lacks bytes waits for them", change: "" },
        Answer {
            says: "no: STOP or START ends the first one",
            change: "D28 and 1.5: what has come is dropped at STOP. Simulator: `Chip::stop`. Tools: no split writes.",
        },
    ],
    run: pieces,
};

/// Bytes of Info that make the first piece, behind the word address.
const FIRST: usize = 3;

fn read(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.wake()?;
    let info = frame(0x30, 0x00, 0x0000, &[]);
    if !patient.write(&info[..1 + FIRST])? {
        return Ok(Seen::Other("half of Info was not acknowledged".into()));
    }
    let bytes = patient.read(4)?;
    patient.write(&[0x00])?;
    Ok(match bytes {
        None => Seen::Answer(0, "half of Info, read: not acknowledged".into()),
        Some(bytes) if bytes == [0xFF; 4] => Seen::Answer(1, "half of Info, read: ff ff ff ff".into()),
        Some(bytes) if bytes == [0x04, 0x11, 0x33, 0x43] => {
            Seen::Answer(2, "half of Info, read: 04 11 33 43".into())
        }
        Some(bytes) => Seen::Other(format!("half of Info, read: {bytes:02x?}")),
    })
}

fn pieces(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    patient.wake()?;
    let info = frame(0x30, 0x00, 0x0000, &[]);
    let (first, second) = info.split_at(1 + FIRST);
    let taken = [patient.write(first)?, patient.write(&[&[0x03], second].concat())?];
    patient.wait_us(10_000);
    let bytes = patient.read(7)?;
    let seen = format!("Info in two writes, acknowledged {taken:?}");
    Ok(match bytes {
        Some(bytes) if matches!(payload(&bytes), Ok([_, _, 0x50 | 0x60, _])) => {
            Seen::Answer(0, format!("{seen}: the revision"))
        }
        Some(bytes) => match bytes[..4] {
            [0x04, status @ (0x03 | 0x11 | 0xFF), ..] => Seen::Answer(1, format!("{seen}: {status:#04x}")),
            _ => Seen::Other(format!("{seen}: {bytes:02x?}")),
        },
        None => Seen::Answer(1, format!("{seen}: no response")),
    })
}
