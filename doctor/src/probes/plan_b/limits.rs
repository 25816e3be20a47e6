//! Limited use: the limit of CountMatch (U47), and whether a mismatch is a use.

use super::steps::{counter, here, verify_stored};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::{LIMIT, keys, write};
use crate::probe::{Probe, Seen, Stop};

/// The slot with LimitedUse, and the one that holds the limit.
const LIMITED: u8 = 11;
const MATCH: u8 = 8;
/// No limit that is reached.
const FAR: u32 = 0x001F_FFE0;

pub(super) const MISMATCH: Probe = locked(Asked {
    name: "verify-mismatch-is-a-use",
    points: &["is-a-use-counted-if-checkmac-or-verify"],
    question: "Does Verify count a use if the signature does not fit?",
    answers: &[
        answer("yes", ""),
        answer(
            "no",
            "5.0.4: a mismatch of Verify is no use. Simulator: `use_public_key` in `machine/policy.rs`.",
        ),
    ],
    run: |patient| here(mismatch(patient)),
});

pub(super) const COUNT_MATCH: Probe = locked(Asked {
    name: "count-match",
    points: &["U47"],
    question: "Which copy of CountMatch's limit counts, and does a key stop at it or beyond it, too?",
    answers: &[
        answer("the first one, at it and beyond it", ""),
        answer(
            "the second one, at it and beyond it",
            "4.11 and U47. Simulator: `count_match` in `memory/counter.rs`.",
        ),
        answer(
            "copies that differ are no limit",
            "4.11 and U47. Simulator: `count_match` in `memory/counter.rs`.",
        ),
        answer(
            "a key stops at the limit only, not beyond it",
            "4.11 and U47: equality is tested. Simulator: `uses_left` in `memory/counter.rs`. Whoever counts beyond the \
             limit by Counter has the key for free: SECURITY.md.",
        ),
    ],
    run: |patient| here(count_match(patient)),
});

fn mismatch(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let first = counter(patient)?;
    verify_stored(patient, LIMITED, true)?.expect_done("Verify with slot 11")?;
    let before = counter(patient)?;
    if before != first + 1 {
        return Ok(Seen::NotHere(format!("a use takes Counter0 from {first} to {before}")));
    }
    let reply = verify_stored(patient, LIMITED, false)?;
    let after = counter(patient)?;
    let observed = format!("a signature that does not fit: {reply}; Counter0 went from {before} to {after}");
    Ok(match (reply, after.wrapping_sub(before)) {
        (Reply::Status(0x01), 1) => Seen::Answer(0, observed),
        (Reply::Status(0x01), 0) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

/// Whether the key can be used with these copies.
fn usable(patient: &mut Patient<'_>, copies: [u32; 2]) -> Result<bool, Stop> {
    let mut bytes = keys::open_data();
    bytes[..4].copy_from_slice(&copies[0].to_le_bytes());
    bytes[4..8].copy_from_slice(&copies[1].to_le_bytes());
    write(patient, MATCH, 0, &bytes)?;
    match verify_stored(patient, LIMITED, true)? {
        Reply::Status(0x00) => Ok(true),
        Reply::Status(0x0F) => Ok(false),
        other => Err(Stop::Unready(format!("Verify with slot {LIMITED} was answered {other}"))),
    }
}

/// Counter0 is beyond the limit from the beginning. Slot 8 has no limit again afterwards.
fn count_match(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let seen = with_limits(patient);
    write(patient, MATCH, 0, &keys::open_data())?;
    seen
}

fn with_limits(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let counted = counter(patient)?;
    if counted <= LIMIT || !usable(patient, [FAR, FAR])? {
        return Ok(Seen::NotHere(format!(
            "Counter0 is {counted}, and the key has to be usable beyond {LIMIT}"
        )));
    }
    let first_far = usable(patient, [FAR, LIMIT])?;
    let second_far = usable(patient, [LIMIT, FAR])?;
    let reached = usable(patient, [LIMIT, LIMIT])?;
    let observed = format!(
        "with Counter0 above {LIMIT}, usable: {first_far} if the second copy is {LIMIT}, {second_far} if the first one \
         is, {reached} if both are"
    );
    Ok(match (first_far, second_far, reached) {
        (true, false, false) => Seen::Answer(0, observed),
        (false, true, false) => Seen::Answer(1, observed),
        (true, true, false) => Seen::Answer(2, observed),
        // No limit at all, or one that has to be met.
        (true, true, true) if !at_limit(patient)? => Seen::Answer(3, observed),
        _ => Seen::Other(observed),
    })
}

/// Whether the key can be used when Counter0 is a limit. A limit is a multiple of 32.
fn at_limit(patient: &mut Patient<'_>) -> Result<bool, Stop> {
    loop {
        let counted = counter(patient)?;
        if counted % 32 == 0 {
            return usable(patient, [counted, counted]);
        }
        patient.raw(0x24, 0x01, 0, &[])?.expect_data("Counter0 was incremented", 4)?;
    }
}
