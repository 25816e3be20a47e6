//! U3, U27, and the pad: what PrivWrite takes.

use super::hand::{KEY, by_status, yes_or_no};
use super::{C1D0, C1D1, as_said, otherwise};
use crate::patient::{Patient, Reply};
use crate::plan::a::private_key;
use crate::probe::{Probe, Seen, Stop};

/// The order of P-256 (FIPS 186).
const ORDER: [u8; 32] = [
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC,
    0xE6, 0xFA, 0xAD, 0xA7, 0x17, 0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
];

pub(super) const SCALARS: Probe = Probe {
    name: "priv-write-scalars",
    points: &["U27"],
    question: "Does PrivWrite take 0 and the order of the curve as private keys?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "U27: it takes any 32 bytes. Simulator: `priv_write::run`. Driver: check keys before they are sent.",
        ),
    ],
    run: |patient| {
        let (zero, order) = (patient.priv_write(7, &[0; 32])?, patient.priv_write(7, &ORDER)?);
        let seen = format!("0: {zero}, the order: {order}");
        match (zero, order) {
            (Reply::Status(0x0F), Reply::Status(0x0F)) => yes_or_no(true, seen),
            (Reply::Status(0x00), Reply::Status(0x00)) => yes_or_no(false, seen),
            _ => Ok(Seen::Other(seen)),
        }
    },
    ..C1D0
};

pub(super) const WITHOUT_MAC: Probe = Probe {
    name: "priv-write-without-mac",
    points: &["U27"],
    question: "Does PrivWrite in clear mode take a key without the 32 bytes of a MAC?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no, a parse error",
            "U27 and 5.14: the length is 68 always. Simulator: `priv_write::run`.",
        ),
    ],
    run: |patient| {
        let reply = patient.raw(0x46, 0x00, 7, &[&[0; 4][..], &private_key(7)].concat())?;
        Ok(by_status(&reply, &[(0x00, 0), (0x03, 1)], format!("PrivWrite of 36 bytes: {reply}")))
    },
    ..C1D0
};

pub(super) const PAD: Probe = Probe {
    name: "priv-write-pad",
    points: &["privwrite-pad-bytes"],
    question: "Does PrivWrite take a key whose pad is not zero?",
    answers: &[
        as_said("yes"),
        otherwise("no, an execution error", "5.14: the pad must be zero. Simulator: `priv_write::run`."),
    ],
    run: |patient| {
        let value = patient.load()?;
        let reply = patient.priv_write_encrypted(7, *b"pad!", &value, 0)?;
        Ok(by_status(&reply, &[(0x00, 0), (0x0F, 1)], format!("PrivWrite with a pad: {reply}")))
    },
    ..C1D0
};

pub(super) const WRONG_MAC: Probe = Probe {
    name: "wrong-mac-of-priv-write",
    points: &["U3"],
    question: "What does PrivWrite say to a wrong MAC?",
    answers: &[
        as_said("an execution error"),
        otherwise(
            "a miscompare, 0x01",
            "U3: 0x01. Simulator: `Machine::require_mac`. Driver: what errors say of 0x01.",
        ),
    ],
    run: wrong_mac,
    ..C1D1
};

fn wrong_mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut reply = Reply::Status(0);
    // The right one first, so that only the MAC is wrong.
    for spoil in [0, 1] {
        let temp_key = patient.load_random()?;
        let temp_key = patient.gen_dig(KEY, &temp_key)?;
        reply = patient.priv_write_encrypted(0, [0; 4], &temp_key, spoil)?;
        if spoil == 0 {
            reply.expect_done("PrivWrite with the right MAC")?;
        }
    }
    Ok(by_status(&reply, &[(0x0F, 0), (0x01, 1)], format!("PrivWrite with a wrong MAC: {reply}")))
}
