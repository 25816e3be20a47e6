//! U12, U16, mismatches and the time of counting: what is a use of a limited key.

use super::hand::{KEY, LIMITED_KEY};
use super::{C1D1, as_said, otherwise};
use crate::patient::{Patient, Reply};
use crate::plan::a::{LIMIT, contents};
use crate::probe::{Probe, Seen, Stop};

/// That limited keys have no use left, if so.
pub(super) fn spent(patient: &mut Patient<'_>) -> Result<Option<Seen>, Stop> {
    match patient.counter(0)? {
        // A few questions need two or three.
        count if count + 4 <= LIMIT => Ok(None),
        count => super::spent(&format!("Counter0 is at {count}")).map(Some),
    }
}

/// Whether a command is a use: the first answer if it is as `expected`.
pub(super) fn counts(
    patient: &mut Patient<'_>,
    expected: bool,
    act: impl FnOnce(&mut Patient<'_>) -> Result<Reply, Stop>,
) -> Result<Seen, Stop> {
    if let Some(spent) = spent(patient)? {
        return Ok(spent);
    }
    let before = patient.counter(0)?;
    let reply = act(patient)?;
    let after = patient.counter(0)?;
    let seen = format!("{reply}, and Counter0 went from {before} to {after}");
    Ok(match (reply, after - before) {
        (Reply::Data(_) | Reply::Status(0x00), _) => Seen::Other(seen),
        (_, count @ (0 | 1)) => Seen::Answer(usize::from((count == 1) != expected), seen),
        _ => Seen::Other(seen),
    })
}

pub(super) const ORDER: Probe = Probe {
    name: "use-counted-last",
    points: &["U12"],
    question: "Is a use counted if MAC is refused because SourceFlag is not what p1 says?",
    answers: &[
        as_said("no: it is counted after all checks"),
        otherwise(
            "yes: it is counted first",
            "U12 and 5.0.4: counted before the checks. Simulator: `Machine::use_key`.",
        ),
    ],
    run: |patient| {
        counts(patient, false, |patient| {
            patient.load()?;
            // p1 says that TempKey is random, which it is not.
            patient.mac(0x01, LIMITED_KEY.into())
        })
    },
    ..C1D1
};

pub(super) const MISMATCH: Probe = Probe {
    name: "mismatch-counts",
    points: &["is-a-use-counted-if-checkmac-or-verify"],
    question: "Is a use counted if CheckMac finds a mismatch?",
    answers: &[as_said("yes"), otherwise("no", "5.0.4: a mismatch is no use. Simulator: `check_mac::run`.")],
    run: |patient| {
        counts(patient, true, |patient| {
            // The answer is that of another key.
            patient.check_mac(0x00, LIMITED_KEY, &contents(KEY), &super::hand::CHALLENGE)
        })
    },
    ..C1D1
};

pub(super) const BAD_POINT: Probe = Probe {
    name: "ecdh-bad-point-counts",
    points: &["U16"],
    question: "Is ECDH with a point off the curve a use of a limited key?",
    answers: &[as_said("no"), otherwise("yes", "U16 and 5.0.4: it counts. Simulator: `ecdh::run`.")],
    run: |patient| counts(patient, false, |patient| patient.raw(0x43, 0x08, 2, &super::ecdh::NO_POINT)),
    ..C1D1
};

pub(super) const TIME: Probe = Probe {
    name: "use-counting-time",
    points: &["how-long-does-counting-a-use-take"],
    question: "How long does it take to count a use?",
    answers: &[
        as_said("two milliseconds or more"),
        otherwise("less", "3.1: counting a use needs no allowance. Simulator: `Timing::internal_write`."),
    ],
    run: |patient| {
        if let Some(spent) = spent(patient)? {
            return Ok(spent);
        }
        let without = time(patient, KEY)?;
        let with = time(patient, LIMITED_KEY)?;
        let extra = with.saturating_sub(without);
        let seen = format!("MAC took {} us, with a limited key {} us", without / 1_000, with / 1_000);
        Ok(Seen::Answer(usize::from(extra < 2_000_000), seen))
    },
    ..C1D1
};

/// The shorter one of two MACs, in nanoseconds.
fn time(patient: &mut Patient<'_>, slot: u8) -> Result<u64, Stop> {
    let mut shortest = u64::MAX;
    for _ in 0..2 {
        // Awake for long enough.
        patient.idle()?;
        patient.wake()?;
        let start = patient.nanos();
        patient.mac(0x00, slot.into())?.expect_data("MAC of a challenge", 32)?;
        shortest = shortest.min(patient.nanos().saturating_sub(start));
    }
    Ok(shortest)
}
