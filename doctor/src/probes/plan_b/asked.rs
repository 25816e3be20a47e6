//! Whether Read, encrypted Write and results ask for ReqAuth and PersistentDisable of the slot (U42).

use super::steps::{MESSAGE, authorise, here, is_latched, kdf, latch, read, sent, write_stored};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Answer, Probe, Seen, Stop};

/// Open slots: one with ReqAuth, one with PersistentDisable.
const ASKING: u8 = 10;
const DISABLED: u8 = 5;

const NEITHER: Answer = answer("for neither", "");

pub(super) const READ: Probe = locked(Asked {
    name: "read-and-conditions",
    points: &["U42", "D25"],
    question: "Does Read ask for ReqAuth or PersistentDisable of the slot?",
    answers: &[
        NEITHER,
        answer(
            "for ReqAuth",
            "5.16, 5.0.3 and U42: ReqAuth. Simulator: `slot_mask` in `command/read.rs`. Explain.",
        ),
        answer(
            "for PersistentDisable",
            "5.16, 5.0.5 and U42: PersistentDisable. Simulator: `slot_mask` in `command/read.rs`. Explain.",
        ),
        answer("for both", "5.16 and U42: both. Simulator: `slot_mask` in `command/read.rs`. Explain."),
    ],
    run: |patient| here(clear_read(patient)),
});

pub(super) const ENCRYPTED_WRITE: Probe = locked(Asked {
    name: "encrypted-write-and-conditions",
    points: &["U42", "D25"],
    question: "Does an encrypted Write ask for ReqAuth or PersistentDisable of the slot?",
    answers: &[
        NEITHER,
        answer(
            "for ReqAuth",
            "5.23 and U42: ReqAuth. Simulator: `encrypted_writable` in `command/write.rs`. Explain.",
        ),
        answer(
            "for PersistentDisable",
            "5.23 and U42: PersistentDisable. Simulator: `encrypted_writable` in `command/write.rs`. Explain.",
        ),
        answer(
            "for both",
            "5.23 and U42: both. Simulator: `encrypted_writable` in `command/write.rs`. Explain.",
        ),
    ],
    run: |patient| here(encrypted_write(patient)),
});

pub(super) const TARGET: Probe = locked(Asked {
    name: "result-targets-and-conditions",
    points: &["U42"],
    question: "Do ECDH and KDF ask for ReqAuth or PersistentDisable of the slot that the result goes into?",
    answers: &[
        NEITHER,
        answer("for ReqAuth", "5.0.3 and U42: ReqAuth. Simulator: `require_target` in `machine/policy.rs`."),
        answer(
            "for PersistentDisable, as far as ECDH goes",
            "5.0.5 and U42: PersistentDisable. Simulator: `require_target` in `machine/policy.rs`.",
        ),
        answer("for both", "U42: both. Simulator: `require_target` in `machine/policy.rs`."),
    ],
    run: |patient| here(target(patient)),
});

/// By whether it was refused for want of the one and of the other.
fn asked(authorisation: bool, latch: bool) -> usize {
    usize::from(authorisation) + 2 * usize::from(latch)
}

fn unlatched(patient: &mut Patient<'_>) -> Result<(), Stop> {
    if is_latched(patient)? { latch(patient, false) } else { Ok(()) }
}

/// Whether it was done or refused.
fn refused(reply: &Reply, observed: &str) -> Result<bool, Seen> {
    match reply {
        Reply::Status(0x00) | Reply::Data(_) => Ok(false),
        Reply::Status(0x0F) => Ok(true),
        Reply::Status(_) => Err(Seen::Other(observed.into())),
    }
}

fn clear_read(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    unlatched(patient)?;
    read(patient, 8)?.expect_data("Read of a slot without conditions", 32)?;
    let asking = read(patient, ASKING)?;
    let disabled = read(patient, DISABLED)?;
    let observed = format!("with ReqAuth: {asking}; with PersistentDisable: {disabled}");
    Ok(match (refused(&asking, &observed), refused(&disabled, &observed)) {
        (Ok(authorisation), Ok(latch)) => Seen::Answer(asked(authorisation, latch), observed),
        (Err(seen), _) | (_, Err(seen)) => seen,
    })
}

/// With neither, with each, with both; the last has to work.
fn encrypted_write(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut replies = Vec::new();
    for latched in [false, true] {
        if is_latched(patient)? != latched {
            latch(patient, latched)?;
        }
        for authorising in [false, true] {
            patient.sleep()?;
            if authorising {
                authorise(patient)?;
            }
            replies.push(write_stored(patient, 0, keys::secret(9))?);
        }
    }
    latch(patient, false)?;
    let observed = format!(
        "with neither: {}; authorised: {}; with the latch set: {}; with both: {}",
        replies[0], replies[1], replies[2], replies[3]
    );
    let mut done = Vec::new();
    for reply in &replies {
        match refused(reply, &observed) {
            Ok(refused) => done.push(!refused),
            Err(seen) => return Ok(seen),
        }
    }
    Ok(match done[..] {
        [_, _, _, false] => Seen::NotHere(observed),
        [true, ..] => Seen::Answer(0, observed),
        [false, true, false, true] => Seen::Answer(1, observed),
        [false, false, true, true] => Seen::Answer(2, observed),
        [false, false, false, true] => Seen::Answer(3, observed),
        _ => Seen::Other(observed),
    })
}

/// KDF into a slot with PersistentDisable is known to work (chip reference 5.0.5): ECDH of a key in TempKey tells the
/// latch, KDF the authorisation. The slots' contents serve no other question.
fn target(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    unlatched(patient)?;
    // HKDF of slot 15 into a slot.
    let into = |slot: u8| u16::from_le_bytes([super::steps::PLAIN, slot]);
    kdf(patient, 0x4A, into(8), sent(MESSAGE), MESSAGE)?.expect_done("KDF into a slot without conditions")?;
    crate::plan::b::write(patient, 8, 0, &keys::open_data())?;
    let asking = kdf(patient, 0x4A, into(ASKING), sent(MESSAGE), MESSAGE)?;
    let agree = |patient: &mut Patient<'_>, slot: u8| {
        patient.raw(0x40, 0x04, 0xFFFF, &[])?.expect_data("a key was made in TempKey", 64)?;
        patient.raw(0x43, 0x05, slot.into(), &keys::public(13))
    };
    agree(patient, 8)?.expect_done("ECDH into a slot without conditions")?;
    crate::plan::b::write(patient, 8, 0, &keys::open_data())?;
    let disabled = agree(patient, DISABLED)?;
    let observed = format!("KDF, with ReqAuth: {asking}; ECDH, with PersistentDisable: {disabled}");
    Ok(match (refused(&asking, &observed), refused(&disabled, &observed)) {
        (Ok(authorisation), Ok(latch)) => Seen::Answer(asked(authorisation, latch), observed),
        (Err(seen), _) | (_, Err(seen)) => seen,
    })
}
