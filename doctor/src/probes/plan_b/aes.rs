//! AES with slots that are none for it, before the data lock (D20, U26).

use super::steps::{AES as KEY, PLAIN, by_status, here};
use super::{Asked, answer, unlocked};
use crate::patient::{Patient, Reply};
use crate::probe::{Probe, Seen, Stop};

/// An AES slot's first key block that it has no room for: 36 bytes are two keys.
const BEYOND: u8 = 0x80;
/// The private slot of KeyType 6.
const PRIVATE_SLOT: u8 = 6;

pub(super) const TYPE: Probe = unlocked(Asked {
    name: "aes-key-type-in-c1d0",
    points: &["U26", "D20"],
    question: "How is AES with a slot of KeyType 7 refused before the data lock?",
    answers: &[
        answer("with 0x0F, as after the data lock", ""),
        answer(
            "not at all: any KeyType will do",
            "5.1, 5.0.8 and U26: KeyType counts once the data zone is locked. Simulator: `require_type` in \
             `command/aes.rs` asks for the data lock.",
        ),
        answer(
            "with 0x03",
            "5.1 and D20: 0x03 for the KeyType. Simulator: `require_type` refuses with `illegal`.",
        ),
    ],
    run: |patient| here(key_type(patient)),
});

pub(super) const PRIVATE: Probe = unlocked(Asked {
    name: "aes-private-slot",
    points: &["aes-with-a-private-slot-of-keytype-6", "U26"],
    question: "Does AES take a private slot whose KeyType is 6?",
    answers: &[
        answer("no: 0x0F", ""),
        answer(
            "yes",
            "5.1: Private does not count for AES. Simulator: `require_type` in `command/aes.rs` without it. Lint and \
             explain then have to name such a slot as an AES key.",
        ),
    ],
    run: |patient| here(private(patient)),
});

pub(super) const BLOCK: Probe = unlocked(Asked {
    name: "aes-key-block-beyond-the-slot",
    points: &["D20", "aes-with-a-private-slot-of-keytype-6"],
    question: "How is AES refused if the slot is too small for the key block?",
    answers: &[
        answer("with 0x03", ""),
        answer(
            "with 0x0F",
            "5.1 and D20: 0x0F for the key block. Simulator: `slot_key` in `command/aes.rs`.",
        ),
        answer(
            "not at all: bytes from elsewhere are the key",
            "5.1: what lies behind the slot serves as a key.",
        ),
    ],
    run: |patient| here(block(patient)),
});

fn encrypt(patient: &mut Patient<'_>, p1: u8, slot: u8) -> Result<Reply, Stop> {
    patient.raw(0x51, p1, slot.into(), &[0; 16])
}

fn key_type(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = encrypt(patient, 0, PLAIN)?;
    let doing = format!("AES with slot {PLAIN}");
    Ok(match reply {
        Reply::Data(_) => Seen::Answer(1, format!("{doing}: {reply}")),
        Reply::Status(_) => by_status(&reply, &[(0x0F, 0), (0x03, 2)], &doing),
    })
}

fn private(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = encrypt(patient, 0, PRIVATE_SLOT)?;
    let doing = format!("AES with slot {PRIVATE_SLOT}");
    Ok(match reply {
        Reply::Data(_) => Seen::Answer(1, format!("{doing}: {reply}")),
        Reply::Status(_) => by_status(&reply, &[(0x0F, 0)], &doing),
    })
}

fn block(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = encrypt(patient, BEYOND, KEY)?;
    let doing = format!("AES with the third key of slot {KEY}");
    Ok(match reply {
        Reply::Data(_) => Seen::Answer(2, format!("{doing}: {reply}")),
        Reply::Status(_) => by_status(&reply, &[(0x03, 0), (0x0F, 1)], &doing),
    })
}
