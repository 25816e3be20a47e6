//! The persistent latch: who changes it by Info (U24), and which uses it stops (D25).

use super::steps::{
    DIGEST, MESSAGE, authorise, fixed, here, hkdf, hmac, is_latched, kdf, latch as set_latch,
};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::probe::{Probe, Seen, Stop};

/// The AES key with PersistentDisable.
const DISABLED: u8 = 5;

pub(super) const CLEAR: Probe = locked(Asked {
    name: "latch-clear",
    points: &["U24"],
    question: "Does clearing the latch by Info need an authorisation?",
    answers: &[
        answer("no", ""),
        answer(
            "yes: 0x0F without",
            "5.9 and U24: clearing needs one, too. Simulator: `latch` in `command/info.rs`.",
        ),
    ],
    run: |patient| here(clear(patient)),
});

pub(super) const SET: Probe = locked(Asked {
    name: "latch-set",
    points: &["U24"],
    question: "Does setting the latch by Info use the authorisation up?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.9 and U24: it is consumed. Simulator: `latch` in `command/info.rs`."),
    ],
    run: |patient| here(set(patient)),
});

pub(super) const KEYS: Probe = locked(Asked {
    name: "persistent-disable-and-keys",
    points: &["D25"],
    question: "Which uses of a key does PersistentDisable stop while the latch is 0?",
    answers: &[
        answer("all: AES, KDF, KDF-AES, HMAC, MAC, GenDig", ""),
        answer(
            "all but KDF",
            "5.0.5 and D25: not KDF. Simulator: `require_asked` in `command/kdf.rs`. Lint.",
        ),
        answer("all but HMAC", "5.0.5 and D25: not HMAC. Simulator: `slot_key` in `command/sha.rs`. Lint."),
    ],
    run: |patient| here(keys(patient)),
});

fn clear(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    set_latch(patient, true)?;
    // Sleep takes the authorisation, and leaves the latch.
    patient.sleep()?;
    let before = is_latched(patient)?;
    let reply = patient.raw(0x30, 0x04, 2, &[])?;
    let after = is_latched(patient)?;
    let observed = format!("set: {before}; cleared without authorisation: {reply}; then set: {after}");
    if after {
        set_latch(patient, false)?;
    }
    Ok(match reply {
        _ if !before => Seen::Other(observed),
        Reply::Data(_) if !after => Seen::Answer(0, observed),
        Reply::Status(0x0F) if after => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

fn set(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    authorise(patient)?;
    let before = patient.state()?.authorised;
    patient.raw(0x30, 0x04, 3, &[])?.expect_data("Info, to set the latch", 4)?;
    let after = patient.state()?.authorised;
    set_latch(patient, false)?;
    let observed = format!("authorised by slot {before:?}, after setting the latch by {after:?}");
    Ok(match after {
        _ if before.is_none() => Seen::NotHere(observed),
        None => Seen::Answer(1, observed),
        after if after == before => Seen::Answer(0, observed),
        _ => Seen::Other(observed),
    })
}

/// Each use has to work once the latch is set; else it is no answer that it does not before.
fn keys(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if is_latched(patient)? {
        set_latch(patient, false)?;
    }
    let stopped = uses(patient)?;
    set_latch(patient, true)?;
    let free = uses(patient)?;
    set_latch(patient, false)?;
    let observed =
        stopped.iter().map(|(name, reply)| format!("{name}: {reply}")).collect::<Vec<_>>().join("; ");
    if let Some((name, reply)) = free.iter().find(|(_, reply)| matches!(reply, Reply::Status(1..))) {
        return Ok(Seen::NotHere(format!("with the latch set, {name} was answered {reply}")));
    }
    let works: Vec<_> =
        stopped.iter().filter(|(_, reply)| *reply != Reply::Status(0x0F)).map(|(name, _)| *name).collect();
    Ok(match works[..] {
        [] => Seen::Answer(0, observed),
        ["HKDF", "KDF-AES"] => Seen::Answer(1, observed),
        ["HMAC"] => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

fn uses(patient: &mut Patient<'_>) -> Result<Vec<(&'static str, Reply)>, Stop> {
    let slot = u16::from(DISABLED);
    let mut seen = vec![
        ("AES", patient.raw(0x51, 0x00, slot, &[0; 16])?),
        ("HKDF", hkdf(patient, DISABLED)?),
        ("KDF-AES", kdf(patient, 0x36, slot, 0, &[0; 16])?),
        ("HMAC", hmac(patient, slot)?),
        ("MAC", patient.raw(0x08, 0x00, slot, &[MESSAGE, &[0; 32 - MESSAGE.len()]].concat())?),
    ];
    fixed(patient, &DIGEST)?;
    seen.push(("GenDig", patient.raw(0x15, 0x02, slot, &[])?));
    Ok(seen)
}
