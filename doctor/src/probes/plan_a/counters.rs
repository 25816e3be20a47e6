//! U13: Counter and the limit of CountMatch. It uses up what is left.

use super::hand::{LIMITED_KEY, by_status};
use super::{C1D1, as_said, otherwise, spent};
use crate::patient::{Patient, Reply};
use crate::plan::a::LIMIT;
use crate::probe::{Probe, Seen, Stop};

pub(super) const COUNT_MATCH: Probe = Probe {
    name: "count-match-and-counter",
    points: &["U13"],
    question: "Does Counter count on at the limit of CountMatch?",
    answers: &[
        as_said("yes: the limit is one of keys"),
        otherwise(
            "no, an execution error",
            "U13 and 5.3: Counter0 stops at the limit. Simulator: `counter::run`.",
        ),
    ],
    run: count_match,
    ..C1D1
};

fn count_match(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut count = patient.counter(0)?;
    if count > LIMIT {
        return spent(&format!("Counter0 is at {count}, beyond the limit"));
    }
    while count < LIMIT {
        patient.raw(0x24, 0x01, 0, &[])?.expect_data("Counter0 was counted up to the limit", 4)?;
        count += 1;
    }
    let key = patient.mac(0x00, LIMITED_KEY.into())?;
    let counter = patient.raw(0x24, 0x01, 0, &[])?;
    let seen = format!("Counter0 at {count}: MAC with the limited key {key}, Counter {counter}");
    Ok(match (key, &counter) {
        (Reply::Status(0x0F), Reply::Data(_)) => Seen::Answer(0, seen),
        (Reply::Status(0x0F), counter) => by_status(counter, &[(0x0F, 1)], seen),
        // There is no limit to ask about.
        _ => Seen::Other(seen),
    })
}
