//! Commands with keys of slots before the data lock (U26), SecureBoot among them (U23).

use super::steps::{
    AES as AES_SLOT, DIGEST, MESSAGE, PLAIN, aes_with, authorise, here, hkdf, hmac, hmac_with, is, validate,
};
use super::{Asked, answer, unlocked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Answer, Probe, Seen, Stop};

const WORKS: Answer = answer("it works", "");

pub(super) const ECDH: Probe = unlocked(Asked {
    name: "ecdh-in-c1d0",
    points: &["U26"],
    question: "Does ECDH with a slot's key work before the data lock?",
    answers: &[
        WORKS,
        answer(
            "it is refused",
            "5.0.8 and U26: ECDH of a slot is x in C1D0. Simulator: `from_slot` in `command/ecdh.rs`.",
        ),
    ],
    run: |patient| here(ecdh(patient)),
});

pub(super) const KDF: Probe = unlocked(Asked {
    name: "kdf-in-c1d0",
    points: &["U26"],
    question: "Does KDF of a slot's key work before the data lock?",
    answers: &[
        WORKS,
        answer(
            "it is refused",
            "5.0.8 and U26: KDF of a slot is x in C1D0. Simulator: `require_asked` in `command/kdf.rs`.",
        ),
    ],
    run: |patient| here(kdf(patient)),
});

pub(super) const AES: Probe = unlocked(Asked {
    name: "aes-in-c1d0",
    points: &["U26"],
    question: "Does AES with a slot's key work before the data lock?",
    answers: &[
        WORKS,
        answer(
            "it is refused",
            "5.0.8 and U26: AES of a slot is x in C1D0. Simulator: `slot_key` in `command/aes.rs`.",
        ),
    ],
    run: |patient| here(aes(patient)),
});

pub(super) const HMAC: Probe = unlocked(Asked {
    name: "hmac-in-c1d0",
    points: &["U26"],
    question: "Does HMAC with a slot's key work before the data lock?",
    answers: &[
        WORKS,
        answer(
            "it is refused",
            "5.0.8 and U26: SHA HMAC of a slot is x in C1D0. Simulator: `slot_key` in `command/sha.rs`.",
        ),
    ],
    run: |patient| here(hmac_of_slot(patient)),
});

pub(super) const BOOT: Probe = unlocked(Asked {
    name: "secure-boot-in-c1d0",
    points: &["U23"],
    question: "Does SecureBoot work before the data lock?",
    answers: &[
        answer("no: 0x0F", ""),
        answer("yes", "5.0.8: SecureBoot is ok in C1D0. Simulator: `run` in `command/secure_boot.rs`."),
    ],
    run: |patient| here(boot(patient)),
});

/// What came, or that it was refused.
fn works(reply: &Reply, expected: Option<&[u8]>, doing: &str) -> Seen {
    let observed = format!("{doing}: {reply}");
    match reply {
        _ if expected.is_some_and(|expected| is(reply, expected)) => Seen::Answer(0, observed),
        Reply::Status(0x03 | 0x0F) => Seen::Answer(1, observed),
        _ => Seen::Other(format!("{observed}, not what the host computes")),
    }
}

/// The chip's key of slot 1, the host's one of slot 13.
fn ecdh(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let public = patient.raw(0x40, 0x04, 1, &[])?.expect_data("a key was made in slot 1", 64)?;
    let reply = patient.raw(0x43, 0x0C, 1, &keys::public(13))?;
    Ok(works(&reply, keys::shared(13, &public).as_ref().map(|secret| &secret[..]), "ECDH with slot 1"))
}

fn kdf(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = hkdf(patient, PLAIN)?;
    let expected = hmac_with(&keys::secret(PLAIN), MESSAGE);
    Ok(works(&reply, Some(&expected), &format!("HKDF of slot {PLAIN}")))
}

fn aes(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = patient.raw(0x51, 0x00, AES_SLOT.into(), &[0; 16])?;
    let expected = aes_with(&keys::secret(AES_SLOT)[..16], [0; 16]);
    Ok(works(&reply, Some(&expected), &format!("AES with slot {AES_SLOT}")))
}

fn hmac_of_slot(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = hmac(patient, PLAIN.into())?;
    let expected = hmac_with(&keys::secret(PLAIN), MESSAGE);
    Ok(works(&reply, Some(&expected), &format!("HMAC with slot {PLAIN}")))
}

/// With all that could be asked of the public key, so that only the lock can be the cause.
fn boot(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    validate(patient)?;
    authorise(patient)?;
    let reply = patient.raw(0x80, 0x05, 0, &[&DIGEST[..], &keys::sign(12, &DIGEST)].concat())?;
    let observed = format!("SecureBoot(Full) with a good signature: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, observed),
        Reply::Status(0x00) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}
