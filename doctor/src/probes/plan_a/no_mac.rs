//! U30: whether a TempKey that was made with a NoMac key encrypts. The same accesses with another key work: see the other
//! questions.

use super::hand::{NO_MAC_KEY, by_status, is};
use super::{C1D1, as_said, limits, otherwise};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::a::contents;
use crate::probe::{Answer, Probe, Seen, Stop};

const ANSWERS: &[Answer] = &[
    as_said("no, an execution error"),
    otherwise(
        "yes",
        "U30: NoMacFlag does not count here. Simulator: `require_encrypting`. Lint: EncryptsWithNoMac.",
    ),
];

/// A random nonce, and GenDig of the NoMac key.
fn session(patient: &mut Patient<'_>) -> Result<[u8; 32], Stop> {
    let temp_key = patient.load_random()?;
    patient.gen_dig(NO_MAC_KEY, &temp_key)
}

fn answer(command: &str, reply: &Reply) -> Result<Seen, Stop> {
    Ok(by_status(reply, &[(0x0F, 0), (0x00, 1)], format!("{command} after GenDig of the NoMac key: {reply}")))
}

pub(super) const READ: Probe = Probe {
    name: "no-mac-read",
    points: &["U30"],
    question: "Does a NoMac key encrypt a Read?",
    answers: ANSWERS,
    run: |patient| {
        let temp_key = session(patient)?;
        let reply = patient.raw(0x02, 0x82, 11 << 3, &[])?;
        match is(&reply, &message::xor(contents(11), temp_key)) {
            true => Ok(Seen::Answer(1, "Read gave the contents, encrypted".into())),
            false => answer("Read", &reply),
        }
    },
    ..C1D1
};

pub(super) const WRITE: Probe = Probe {
    name: "no-mac-write",
    points: &["U30"],
    question: "Does a NoMac key encrypt a Write?",
    answers: ANSWERS,
    run: |patient| {
        let temp_key = session(patient)?;
        let reply = patient.write_encrypted(0xC2, 0xC2, 11 << 3, &temp_key, 0)?;
        answer("Write", &reply)
    },
    ..C1D1
};

pub(super) const PRIV_WRITE: Probe = Probe {
    name: "no-mac-priv-write",
    points: &["U30"],
    question: "Does a NoMac key encrypt a PrivWrite?",
    answers: ANSWERS,
    run: |patient| {
        let temp_key = session(patient)?;
        let reply = patient.priv_write_encrypted(2, [0; 4], &temp_key, 0)?;
        answer("PrivWrite", &reply)
    },
    ..C1D1
};

pub(super) const DERIVE_KEY: Probe = Probe {
    name: "no-mac-derive-key",
    points: &["U30"],
    question: "Does DeriveKey take a TempKey that was made with a NoMac key?",
    answers: ANSWERS,
    run: |patient| {
        if let Some(spent) = limits::spent(patient)? {
            return Ok(spent);
        }
        session(patient)?;
        let reply = patient.derive(0)?;
        answer("DeriveKey", &reply)
    },
    ..C1D1
};
