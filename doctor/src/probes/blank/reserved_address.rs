//! U2: reserved word addresses.

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};

/// At no chip that is in use: what they do is not known.
pub(super) const PROBE: Probe = Probe {
    name: "reserved-word-address",
    points: &["U2"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "What does a reserved word address do?",
    answers: &[
        Answer { says: "nothing; it is acknowledged", change: "" },
        Answer {
            says: "nothing; it is not acknowledged",
            change: "U2 and 1.2: not acknowledged. Simulator: `Chip::write`.",
        },
        Answer {
            says: "what its low two bits say",
            change: "U2 and 1.2: only bits 1:0 count. Simulator: `WordAddress::from`.",
        },
    ],
    run,
};

/// With the low bits of Reset, Sleep and Idle.
const RESERVED: [u8; 6] = [0x04, 0x05, 0x06, 0x80, 0x81, 0xFE];

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for word in RESERVED {
        patient.sleep()?;
        patient.wake()?;
        let taken = patient.write(&[word])?;
        // Not acknowledged if it sleeps or idles.
        let awake = patient.read(4)?.is_some();
        seen.push(format!(
            "{word:#04x} {}, {}",
            if taken { "ACK" } else { "NACK" },
            if awake { "awake" } else { "asleep" }
        ));
        found.push((word, taken, awake));
    }
    let all = |wanted: fn(u8) -> (bool, bool)| {
        found.iter().all(|(word, taken, awake)| wanted(*word) == (*taken, *awake))
    };
    let seen = seen.join("; ");
    Ok(if all(|_| (true, true)) {
        Seen::Answer(0, seen)
    } else if all(|_| (false, true)) {
        Seen::Answer(1, seen)
    } else if all(|word| (true, word & 3 == 0)) {
        Seen::Answer(2, seen)
    } else {
        Seen::Other(seen)
    })
}
