//! Which KeyType a key has to have (U52).

use super::steps::{
    AES, MESSAGE, PARENT, PLAIN, aes_with, here, hkdf, hmac, hmac_with, is, kdf as send_kdf, opened,
};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

/// KDF's p1: AES with a slot, out encrypted.
const AES_OF_SLOT: u8 = 0x36;

pub(super) const HMAC: Probe = locked(Asked {
    name: "hmac-key-type",
    points: &["U52"],
    question: "Does HMAC take keys of KeyTypes 4 and 6?",
    answers: &[
        answer("yes, any type", ""),
        answer(
            "no, 7 only",
            "4.7 and U52: HMAC asks for type 7. Simulator: `slot_key` in `command/sha.rs`. Lint.",
        ),
    ],
    run: |patient| here(hmac_types(patient)),
});

pub(super) const KDF: Probe = locked(Asked {
    name: "kdf-key-type",
    points: &["U52"],
    question: "Does HKDF take keys of KeyTypes 4 and 6?",
    answers: &[
        answer("yes, any type", ""),
        answer(
            "no, 7 only",
            "4.7 and U52: PRF and HKDF ask for type 7. Simulator: `source` in `command/kdf.rs`. Lint.",
        ),
    ],
    run: |patient| here(kdf_types(patient)),
});

pub(super) const KDF_AES: Probe = locked(Asked {
    name: "kdf-aes-key-type",
    points: &["U52"],
    question: "Does KDF-AES take a key of KeyType 7?",
    answers: &[
        answer("no: 0x0F", ""),
        answer("yes", "4.7 and U52: KDF-AES takes any type. Simulator: `source` in `command/kdf.rs`. Lint."),
    ],
    run: |patient| here(kdf_aes(patient)),
});

/// `PARENT` has a public key, of type 4: its first 32 bytes serve.
fn first_bytes(slot: u8) -> [u8; 32] {
    if slot != PARENT {
        return keys::secret(slot);
    }
    let mut stored = [0; 32];
    stored[4..].copy_from_slice(&keys::public(slot)[..28]);
    stored
}

fn types(
    patient: &mut Patient<'_>,
    ask: fn(&mut Patient<'_>, u8) -> Result<Reply, Stop>,
) -> Result<Seen, Stop> {
    ask(patient, PLAIN)?.expect_data("a key of type 7", 32)?;
    let mut observed = String::new();
    let mut taken = Vec::new();
    for slot in [AES, PARENT] {
        let reply = ask(patient, slot)?;
        observed += &format!("slot {slot}: {reply}; ");
        taken.push(match &reply {
            Reply::Status(0x0F) => false,
            _ if is(&reply, &hmac_with(&first_bytes(slot), MESSAGE)) => true,
            _ => return Ok(Seen::Other(observed)),
        });
    }
    Ok(match taken[..] {
        [true, true] => Seen::Answer(0, observed),
        [false, false] => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

fn hmac_types(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    types(patient, |patient, slot| hmac(patient, slot.into()))
}

fn kdf_types(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    types(patient, hkdf)
}

fn kdf_aes(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let encrypted = |slot: u8| [aes_with(&keys::secret(slot)[..16], [0; 16]), [0; 16]].concat();
    let right = opened(send_kdf(patient, AES_OF_SLOT, AES.into(), 0, &[0; 16])?);
    if !is(&right, &encrypted(AES)) {
        return Ok(Seen::NotHere(format!("KDF-AES does not work as it should: {right}")));
    }
    let reply = opened(send_kdf(patient, AES_OF_SLOT, PLAIN.into(), 0, &[0; 16])?);
    let observed = format!("KDF-AES with slot {PLAIN}: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, observed),
        _ if is(&reply, &encrypted(PLAIN)) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}
