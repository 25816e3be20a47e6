//! D18 and D21: what Info says of the chip's state.

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const ORDER: Probe = Probe {
    name: "info-order",
    points: &["D18"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "In which order do the bytes of Info's state come?",
    answers: &[
        Answer { says: "flags of TempKey first", change: "" },
        Answer {
            says: "flags of TempKey last: most significant byte first",
            change: "D18 and 5.9: reversed. Simulator: `info::state` and `latch`. Driver: `Info`'s responses.",
        },
    ],
    run: order,
};

pub(super) const RNG_BITS: Probe = Probe {
    name: "info-rng-bits",
    points: &["D21"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does Info say anything about the random number generator's seed?",
    answers: &[
        Answer { says: "no: both bits are 0, before Random and after", change: "" },
        Answer { says: "yes", change: "D21 and 5.9: bits 1:0 are used. Simulator: `info::state`." },
    ],
    run: rng_bits,
};

/// SourceFlag, of a TempKey that the host loaded, and TempKey.Valid.
const FLAGS: u8 = 0x10;
const VALID: u8 = 0x80;

/// The state with TempKey loaded, and whether it is in the recommended order.
fn state(patient: &mut Patient<'_>) -> Result<([u8; 4], Option<bool>), Stop> {
    temp_key::load(patient, &[0x5A; 32])?;
    let bytes = patient.raw(0x30, 0x02, 0x0000, &[])?.expect_data("Info was asked for the state", 4)?;
    let state = [bytes[0], bytes[1], bytes[2], bytes[3]];
    let order = match state {
        [FLAGS, second, 0, 0] if second & VALID != 0 => Some(true),
        [0, 0, third, FLAGS] if third & VALID != 0 => Some(false),
        _ => None,
    };
    Ok((state, order))
}

fn order(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let (state, order) = state(patient)?;
    let seen = format!("TempKey loaded, state {state:02x?}");
    Ok(match order {
        Some(true) => Seen::Answer(0, seen),
        Some(false) => Seen::Answer(1, seen),
        None => Seen::Other(seen),
    })
}

fn rng_bits(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let (before, _) = state(patient)?;
    patient.raw(0x1B, 0x01, 0x0000, &[])?.expect_data("Random was asked for a number", 32)?;
    let (after, order) = state(patient)?;
    let seen = format!("state {before:02x?}, after Random {after:02x?}");
    let place = match order {
        Some(first) => {
            if first {
                1
            } else {
                2
            }
        }
        None => return Ok(Seen::Other(seen)),
    };
    Ok(Seen::Answer(usize::from((before[place] | after[place]) & 3 != 0), seen))
}
