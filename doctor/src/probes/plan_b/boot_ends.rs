//! SecureBoot's last questions: its slot locked, SecureBoot prohibited (U23). In this order.

use super::boot::{FULL_COPY, FULL_STORE, boot, is_locked, ready};
use super::steps::{by_status, here, latch};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::probe::{Probe, Seen, Stop};

/// p1 bit 6: no more SecureBoot until the supply was off.
const PROHIBIT: u8 = 0x40;
/// Lock of slot 7.
const LOCK: u8 = 0x02 | 7 << 2;

pub(super) const LOCKED: Probe = locked(Asked {
    name: "secure-boot-locked-slot",
    points: &["secureboot-private-locked-or-too-small-slot-for"],
    question: "Does FullCopy store into a slot that is locked?",
    answers: &[
        answer("no: 0x0F", ""),
        answer("yes", "5.17 and 5.0.8: SlotLocked does not count. Simulator: `require_store`. Explain."),
        answer("no, though it says so", "5.17: a FullCopy into a locked slot is a Full."),
    ],
    run: |patient| here(locked_slot(patient)),
});

pub(super) const MISMATCH: Probe = locked(Asked {
    name: "secure-boot-mismatch-prohibits",
    points: &["secureboot-prohibition-bit-and-a-mismatch"],
    question: "Does a mismatch prohibit SecureBoot, too, if the bit says so?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.17: a mismatch prohibits. Simulator: `run` in `command/secure_boot.rs`."),
    ],
    run: |patient| here(mismatch(patient)),
});

pub(super) const PROHIBITION: Probe = locked(Asked {
    name: "secure-boot-prohibition",
    points: &["U23"],
    question: "Does sleep end the prohibition of SecureBoot?",
    answers: &[
        answer("no: only the supply does", ""),
        answer("yes", "5.17 and U23: sleep ends it. Simulator: `forget` in `machine.rs`. SECURITY.md."),
        answer("there is none", "5.17 and U23: p1 bit 6 prohibits nothing. SECURITY.md."),
    ],
    run: |patient| here(prohibition(patient)),
});

/// For ever: the slot holds the digest of program 1 from here on. A run that comes again finds it locked, and asks the
/// same.
fn locked_slot(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if !is_locked(patient)? {
        latch(patient, true)?;
        ready(patient)?;
        boot(patient, FULL_COPY, 1)?.expect_done("FullCopy into a slot that is not locked")?;
        patient.raw(0x17, LOCK, 0, &[])?.expect_done("slot 7 was locked")?;
    }
    latch(patient, true)?;
    ready(patient)?;
    let reply = boot(patient, FULL_COPY, 2)?;
    authorise_for(patient)?;
    let stored = boot(patient, FULL_STORE, 2)?;
    latch(patient, false)?;
    let observed =
        format!("FullCopy into the locked slot 7: {reply}; FullStore of the same digest then: {stored}");
    Ok(match (reply, stored) {
        (Reply::Status(0x0F), Reply::Status(0x01)) => Seen::Answer(0, observed),
        (Reply::Status(0x00), Reply::Status(0x00)) => Seen::Answer(1, observed),
        (Reply::Status(0x00), Reply::Status(0x01)) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

/// FullStore compares; should it ask for the key's authorisation all the same, it is there.
fn authorise_for(patient: &mut Patient<'_>) -> Result<(), Stop> {
    super::steps::authorise(patient)
}

/// Which program's digest the slot holds, if SecureBoot works.
fn stored(patient: &mut Patient<'_>) -> Result<u8, Stop> {
    ready(patient)?;
    for of in [1, 2] {
        authorise_for(patient)?;
        if boot(patient, FULL_STORE, of)?.is_done() {
            return Ok(of);
        }
    }
    Err(Stop::Unready("slot 7 holds the digest of neither program".into()))
}

fn mismatch(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let right = stored(patient)?;
    let wrong = boot(patient, FULL_STORE | PROHIBIT, 3)?;
    if wrong != Reply::Status(0x01) {
        return Ok(Seen::Other(format!("FullStore of another digest, with the bit: {wrong}")));
    }
    authorise_for(patient)?;
    let then = boot(patient, FULL_STORE, right)?;
    Ok(by_status(&then, &[(0x00, 0), (0x0F, 1)], "after a mismatch with the bit, FullStore"))
}

/// The last question about SecureBoot: nobody can boot then until the supply was off.
fn prohibition(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let right = stored(patient)?;
    authorise_for(patient)?;
    boot(patient, FULL_STORE | PROHIBIT, right)?.expect_done("FullStore that prohibits further ones")?;
    authorise_for(patient)?;
    let awake = boot(patient, FULL_STORE, right)?;
    patient.sleep()?;
    authorise_for(patient)?;
    let slept = boot(patient, FULL_STORE, right)?;
    let observed = format!("prohibited, then FullStore: {awake}; after sleep: {slept}");
    Ok(match (awake.status(), slept.status()) {
        (Some(0x0F), Some(0x0F)) => Seen::Answer(0, observed),
        (Some(0x0F), Some(0x00)) => Seen::Answer(1, observed),
        (Some(0x00), Some(0x00)) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}
