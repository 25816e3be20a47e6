//! HKDF's message from inside the chip (U21).

use super::steps::{DIGEST, HKDF_SLOT, PLAIN, fixed, here, hmac_with, is, is_latched, kdf, latch, opened};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

/// As many bytes as are asked for; they come along, too, but should not count.
const LENGTH: usize = 20;
const DUMMY: [u8; LENGTH] = [0xD0; LENGTH];
/// The slot of the message, and one that p2 names beside it.
const FROM: u8 = 8;
const BESIDE: u8 = 4;

pub(super) const SLOT: Probe = locked(Asked {
    name: "kdf-message-from-a-slot",
    points: &["U21"],
    question: "Which bytes are HKDF's message if details say that it is in a slot?",
    answers: &[
        answer("of the slot in details bits 11:8, as many as the length says", ""),
        answer("of that slot, 32 whatever the length says", "5.10 and U21: 32 bytes. Simulator: `message`."),
        answer(
            "of the slot in the high byte of p2, as many as the length says",
            "5.10 and U21: the slot is in p2. Simulator: `decode` in `command/kdf/request.rs`. Driver: \
             `Derivation::hkdf_of_slot`.",
        ),
        answer("those that came along", "5.10 and U21: a message in a slot is not supported."),
    ],
    run: |patient| here(slot(patient)),
});

pub(super) const TEMP_KEY: Probe = locked(Asked {
    name: "kdf-message-from-temp-key",
    points: &["U21"],
    question: "How much of TempKey is HKDF's message?",
    answers: &[
        answer("32 bytes whatever the length says", ""),
        answer(
            "as many as the length says",
            "5.10 and U21: the length counts. Simulator: `message`. Driver.",
        ),
        answer("none: the bytes that came along are", "5.10 and U21: TempKey is no message."),
    ],
    run: |patient| here(temp_key(patient)),
});

pub(super) const AUTHORISATION: Probe = locked(Asked {
    name: "kdf-message-and-req-auth",
    points: &["kdf-slot-as-message"],
    question: "Is ReqAuth of the slot asked that is HKDF's message?",
    answers: &[
        answer("yes", ""),
        answer(
            "no",
            "5.10: a slot that is a message is not guarded. Simulator: `source` in `command/kdf.rs`.",
        ),
    ],
    run: |patient| here(guarded(patient, 10, 0)),
});

pub(super) const LATCH: Probe = locked(Asked {
    name: "kdf-message-and-persistent-disable",
    points: &["kdf-slot-as-message", "D25"],
    question: "Is PersistentDisable of the slot asked that is HKDF's message?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.10 and 5.0.5: it is asked. Simulator: `message` in `command/kdf.rs`."),
    ],
    run: |patient| here(guarded(patient, 5, 1)),
});

/// HKDF of slot 15's key over so many bytes of a slot.
fn over(patient: &mut Patient<'_>, details: u32, beside: u8, sent: &[u8]) -> Result<Reply, Stop> {
    let p2 = u16::from_le_bytes([PLAIN, beside]);
    Ok(opened(kdf(patient, HKDF_SLOT, p2, (sent.len() as u32) << 24 | details, sent)?))
}

fn slot(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = over(patient, u32::from(FROM) << 8, BESIDE, &DUMMY)?;
    let observed = format!("{LENGTH} bytes of slot {FROM}, p2 names slot {BESIDE}: {reply}");
    let key = keys::secret(PLAIN);
    let expected = [
        hmac_with(&key, &keys::open_data()[..LENGTH]),
        hmac_with(&key, &keys::open_data()),
        hmac_with(&key, &keys::secret(BESIDE)[..LENGTH]),
        hmac_with(&key, &DUMMY),
    ];
    Ok(match expected.iter().position(|expected| is(&reply, expected)) {
        Some(answer) => Seen::Answer(answer, observed),
        None => Seen::Other(observed),
    })
}

fn temp_key(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    fixed(patient, &DIGEST)?;
    let reply = over(patient, 0x01, 0, &DUMMY)?;
    let observed = format!("{LENGTH} bytes, message in TempKey: {reply}");
    let key = keys::secret(PLAIN);
    let expected = [hmac_with(&key, &DIGEST), hmac_with(&key, &DIGEST[..LENGTH]), hmac_with(&key, &DUMMY)];
    Ok(match expected.iter().position(|expected| is(&reply, expected)) {
        Some(answer) => Seen::Answer(answer, observed),
        None => Seen::Other(observed),
    })
}

/// `works`: the answer that it is if it works without authorisation and latch.
fn guarded(patient: &mut Patient<'_>, from: u8, works: usize) -> Result<Seen, Stop> {
    over(patient, u32::from(FROM) << 8, FROM, &DUMMY)?
        .expect_data("HKDF of a message in a slot that nothing guards", 32)?;
    if is_latched(patient)? {
        latch(patient, false)?;
    }
    let reply = over(patient, u32::from(from) << 8, from, &DUMMY)?;
    let observed = format!("HKDF of a message in slot {from}: {reply}");
    Ok(match reply {
        Reply::Data(_) => Seen::Answer(works ^ 1, observed),
        Reply::Status(0x0F) => Seen::Answer(works, observed),
        Reply::Status(_) => Seen::Other(observed),
    })
}
