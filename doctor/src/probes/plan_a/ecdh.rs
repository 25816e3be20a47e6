//! U16 to U19, D8, and what is silent about ECDH: where secrets come from and go.

use atecc608::{Secret, command::Encrypted, host};

use super::hand::{KEY, by_status, is};
use super::{C1D0, C1D1, as_said, otherwise};
use crate::patient::{Patient, Reply};
use crate::plan::a::{LOCKED_SLOT, contents};
use crate::probe::{Answer, Probe, Seen, Stop};

/// X and Y of no point of the curve.
pub(super) const NO_POINT: [u8; 64] = [1; 64];

pub(super) const BAD_POINT: Probe = Probe {
    name: "ecdh-bad-point",
    points: &["U16"],
    question: "What does ECDH say to a public key that is no point of the curve?",
    answers: &[
        as_said("an execution error"),
        otherwise("an ECC fault, 0x05", "U16 and 5.5: 0x05. Simulator: `ecdh::run`."),
        otherwise("a parse error", "U16 and 5.5: 0x03. Simulator: `ecdh::run`."),
        otherwise(
            "it computes with it",
            "U16: the point is not checked, so a private key for ECDH can be found out! SECURITY.md, at once.",
        ),
    ],
    run: |patient| {
        let reply = patient.raw(0x43, 0x08, 0, &NO_POINT)?;
        let answers = [(0x0F, 0), (0x05, 1), (0x03, 2), (0x00, 3)];
        Ok(by_status(&reply, &answers, format!("ECDH into TempKey: {reply}")))
    },
    ..C1D1
};

pub(super) const TO_SLOT: Probe = Probe {
    name: "ecdh-to-slot",
    points: &["U17"],
    question: "What does ECDH p1 0x04 do with a key whose ReadKey bit 3 is 0?",
    answers: &[
        as_said("the secret goes into the next slot"),
        otherwise(
            "an execution error",
            "U17: p1 0x04 needs ReadKey bit 3. Simulator: `ecdh::from_slot`. Lint: EcdhOverwrites.",
        ),
        otherwise(
            "a parse error",
            "U17: there is no p1 0x04. Simulator: `ecdh::from_slot`. Lint: EcdhOverwrites.",
        ),
    ],
    run: |patient| {
        patient.fill(1)?;
        let reply = patient.ecdh(0x04, 0)?;
        let seen = format!("ECDH p1 04: {reply}");
        match reply.is_done() {
            true => in_slot(patient, 1, 0, seen),
            false => Ok(by_status(&reply, &[(0x0F, 1), (0x03, 2)], seen)),
        }
    },
    ..C1D1
};

/// Whether the secret of slot `from` is in slot `target`.
fn in_slot(patient: &mut Patient<'_>, target: u8, from: u8, seen: String) -> Result<Seen, Stop> {
    let secret = patient.secret_of(from)?;
    Ok(match patient.holds(target, &secret)? {
        true => Seen::Answer(0, seen),
        false => Seen::Other(format!("{seen}, but slot {target} does not have the secret")),
    })
}

pub(super) const OUTPUT_IN_SPITE: Probe = Probe {
    name: "ecdh-output-in-spite",
    points: &["U18"],
    question: "Does ECDH p1 0x0C give a secret out although ReadKey bit 3 sends it to the next slot?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "U18: ReadKey bit 3 does not keep the secret inside. Simulator: `ecdh::from_slot`. Lint and guide.",
        ),
    ],
    run: |patient| {
        if let Some(spent) = super::limits::spent(patient)? {
            return Ok(spent);
        }
        let reply = patient.ecdh(0x0C, 2)?;
        let seen = format!("ECDH p1 0C: {reply}");
        Ok(match reply {
            Reply::Data(_) => Seen::Answer(1, seen),
            reply => by_status(&reply, &[(0x0F, 0)], seen),
        })
    },
    ..C1D1
};

/// Both ways of [`COMPATIBLE`] and [`CLOSED_NEXT_SLOT`] to give the secret out.
const GIVEN_OUT: Answer = otherwise(
    "the secret is given out",
    "D8: bit 3 the other way round. Driver: `PrivateKeyPermissions::ECDH_TO_NEXT_SLOT`. Simulator: `ecdh::from_slot`.",
);

