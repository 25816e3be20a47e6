//! U8, D12, U39: what there is one of on each chip, between the locks.

use super::hand::{by_status, yes_or_no};
use super::{C1D0, as_said, otherwise, spent};
use crate::patient::{Patient, Reply};
use crate::plan::a::{LOCKED_SLOT, PATTERN};
use crate::probe::{Probe, Seen, Stop};

pub(super) const UPDATE_EXTRA: Probe = Probe {
    name: "update-extra-twice",
    points: &["D12"],
    question: "Can UpdateExtra write bytes 84 and 85 a second time?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "D12 and 5.20: any number of times. Simulator: `update_extra::write_once`. Driver: docs of `update_extra`.",
        ),
    ],
    run: |patient| {
        let config = patient.read_config()?;
        if config[84] != 0 || config[85] != 0 {
            return spent("bytes 84 and 85 are written");
        }
        let mut again = Vec::new();
        // Byte 85 may be an address: both values are that of byte 16 then, bit 0 being none of it.
        for (p1, values) in [(0x00, [0x55, 0x5A]), (0x01, [0xC0, 0xC1])] {
            patient.raw(0x20, p1, values[0], &[])?.expect_done("UpdateExtra, the first time")?;
            again.push(patient.raw(0x20, p1, values[1], &[])?);
        }
        let seen = again.iter().map(|reply| format!("again: {reply}; ")).collect();
        match again[..] {
            [Reply::Status(0x0F), Reply::Status(0x0F)] => yes_or_no(true, seen),
            [Reply::Status(0x00), Reply::Status(0x00)] => yes_or_no(false, seen),
            _ => Ok(Seen::Other(seen)),
        }
    },
    ..C1D0
};

pub(super) const COUNTER_PATTERN: Probe = Probe {
    name: "counter-pattern",
    points: &["U8"],
    question: "What does the chip count with a pattern that no value has?",
    answers: &[
        as_said("what the rule of 4.9 gives, and an increment makes it regular"),
        otherwise(
            "its zero bits, and an increment makes it regular",
            "U8 and 4.9. Simulator: `Pattern::ZeroBits` is the default.",
        ),
        otherwise(
            "what the rule of 4.9 gives, and an increment clears one bit more",
            "U8 and 4.9. Simulator: `Pattern::Kept`.",
        ),
    ],
    run: counter_pattern,
    ..C1D0
};

fn counter_pattern(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if patient.read_config()?[60..68] != PATTERN {
        return spent("Counter1 has counted");
    }
    let before = patient.counter(1)?;
    patient.raw(0x24, 0x01, 1, &[])?.expect_data("Counter1 was counted", 4)?;
    let after = patient.counter(1)?;
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&patient.read_config()?[60..68]);
    let hex = crate::report::hex(&bytes);
    let seen = format!("{before}, then {after}, kept as {hex}");
    Ok(match (before, after, bytes) {
        // Chip reference 4.9: 5, 9; and the bit after the first four zeros.
        (4, 5, [0x07, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]) => Seen::Answer(0, seen),
        (8, 9, [0x00, 0x7F, 0xFF, 0xFF, 0, 0, 0, 0]) => Seen::Answer(1, seen),
        (4, 5, [0x07, 0x0F, 0xFF, 0xFF, 0, 0, 0, 0]) => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}

pub(super) const LOCK: Probe = Probe {
    name: "temp-key-after-lock",
    points: &["U39"],
    question: "Does Lock of a slot clear TempKey?",
    answers: &[
        as_said("TempKey stays"),
        otherwise(
            "TempKey is cleared",
            "5.0.2: Lock clears TempKey. Simulator: Lock's `temp_key` gives `Consumes`.",
        ),
    ],
    run: |patient| {
        if patient.read_config()?[89] & 0x02 == 0 {
            return spent("slot 9 is locked");
        }
        // With what is looked for there afterwards.
        patient.fill(LOCKED_SLOT)?;
        patient.load()?;
        let reply = patient.raw(0x17, 0x02 | LOCKED_SLOT << 2, 0, &[])?;
        if !reply.is_done() {
            return Ok(by_status(&reply, &[], format!("Lock of slot 9: {reply}")));
        }
        let state = patient.state()?;
        yes_or_no(state.valid, format!("afterwards {state}"))
    },
    ..C1D0
};
