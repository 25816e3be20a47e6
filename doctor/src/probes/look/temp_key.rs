//! U10, U15, U33, U40, D4, D5, D6: TempKey and its flags, as far as no slot is needed.

use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply, VALUE};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::saw::{by_status, yes_or_no};

/// The doctor's private key.
const SCALAR: [u8; 32] = [0x43; 32];
/// KDF: PRF with 32 bytes of key over these eight bytes.
const PRF: [u8; 12] = *b"\x01\x00\x00\x08a doctor";

const LOOK: Probe = Probe {
    name: "",
    points: &[],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "",
    answers: STAYS,
    run: |_| Err(Stop::Unready(String::new())),
};

const STAYS: &[Answer] = &[
    Answer { says: "TempKey stays", change: "" },
    Answer {
        says: "TempKey is cleared",
        change: "5.0.2: it clears TempKey. Simulator: its `temp_key` gives `Consumes`.",
    },
];

pub(super) const BUFFER_NONCE: Probe = Probe {
    name: "temp-key-after-buffer-nonce",
    points: &["D6"],
    question: "Does a Nonce into the digest buffer or the alternate key buffer clear TempKey?",
    run: |patient| {
        patient.stays(|patient, _| {
            patient.raw(0x16, 0x43, 0, &VALUE)?.expect_done("a Nonce into the digest buffer")?;
            patient.raw(0x16, 0x83, 0, &VALUE)?.expect_done("a Nonce into the alternate key buffer")
        })
    },
    ..LOOK
};

pub(super) const RANDOM: Probe = Probe {
    name: "temp-key-after-random",
    points: &["D6"],
    question: "Does Random clear TempKey?",
    run: |patient| {
        patient.stays(|patient, _| patient.raw(0x1B, 0x01, 0, &[])?.expect_data("Random", 32).map(drop))
    },
    ..LOOK
};

pub(super) const VERIFY: Probe = Probe {
    name: "temp-key-after-verify",
    points: &["U10"],
    question: "Does Verify clear TempKey when the message is there?",
    answers: &[
        Answer { says: "TempKey is cleared", change: "" },
        Answer {
            says: "TempKey stays",
            change: "5.0.2: it stays. Simulator: Verify's `temp_key` gives `None`.",
        },
    ],
    run: |patient| {
        let signature = message::sign(&SCALAR, &VALUE);
        let signature = signature.ok_or_else(|| Stop::Unready("the doctor can't sign".into()))?;
        let data = [signature, message::public_key(&SCALAR)].concat();
        patient.load()?;
        let reply = patient.raw(0x45, 0x02, 4, &data)?;
        if let Some(refused) = refused_in_c0(patient, &reply) {
            return Ok(refused);
        }
        reply.expect_done("Verify of the doctor's signature")?;
        let state = patient.state()?;
        yes_or_no(!state.valid, format!("afterwards {state}"))
    },
    ..LOOK
};

pub(super) const SHA: Probe = Probe {
    name: "source-after-sha",
    points: &["U15"],
    question: "What is SourceFlag after SHA into TempKey?",
    answers: &[
        Answer { says: "1", change: "" },
        Answer {
            says: "0",
            change: "U15: SourceFlag 0 after SHA, so any value passes for a random nonce. Simulator: `sha::end`. SECURITY.md.",
        },
    ],
    run: |patient| {
        patient.load_random()?;
        patient.raw(0x47, 0x00, 0, &[])?.expect_done("SHA Start")?;
        patient.raw(0x47, 0x02, 0, &[])?.expect_data("SHA End", 32)?;
        let state = patient.state()?;
        yes_or_no(state.input, format!("afterwards {state}"))
    },
    ..LOOK
};

pub(super) const KDF: Probe = Probe {
    name: "source-after-kdf",
    points: &["U15"],
    question: "What is SourceFlag after KDF from TempKey into TempKey?",
    answers: &[
        Answer { says: "what it was", change: "" },
        Answer { says: "1", change: "U15: SourceFlag 1 after KDF. Simulator: `TempKey::derive`." },
        Answer {
            says: "0",
            change: "U15: SourceFlag 0 after KDF, so a value of the host's passes for a random nonce. Simulator: \
                     `TempKey::derive`. SECURITY.md.",
        },
    ],
    run: |patient| {
        let mut flags = [false; 2];
        for (random, flag) in [false, true].into_iter().zip(&mut flags) {
            if random {
                patient.load_random()?
            } else {
                patient.load()?
            };
            let reply = patient.raw(0x56, 0x00, 0, &PRF)?;
            if let Some(refused) = refused_in_c0(patient, &reply) {
                return Ok(refused);
            }
            reply.expect_done("KDF from TempKey into TempKey")?;
            *flag = patient.state()?.input;
        }
        let seen =
            format!("after a fixed nonce {}, after a random one {}", u8::from(flags[0]), u8::from(flags[1]));
        Ok(match flags {
            [true, false] => Seen::Answer(0, seen),
            [true, true] => Seen::Answer(1, seen),
            [false, false] => Seen::Answer(2, seen),
            [false, true] => Seen::Other(seen),
        })
    },
    ..LOOK
};