pub(super) const COMPATIBLE: Probe = Probe {
    name: "ecdh-compatible-bit-3",
    points: &["D8"],
    question: "Where does the secret go in ECDH's compatible mode, with ReadKey bit 3 set?",
    answers: &[as_said("into the next slot"), GIVEN_OUT],
    run: |patient| {
        patient.fill(KEY)?;
        patient.fill_private(2)?;
        patient.fill(3)?;
        // Whether it works at all in this state is a question of its own (U26).
        let control = patient.ecdh(0x08, 2)?;
        if !control.is_done() {
            return Ok(Seen::NotHere(format!(
                "ECDH with a slot does not work before the data lock: {control}"
            )));
        }
        let reply = patient.ecdh(0x00, 2)?;
        let seen = format!("ECDH p1 00 with slot 2: {reply}");
        match reply {
            Reply::Status(0x00) => in_slot(patient, 3, 2, seen),
            Reply::Data(_) => Ok(Seen::Answer(1, seen)),
            Reply::Status(_) => Ok(Seen::Other(seen)),
        }
    },
    ..C1D0
};

pub(super) const PROTECTED: Probe = Probe {
    name: "ecdh-compatible-protected",
    points: &["ecdh-ecdhprot-1-in-compatible-mode-ecdhprot-3"],
    question: "What does EcdhProt 1 make of ECDH's compatible mode?",
    answers: &[
        as_said("the output is encrypted"),
        otherwise(
            "the output is clear",
            "4.13: EcdhProt does not touch p1 0x00. Simulator: `ecdh::output_encrypted`. Lint.",
        ),
        otherwise(
            "an execution error",
            "4.13: EcdhProt 1 refuses p1 0x00. Simulator: `ecdh::output_encrypted`.",
        ),
        otherwise(
            "nothing comes out, the secret goes into the next slot",
            "D8: see the question about ReadKey bit 3.",
        ),
    ],
    run: protected,
    ..C1D1
};

fn protected(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = patient.ecdh(0x00, 0)?;
    let secret = patient.secret_of(0)?;
    let seen = format!("ECDH p1 00 with slot 0: {reply}");
    Ok(match &reply {
        Reply::Data(data) => match data.as_chunks::<32>() {
            ([ciphertext, nonce], []) => {
                let output = Encrypted { ciphertext: *ciphertext, nonce: *nonce };
                match host::io_decrypt(&output, &Secret::new(contents(KEY))).expose() == &secret {
                    true => Seen::Answer(0, seen),
                    false => Seen::Other(format!("{seen}, but not the secret, encrypted")),
                }
            }
            _ if is(&reply, &secret) => Seen::Answer(1, seen),
            _ => Seen::Other(format!("{seen}, but not the secret")),
        },
        reply => by_status(reply, &[(0x0F, 2), (0x00, 3)], seen),
    })
}

pub(super) const KDF_PROTECTED: Probe = Probe {
    name: "kdf-prot-3",
    points: &["ecdh-ecdhprot-1-in-compatible-mode-ecdhprot-3"],
    question: "What does KdfProt 3, the invalid code, make of KDF's output?",
    answers: &[
        as_said("an execution error"),
        otherwise(
            "it comes out in clear",
            "4.13: code 3 protects nothing. Simulator: `OutputProtection::from_bits`. Lint.",
        ),
    ],
    run: |patient| {
        patient.load()?;
        // PRF of TempKey, 32 bytes, over eight bytes of message.
        let reply = patient.raw(0x56, 0x10, 0, &[&[0x01, 0, 0, 8][..], b"a doctor"].concat())?;
        let seen = format!("KDF of TempKey to the output: {reply}");
        Ok(match reply {
            Reply::Data(data) if data.len() == 32 => Seen::Answer(1, seen),
            reply => by_status(&reply, &[(0x0F, 0)], seen),
        })
    },
    ..C1D0
};

