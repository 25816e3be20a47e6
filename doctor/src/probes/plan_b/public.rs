//! SHA(Public): what it asks, and which key counts.

use super::certificate::{FITS, Piece, TO_TEMP_KEY, hash, taken, update};
use super::steps::{PARENT, PLAIN, here};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::probe::{Probe, Seen, Stop};

/// The slot with ReqAuth, and the one that certificates validate.
const ASKING: u8 = 12;
const TARGET: u8 = 14;

pub(super) const PERMISSIONS: Probe = locked(Asked {
    name: "sha-public-permissions",
    points: &["sha-public-permissions-alignment-hmac"],
    question: "Does SHA(Public) take a key with ReqAuth, anywhere in a block, and not in an HMAC?",
    answers: &[
        answer("yes, all three", ""),
        answer("it asks for ReqAuth", "5.19: ReqAuth counts. Simulator: `public` in `command/sha.rs`."),
        answer("at the begin of a block only", "5.19: aligned. Simulator: `public` in `command/sha.rs`."),
        answer("in an HMAC, too", "5.19: HMAC takes keys. Simulator: `public` in `command/sha.rs`."),
    ],
    run: |patient| here(permissions(patient)),
});

pub(super) const TWICE: Probe = locked(Asked {
    name: "sha-public-twice",
    points: &["sha-public-twice-after-write-context"],
    question: "Which key counts for Verify(ValidateExternal) if SHA(Public) inserted two?",
    answers: &[
        answer("the last one", ""),
        answer(
            "not the last one",
            "5.19: the first one counts, or none. Simulator: `public` in `command/sha.rs`.",
        ),
    ],
    run: |patient| here(twice(patient)),
});

pub(super) const CONTEXT: Probe = locked(Asked {
    name: "sha-public-and-write-context",
    points: &["sha-public-twice-after-write-context"],
    question: "Does a hash that was read and written back still count as one of an inserted key?",
    answers: &[
        answer("no", ""),
        answer(
            "yes",
            "5.19: Write_Context keeps it, so a key can be validated by a certificate that does not hold it. Simulator: \
             `write_context`. SECURITY.md.",
        ),
    ],
    run: |patient| here(context(patient)),
});

/// SHA(Public) of a slot behind so many bytes; if it is done, the digest has to be right.
fn inserted(patient: &mut Patient<'_>, before: usize, slot: u8) -> Result<Reply, Stop> {
    patient.raw(0x47, 0x00, 0, &[])?.expect_done("SHA Start")?;
    update(patient, before)?;
    let reply = patient.raw(0x47, 0x03, slot.into(), &[])?;
    if reply.is_done() {
        hash(patient, &[Piece::Bytes(before), Piece::Key(slot), Piece::Bytes(7)], TO_TEMP_KEY)?;
    }
    Ok(reply)
}

fn permissions(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    inserted(patient, 64, PARENT)?.expect_done("SHA(Public) of a key without conditions")?;
    let asking = inserted(patient, 0, ASKING)?;
    let unaligned = inserted(patient, 10, PARENT)?;
    patient.raw(0x47, 0x04, PLAIN.into(), &[])?.expect_done("HMAC Start")?;
    let hmac = patient.raw(0x47, 0x03, PARENT.into(), &[])?;
    let observed =
        format!("with ReqAuth: {asking}; in the middle of a block: {unaligned}; in an HMAC: {hmac}");
    Ok(match [asking, unaligned, hmac].map(|reply| reply.status()) {
        [Some(0x00), Some(0x00), Some(0x0F)] => Seen::Answer(0, observed),
        [Some(0x0F), Some(0x00), Some(0x0F)] => Seen::Answer(1, observed),
        [Some(0x00), Some(0x03 | 0x0F), Some(0x0F)] => Seen::Answer(2, observed),
        [Some(0x00), Some(0x00), Some(0x00)] => Seen::Answer(3, observed),
        _ => Seen::Other(observed),
    })
}

/// The right place for slot 14's key alone.
fn require_fits(patient: &mut Patient<'_>) -> Result<(), Stop> {
    let [before, after] = FITS;
    match taken(patient, &[Piece::Bytes(before), Piece::Key(TARGET), Piece::Bytes(after)])? {
        true => Ok(()),
        false => Err(Stop::Unready("the certificate that should fit does not validate slot 14".into())),
    }
}

fn twice(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_fits(patient)?;
    let last = taken(patient, &[Piece::Key(PARENT), Piece::Key(TARGET), Piece::Bytes(FITS[1])])?;
    let observed = format!("slot {PARENT}'s key, then slot {TARGET}'s: taken {last}");
    Ok(Seen::Answer(usize::from(!last), observed))
}

fn context(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_fits(patient)?;
    let [before, after] = FITS;
    let pieces = [Piece::Bytes(before), Piece::Key(TARGET), Piece::Context, Piece::Bytes(after)];
    let kept = taken(patient, &pieces)?;
    Ok(Seen::Answer(usize::from(kept), format!("read and written back behind the key: taken {kept}")))
}
