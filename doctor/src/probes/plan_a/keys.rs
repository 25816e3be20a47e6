//! U4, U33, U38, D15, MAC p1 04: KeyIDs and modes.

use super::hand::{CHALLENGE, KEY, by_status, is, yes_or_no};
use super::{C1D0, as_said, otherwise};
use crate::message;
use crate::patient::{Patient, Reply, VALUE};
use crate::plan::a::{contents, private_key};
use crate::probe::{Probe, Seen, Stop};

pub(super) const KEY_ID_BITS: Probe = Probe {
    name: "key-id-bits",
    points: &["U4"],
    question: "What are bits 14:4 of MAC's KeyID?",
    answers: &[
        as_said("they choose no slot, and are hashed"),
        otherwise(
            "a parse error",
            "U4 and 5.0.7: KeyIDs above 15 are 0x03 for all commands. Simulator: `Machine::slot`.",
        ),
    ],
    run: |patient| key_id(patient, 0x0010 | u16::from(KEY), &[(0x03, 1)], 0),
    ..C1D0
};

pub(super) const HIGH_KEY_ID: Probe = Probe {
    name: "high-key-id",
    points: &["U4"],
    question: "What is bit 15 of MAC's KeyID?",
    answers: &[
        as_said("a parse error"),
        otherwise(
            "a bit that chooses no slot, and is hashed",
            "U4 and 5.0.7: bit 15 is ignored. Simulator: `Machine::slot`.",
        ),
        otherwise("an execution error", "U4: 0x0F. Simulator: `Machine::slot` refuses with `forbidden`."),
    ],
    run: |patient| key_id(patient, 0x8000 | u16::from(KEY), &[(0x03, 0), (0x0F, 2)], 1),
    ..C1D0
};

fn key_id(patient: &mut Patient<'_>, p2: u16, refusals: &[(u8, usize)], taken: usize) -> Result<Seen, Stop> {
    patient.fill(KEY)?;
    let reply = patient.mac(0x00, p2)?;
    let seen = format!("MAC with KeyID {p2:#06x}: {reply}");
    let expected = patient.expected_mac(0x00, p2, &contents(KEY), &CHALLENGE);
    match is(&reply, &expected) {
        true => Ok(Seen::Answer(taken, seen)),
        false => Ok(by_status(&reply, refusals, seen)),
    }
}

pub(super) const TRANSPORT_KEY: Probe = Probe {
    name: "transport-key",
    points: &["U38"],
    question: "What does GenDig make of transport keys (KeyID 0x8000, 0x8001, 0xFFFF)?",
    answers: &[
        as_said("an execution error"),
        otherwise("a parse error", "U38: 0x03. Simulator: `gen_dig::transport`."),
        otherwise("a digest", "U38: there are transport keys. Simulator: `gen_dig::transport`."),
    ],
    run: |patient| {
        let mut replies = Vec::new();
        for key in [0x8000, 0x8001, 0xFFFF] {
            // They want a random nonce (chip reference 5.6).
            patient.load_random()?;
            replies.push(patient.raw(0x15, 0x02, key, &[])?);
        }
        let seen = replies.iter().map(|reply| format!("GenDig: {reply}; ")).collect();
        let all = |status| replies.iter().all(|reply| reply.status() == Some(status));
        Ok(match () {
            () if all(0x0F) => Seen::Answer(0, seen),
            () if all(0x03) => Seen::Answer(1, seen),
            () if replies.iter().any(Reply::is_done) => Seen::Answer(2, seen),
            () => Seen::Other(seen),
        })
    },
    ..C1D0
};

pub(super) const SIGN_D0: Probe = Probe {
    name: "sign-d0",
    points: &["D15"],
    question: "Is Sign's p1 0xD0 a mode?",
    answers: &[
        as_said("no: bit 4 is reserved"),
        otherwise("yes: of the message digest buffer", "D15: 0xD0, as TD prints it. Simulator: `sign::run`."),
    ],
    run: |patient| {
        patient.fill_private(0)?;
        patient.raw(0x16, 0x43, 0, &CHALLENGE)?.expect_done("the digest buffer was loaded")?;
        patient.load()?;
        let reply = patient.raw(0x41, 0xD0, 0, &[])?;
        let seen = format!("Sign p1 0xD0: {reply}");
        Ok(match &reply {
            Reply::Data(data) if message::is_signature(&private_key(0), &CHALLENGE, data) => {
                Seen::Answer(1, seen)
            }
            reply => by_status(reply, &[(0x03, 0)], seen),
        })
    },
    ..C1D0
};

pub(super) const DIGEST_BUFFER: Probe = Probe {
    name: "digest-buffer-after-use",
    points: &["U33"],
    question: "Is the message digest buffer valid after Sign used it?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no",
            "U33 and 5.21: Sign clears the digest buffer. Simulator: `MessageDigest` is cleared by `sign::run`.",
        ),
    ],
    run: |patient| {
        patient.fill_private(0)?;
        patient.raw(0x16, 0x43, 0, &VALUE)?.expect_done("the digest buffer was loaded")?;
        patient.raw(0x41, 0xA0, 0, &[])?.expect_data("the first Sign", 64)?;
        let reply = patient.raw(0x41, 0xA0, 0, &[])?;
        let seen = format!("the second Sign: {reply}");
        Ok(match reply {
            Reply::Data(_) => Seen::Answer(0, seen),
            reply => by_status(&reply, &[(0x0F, 1)], seen),
        })
    },
    ..C1D0
};

pub(super) const MAC_SOURCE_ALONE: Probe = Probe {
    name: "mac-source-flag-alone",
    points: &["checkmac-p1-04-mac-p1-04-and-44"],
    question: "What is MAC's p1 04 and 44, SourceFlag without TempKey?",
    answers: &[
        as_said("a bit that is ignored"),
        otherwise("a parse error", "5.12: p1 04 and 44 are illegal. Simulator: `mac::run`."),
    ],
    run: |patient| {
        patient.fill(KEY)?;
        let (one, two) = (patient.mac(0x04, KEY.into())?, patient.mac(0x44, KEY.into())?);
        let seen = format!("p1 04: {one}, p1 44: {two}");
        match (one, two) {
            (Reply::Data(_), Reply::Data(_)) => yes_or_no(true, seen),
            (Reply::Status(0x03), Reply::Status(0x03)) => yes_or_no(false, seen),
            _ => Ok(Seen::Other(seen)),
        }
    },
    ..C1D0
};
