//! Verify with numbers that are none, with too short a buffer, with a key off the curve (U49).

use super::steps::{DIGEST, IO_KEY, by_status, fixed, here};
use super::{Asked, answer, unlocked};
use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::b::{keys, write_public};
use crate::probe::{Probe, Seen, Stop};

/// The order of the curve.
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC,
    0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];
/// Whose public key is sent along, and put into slot 11.
const SIGNER: u8 = 11;

pub(super) const SIGNATURE_RANGE: Probe = Probe {
    name: "signature-out-of-range",
    points: &["U49"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What does Verify say of an R or S that is 0 or the order of the curve?",
    answers: &[
        answer("0x01, as of any signature that does not fit", ""),
        answer(
            "0x0F",
            "5.22 and U49: 0x0F. Simulator: `check` in `command/verify.rs`. `Error` of the driver.",
        ),
    ],
    run: |patient| here(signature_range(patient)),
};

pub(super) const SHORT_BUFFER: Probe = unlocked(Asked {
    name: "verify-mac-with-a-short-buffer",
    points: &["U49"],
    question: "Does Verify make a MAC if the digest buffer has the message only, and no nonce?",
    answers: &[
        answer("no: 0x0F", ""),
        answer(
            "yes, with zeros for the nonce",
            "5.22 and U49: zeros. Simulator: `mac` in `command/verify.rs`.",
        ),
        answer("yes, with something else", "5.22 and U49: what is hashed for the nonce is not known."),
    ],
    run: |patient| here(short_buffer(patient)),
});

pub(super) const STORED_POINT: Probe = unlocked(Asked {
    name: "stored-key-off-the-curve",
    points: &["U49"],
    question: "What does Verify say if the stored key is off the curve?",
    answers: &[
        answer("0x0F", ""),
        answer("0x01", "5.22 and U49: 0x01. Simulator: `check` in `command/verify.rs`."),
        answer("0x05", "5.22 and U49: 0x05."),
    ],
    run: |patient| here(stored_point(patient)),
});

/// Each of the four, if a good signature is taken.
fn signature_range(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let good = keys::sign(SIGNER, &DIGEST);
    let verify = |patient: &mut Patient<'_>, signature: &[u8]| {
        fixed(patient, &DIGEST)?;
        patient.raw(0x45, 0x02, 4, &[signature, &keys::public(SIGNER)].concat())
    };
    verify(patient, &good)?.expect_done("Verify(External) of a good signature")?;
    let mut seen = Vec::new();
    let mut observed = String::new();
    for (name, at, value) in
        [("R = 0", 0, [0; 32]), ("S = 0", 32, [0; 32]), ("R = n", 0, ORDER), ("S = n", 32, ORDER)]
    {
        let mut signature = good;
        signature[at..at + 32].copy_from_slice(&value);
        let reply = verify(patient, &signature)?;
        observed += &format!("{name}: {reply}; ");
        seen.push(reply);
    }
    Ok(match seen.iter().all(|reply| *reply == seen[0]) {
        true if seen[0] == Reply::Status(0x01) => Seen::Answer(0, observed),
        true if seen[0] == Reply::Status(0x0F) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

fn short_buffer(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let signature = keys::sign(SIGNER, &DIGEST);
    let data = [&signature[..], &keys::public(SIGNER)].concat();
    patient
        .raw(0x16, 0x63, 0, &[DIGEST, [0x33; 32]].concat())?
        .expect_done("64 bytes into the digest buffer")?;
    let long = patient.raw(0x45, 0xA2, 4, &data)?;
    let mac = |nonce: &[u8; 32]| {
        message::hash(&[&keys::secret(IO_KEY), &DIGEST, nonce, &signature, &[0x45, 0xA2, 0x04, 0x00]])
    };
    if !super::steps::is(&long, &mac(&[0x33; 32])) {
        return Ok(Seen::NotHere(format!("Verify with a MAC does not work as it should: {long}")));
    }
    patient.raw(0x16, 0x43, 0, &DIGEST)?.expect_done("32 bytes into the digest buffer")?;
    let reply = patient.raw(0x45, 0xA2, 4, &data)?;
    let observed = format!("Verify with a MAC: {reply}");
    Ok(match &reply {
        Reply::Status(_) => by_status(&reply, &[(0x0F, 0)], "Verify with a MAC"),
        Reply::Data(data) if **data == mac(&[0; 32]) => Seen::Answer(1, observed),
        Reply::Data(_) => Seen::Answer(2, observed),
    })
}

/// Slot 11 holds its key again afterwards.
fn stored_point(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut off = keys::public(SIGNER);
    off[63] ^= 1;
    write_public(patient, SIGNER, &off)?;
    let reply = super::steps::verify_stored(patient, SIGNER, true)?;
    write_public(patient, SIGNER, &keys::public(SIGNER))?;
    super::steps::verify_stored(patient, SIGNER, true)?.expect_done("Verify with the right key")?;
    Ok(by_status(&reply, &[(0x0F, 0), (0x01, 1), (0x05, 2)], "Verify with slot 11"))
}
