//! U10: whether encrypted accesses clear TempKey, after both locks.

use super::hand::KEY;
use super::{C1D1, as_said, otherwise};
use crate::probe::{Answer, Probe};

const ANSWERS: &[Answer] = &[
    as_said("TempKey is cleared"),
    otherwise(
        "TempKey stays",
        "5.0.2: it leaves TempKey. Simulator: its `temp_key` gives `None`. Driver: one GenDig would serve several blocks.",
    ),
];

pub(super) const READ: Probe = Probe {
    name: "temp-key-after-encrypted-read",
    points: &["U10"],
    question: "Does an encrypted Read clear TempKey?",
    answers: ANSWERS,
    run: |patient| {
        let temp_key = patient.load_random()?;
        patient.gen_dig(KEY, &temp_key)?;
        patient.raw(0x02, 0x82, 10 << 3, &[])?.expect_data("an encrypted Read", 32)?;
        let state = patient.state()?;
        super::hand::yes_or_no(!state.valid, format!("afterwards {state}"))
    },
    ..C1D1
};

pub(super) const WRITE: Probe = Probe {
    name: "temp-key-after-encrypted-write",
    points: &["U10"],
    question: "Does an encrypted Write clear TempKey?",
    answers: ANSWERS,
    run: |patient| {
        let temp_key = patient.load_random()?;
        let temp_key = patient.gen_dig(KEY, &temp_key)?;
        let reply = patient.write_encrypted(0xC2, 0xC2, 10 << 3, &temp_key, 0)?;
        reply.expect_done("an encrypted Write")?;
        let state = patient.state()?;
        super::hand::yes_or_no(!state.valid, format!("afterwards {state}"))
    },
    ..C1D1
};