/// Whether the command works at all before the config lock is a question of its own (U25, 5.0.8).
fn refused_in_c0(patient: &Patient<'_>, reply: &Reply) -> Option<Seen> {
    let open = patient.stage() == Stage::Unlocked && matches!(reply, Reply::Status(0x03 | 0x0F));
    open.then(|| Seen::NotHere(format!("this chip refuses it until its configuration is locked: {reply}")))
}

pub(super) const ALTERNATE_KEY: Probe = Probe {
    name: "alternate-key-after-use",
    points: &["U33"],
    question: "Is the alternate key buffer valid after KDF used it?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no", change: "U33: KDF clears the alternate key buffer. Simulator: `kdf::source`." },
    ],
    run: |patient| {
        patient.raw(0x16, 0x83, 0, &VALUE)?.expect_done("the alternate key buffer was loaded")?;
        let first = patient.raw(0x56, 0x03, 0, &PRF)?;
        if let Some(refused) = refused_in_c0(patient, &first) {
            return Ok(refused);
        }
        first.expect_done("the first KDF")?;
        let second = patient.raw(0x56, 0x03, 0, &PRF)?;
        Ok(by_status(&second, &[(0x00, 0), (0x0F, 1)], format!("the second KDF: {second}")))
    },
    ..LOOK
};

pub(super) const SECOND_NONCE: Probe = Probe {
    name: "source-after-second-nonce",
    points: &["D4"],
    question: "What is SourceFlag after the Nonce that hashes TempKey (p2 0x8000), if it was 1?",
    answers: &[
        Answer { says: "1: it stays", change: "" },
        Answer {
            says: "0: random",
            change: "D4: SourceFlag becomes Rand, so ReqRandom stops no replay. Simulator: `SecondNonce::BecomesRandom` is the \
                     default. SECURITY.md: the danger it names is there.",
        },
    ],
    run: |patient| {
        patient.load()?;
        patient.load_again()?;
        let state = patient.state()?;
        yes_or_no(state.input, format!("afterwards {state}"))
    },
    ..LOOK
};

pub(super) const SHARED_NONCE: Probe = Probe {
    name: "flags-after-shared-nonce",
    points: &["D5"],
    question: "Does GenDig of a shared nonce set GenDigData and KeyID?",
    answers: &[
        Answer { says: "no", change: "" },
        Answer {
            says: "yes",
            change: "D5: it sets both, so anyone can pass for who has done GenDig with a key! Simulator: \
                     `gen_dig::shared_nonce`. SECURITY.md.",
        },
    ],
    run: |patient| {
        patient.load()?;
        let reply = patient.raw(0x15, 0x03, 0x0005, &VALUE)?;
        if let Some(refused) = refused_in_c0(patient, &reply) {
            return Ok(refused);
        }
        reply.expect_done("GenDig of a shared nonce")?;
        let state = patient.state()?;
        yes_or_no(!state.gen_dig, format!("afterwards {state}"))
    },
    ..LOOK
};

pub(super) const CHECK_MAC: Probe = Probe {
    name: "check-mac-of-temp-key-twice",
    points: &["U40"],
    // Before the config lock it would be refused for that.
    stage: Stage::DataLocked,
    question: "Does CheckMac take p1 03 and 07, TempKey in both places?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer {
            says: "no, a parse error",
            change: "U40: p1 03 and 07 are illegal. Simulator: `check_mac::run`.",
        },
    ],
    run: |patient| {
        let random = patient.load_random()?;
        let three = check_mac(patient, 0x03, &random)?;
        let fixed = patient.load()?;
        let seven = check_mac(patient, 0x07, &fixed)?;
        let seen = format!("p1 03: {three}, p1 07: {seven}");
        match (three, seven) {
            // Whether the chip hashes what was expected does not matter here (D22).
            (Reply::Status(0x00 | 0x01), Reply::Status(0x00 | 0x01)) => yes_or_no(true, seen),
            (Reply::Status(0x03), Reply::Status(0x03)) => yes_or_no(false, seen),
            _ => Ok(Seen::Other(seen)),
        }
    },
    ..LOOK
};

fn check_mac(patient: &mut Patient<'_>, p1: u8, value: &[u8; 32]) -> Result<Reply, Stop> {
    let response = message::mac(value, value, [0; 4], patient.serial_parts());
    patient.raw(0x28, p1, 0, &[&[0; 32][..], &response, &[0; 13]].concat())
}
