//! U35: the power-on self test.

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::life;

pub(super) const PROBE: Probe = Probe {
    name: "power-on-test",
    points: &["U35"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "When does a chip answer that tests itself at each wake?",
    answers: &[
        Answer { says: "when the test is over, within 20 ms", change: "" },
        Answer {
            says: "at once, as without test",
            change: "U35 and 1.3: it answers while it tests. Simulator: `Chip::wake`.",
        },
        Answer {
            says: "after more than 20 ms",
            change: "U35 and 1.3: what was measured. Simulator: `Timing::wake_self_test`. Driver: its wake delay.",
        },
    ],
    run,
};

/// ChipOptions, and its bit for the test.
const OPTIONS: usize = 90;
const TEST: u8 = 0x01;
const MILLISECOND: u64 = 1_000_000;
/// Microseconds between two looks.
const STEP: u32 = 250;
/// Milliseconds after which it is given up.
const LIMIT: u64 = 300;

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut config = *patient.config();
    config[OPTIONS] |= TEST;
    patient.write_config(&config)?;
    let woken = life::wake(patient)?;
    let (age, response) = loop {
        patient.wait_us(STEP);
        let age = patient.nanos() - woken;
        if let Some(response) = patient.read(4)? {
            break (age, response);
        }
        if age > LIMIT * MILLISECOND {
            return Ok(Seen::Other(format!("it did not answer within {LIMIT} ms")));
        }
    };
    patient.sleep()?;
    let micros = age / 1_000;
    let seen = format!(
        "with the test it answered after {}.{} ms: {response:02x?}",
        micros / 1_000,
        micros % 1_000 / 100
    );
    Ok(match micros {
        // tWHI without test is 1.5 ms.
        ..=3_000 => Seen::Answer(1, seen),
        3_001..=22_000 => Seen::Answer(0, seen),
        _ => Seen::Answer(2, seen),
    })
}
