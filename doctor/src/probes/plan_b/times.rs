//! How long commands with keys of slots take (U37).

use atecc608::wire::{Opcode, timing};

use super::boot::{FULL, boot, ready};
use super::steps::{AES, DIGEST, MESSAGE, PARENT, PLAIN, authorise, fixed, here, hkdf, hmac, verify_stored};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

pub(super) const KEYS: Probe = locked(Asked {
    name: "times-with-keys",
    points: &["U37"],
    question: "Do commands with keys of slots take longer than the vendor's library waits for them?",
    answers: &[
        answer("no", ""),
        answer("yes", "3.1: longer maxima. Simulator: `timing::MAXIMA`. Driver: `wire::timing`."),
    ],
    run: |patient| here(with_keys(patient)),
});

/// A command with all that it needs; its own answer is the last one.
type Step = fn(&mut Patient<'_>) -> Result<Reply, Stop>;

const STEPS: &[(Opcode, &str, Step)] = &[
    (Opcode::Aes, "AES", |patient| patient.raw(0x51, 0x00, AES.into(), &[0; 16])),
    (Opcode::Kdf, "HKDF", |patient| hkdf(patient, PLAIN)),
    (Opcode::Sha, "HMAC, its end", |patient| hmac(patient, PLAIN.into())),
    (Opcode::Mac, "MAC", |patient| {
        patient.raw(0x08, 0x00, PLAIN.into(), &[MESSAGE, &[0; 32 - MESSAGE.len()]].concat())
    }),
    (Opcode::GenDig, "GenDig", |patient| {
        fixed(patient, &DIGEST)?;
        patient.raw(0x15, 0x02, PLAIN.into(), &[])
    }),
    (Opcode::Verify, "Verify(Stored)", |patient| verify_stored(patient, PARENT, true)),
    (Opcode::Ecdh, "ECDH", |patient| patient.raw(0x43, 0x0C, 1, &keys::public(PARENT))),
    (Opcode::Sign, "Sign", |patient| {
        fixed(patient, &DIGEST)?;
        patient.raw(0x41, 0x80, 1, &[])
    }),
    (Opcode::CheckMac, "CheckMac", |patient| authorise(patient).map(|()| Reply::Status(0))),
    (Opcode::SecureBoot, "SecureBoot(Full)", |patient| {
        ready(patient)?;
        boot(patient, FULL, 0)
    }),
];

/// What is refused is left out; so is what can't be made ready.
fn with_keys(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let (mut seen, mut longer) = (Vec::new(), false);
    for (opcode, name, step) in STEPS {
        let done = match step(patient) {
            Ok(reply) => matches!(reply, Reply::Data(_) | Reply::Status(0x00)),
            Err(Stop::Unready(_)) => false,
            Err(stop) => return Err(stop),
        };
        if done && let Some(took) = patient.last_time(opcode.to_byte()) {
            longer |= took > u64::from(timing::planned_us(*opcode));
            seen.push(format!("{name} {}.{} ms", took / 1_000, took % 1_000 / 100));
        }
    }
    Ok(Seen::Answer(usize::from(longer), seen.join(", ")))
}