pub(super) const TEMP_KEY_P2: Probe = Probe {
    name: "ecdh-temp-key-p2",
    points: &["ecdh-from-tempkey-p2-other-than-0-without"],
    question: "What is p2 of ECDH from TempKey without a target slot, if it is not 0?",
    answers: &[
        as_said("a parse error"),
        otherwise("ignored", "5.5: p2 is ignored without a target slot. Simulator: `ecdh::from_temp_key`."),
    ],
    run: |patient| {
        patient.fill(KEY)?;
        patient.key_in_temp_key()?;
        let reply = patient.ecdh(0x0D, 1)?;
        let seen = format!("ECDH p1 0D, p2 1: {reply}");
        Ok(match reply {
            Reply::Data(_) => Seen::Answer(1, seen),
            reply => by_status(&reply, &[(0x03, 0)], seen),
        })
    },
    ..C1D0
};

pub(super) const UNLOCKED_TARGET: Probe = Probe {
    name: "unlocked-result-target",
    points: &["writeconfig-of-ecdh-and-kdf-targets-in-c1d0"],
    question: "Does ECDH put a secret, before the data lock, into a slot that is never written after it?",
    answers: &[
        as_said("yes"),
        otherwise(
            "no, an execution error",
            "5.0.8: WriteConfig of targets counts in C1D0. Simulator: `require_open_target`.",
        ),
    ],
    run: |patient| into_slot(patient, 3, &[(0x00, 0), (0x0F, 1)]),
    ..C1D0
};

pub(super) const PRIVATE_TARGET: Probe = Probe {
    name: "private-result-target",
    points: &["U19"],
    question: "Does ECDH put a secret into the slot of a private key?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "U19: who can load TempKey can replace private keys! Simulator: `require_open_target`. SECURITY.md.",
        ),
    ],
    run: |patient| into_slot(patient, 7, &[(0x0F, 0), (0x00, 1)]),
    ..C1D0
};

pub(super) const LOCKED_TARGET: Probe = Probe {
    name: "locked-result-target",
    points: &["U19"],
    question: "Does ECDH put a secret into a slot that is locked?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "U19 and 5.0.8: SlotLocked does not keep results out. Simulator: `require_open_target`. SECURITY.md.",
        ),
    ],
    run: |patient| match patient.read_config()?[89] & 0x02 == 0 {
        true => into_slot(patient, LOCKED_SLOT.into(), &[(0x0F, 0), (0x00, 1)]),
        false => Ok(Seen::NotHere("slot 9 is not locked: the question before did not come so far".into())),
    },
    ..C1D0
};

pub(super) const CLOSED_TARGET: Probe = Probe {
    name: "closed-result-target",
    points: &["U19"],
    question: "Does ECDH from TempKey put a secret into a slot with WriteConfig Never?",
    answers: &[
        as_said("no, an execution error"),
        otherwise(
            "yes",
            "U19: WriteConfig does not keep results out, so anyone can overwrite secrets. Simulator: `require_open_target`. \
             Lint and SECURITY.md.",
        ),
    ],
    // If it does, the next question writes there itself.
    run: |patient| into_slot(patient, 3, &[(0x0F, 0), (0x00, 1)]),
    ..C1D1
};

fn into_slot(patient: &mut Patient<'_>, slot: u16, answers: &[(u8, usize)]) -> Result<Seen, Stop> {
    patient.key_in_temp_key()?;
    let reply = patient.ecdh(0x05, slot)?;
    Ok(by_status(&reply, answers, format!("ECDH p1 05 into slot {slot}: {reply}")))
}

pub(super) const CLOSED_NEXT_SLOT: Probe = Probe {
    name: "closed-next-slot",
    points: &["U19", "D8"],
    question: "Does ECDH in compatible mode put a secret into the next slot if that has WriteConfig Never?",
    answers: &[
        as_said("yes, whatever its WriteConfig"),
        otherwise(
            "no, an execution error",
            "U19: slot N+1 needs WriteConfig Always. Simulator: `ecdh::from_slot`. Lint.",
        ),
        GIVEN_OUT,
    ],
    run: |patient| {
        if let Some(spent) = super::limits::spent(patient)? {
            return Ok(spent);
        }
        let reply = patient.ecdh(0x00, 2)?;
        let seen = format!("ECDH p1 00 with slot 2: {reply}");
        match reply {
            Reply::Status(0x00) => in_slot(patient, 3, 2, seen),
            Reply::Data(_) => Ok(Seen::Answer(2, seen)),
            reply => Ok(by_status(&reply, &[(0x0F, 1)], seen)),
        }
    },
    ..C1D1
};
