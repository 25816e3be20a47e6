//! U37 and D23: how long commands take.

use atecc608::wire::{Opcode, timing};

use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const MAXIMA: Probe = Probe {
    name: "times",
    points: &["U37"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Do commands take longer than the vendor's library waits for them?",
    answers: &[
        Answer { says: "no", change: "" },
        Answer {
            says: "yes",
            change: "3.1: longer maxima. Simulator: `timing::MAXIMA`. Driver: `wire::timing`.",
        },
    ],
    run: maxima,
};

pub(super) const NONCE: Probe = Probe {
    name: "nonce-time",
    points: &["D23"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "How long does a random Nonce take?",
    answers: &[
        Answer { says: "more than 7 ms, and 20 at most", change: "" },
        Answer {
            says: "7 ms at most, as of an ATECC508A",
            change: "D23 and 3.1: what was measured. Simulator: its typical time.",
        },
        Answer {
            says: "more than 20 ms",
            change: "D23 and 3.1: a longer maximum. Simulator: `timing::MAXIMA`. Driver: `wire::timing`.",
        },
    ],
    run: nonce,
};

/// The value of TempKey, the digest that is signed.
const VALUE: [u8; 32] = [0x5A; 32];

/// The private key of a signature.
const KEY: [u8; 32] = [0x11; 32];

/// Opcode, parameters, data.
type Sent<'a> = (u8, u8, u16, &'a [u8]);

/// Commands that change nothing and need nothing, but for TempKey, which is loaded before they use it. Those that this
/// chip refuses are left out.
fn commands(signed: &[u8]) -> [Sent<'_>; 14] {
    [
        (0x30, 0x00, 0, &[]),
        (0x02, 0x80, 0, &[]),
        (0x24, 0x00, 0, &[]),
        (0x1B, 0x01, 0, &[]),
        (0x16, 0x01, 0, &[0; 20]),
        (0x16, 0x03, 0, &VALUE),
        (0x15, 0x03, 0, &VALUE),
        (0x51, 0x00, 0xFFFF, &[0; 16]),
        (0x47, 0x00, 0, &[]),
        (0x47, 0x01, 64, &[0; 64]),
        (0x47, 0xC2, 0, &[]),
        (0x77, 0x3D, 0, &[]),
        (0x16, 0x03, 0, &VALUE),
        (0x45, 0x02, 4, signed),
    ]
}

fn maxima(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let divider = patient.config()[19] >> 3;
    let (mut seen, mut longer) = (Vec::new(), false);
    let signed = message::signed(&KEY, &VALUE).ok_or_else(|| Stop::Unready("a signature was made".into()))?;
    for (opcode, p1, p2, data) in commands(&signed) {
        let Some((name, maximum)) = Opcode::from_byte(opcode).map(|known| {
            let maximum = if divider == 0 { timing::planned_us(known) } else { timing::bound_us(known) };
            (known.name(), maximum)
        }) else {
            continue;
        };
        if let Some(took) = took(patient, opcode, p1, p2, data)? {
            longer |= took > u64::from(maximum);
            seen.push(format!("{name} {p1:#04x} {}.{} ms", took / 1_000, took % 1_000 / 100));
        }
    }
    Ok(Seen::Answer(usize::from(longer), seen.join(", ")))
}

/// Microseconds that a command takes which is not refused.
fn took(patient: &mut Patient<'_>, opcode: u8, p1: u8, p2: u16, data: &[u8]) -> Result<Option<u64>, Stop> {
    let reply = patient.raw(opcode, p1, p2, data)?;
    let done = matches!(reply, Reply::Data(_) | Reply::Status(0x00));
    Ok(if done { patient.last_time(opcode) } else { None })
}

/// The longest of a few.
fn nonce(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut longest = 0;
    for _ in 0..5 {
        let took = took(patient, 0x16, 0x01, 0, &[0x5A; 20])?;
        longest = longest.max(took.ok_or_else(|| Stop::Unready("a random Nonce was refused".into()))?);
    }
    let stage = patient.stage().name();
    let seen = format!(
        "{stage}: the longest of five random Nonces took {}.{} ms",
        longest / 1_000,
        longest % 1_000 / 100
    );
    Ok(Seen::Answer(
        match longest {
            ..=7_000 => 1,
            7_001..=20_000 => 0,
            _ => 2,
        },
        seen,
    ))
}
