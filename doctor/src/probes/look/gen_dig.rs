//! U25 and others: GenDig of what is no key.

use crate::level::{Level, Stage};
use crate::message::hash;
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const CONFIG: Probe = Probe {
    name: "gendig-config-open",
    points: &["U25"],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does GenDig take a block of the configuration before the configuration is locked?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no: 0x0F", change: "U25 and 5.0.8: x in C0. Simulator: `gen_dig::zone`." },
    ],
    run: config,
};

pub(super) const PUBLIC: Probe = Probe {
    name: "gendig-public-open",
    points: &["gendig-of-shared-nonce-counter-key-configuration-in"],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does GenDig take shared nonce, counter and key configuration before the configuration is locked?",
    answers: &[
        Answer { says: "all of them", change: "" },
        Answer { says: "none of them", change: "5.0.8: x in C0. Simulator: `gen_dig::run`." },
        Answer { says: "some of them", change: "5.0.8: x in C0 for the others. Simulator: `gen_dig::run`." },
    ],
    run: public,
};

pub(super) const HIGH_BITS: Probe = Probe {
    name: "gendig-shared-nonce-bits",
    points: &["gendig-shared-nonce-p2-bits-14-8"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What do bits 14:8 of p2 do in GenDig of a shared nonce?",
    answers: &[
        Answer { says: "nothing: they are hashed as 0", change: "" },
        Answer {
            says: "the command is refused with 0x03",
            change: "5.6: illegal. Simulator: `gen_dig::shared_nonce`.",
        },
        Answer {
            says: "they are hashed",
            change: "5.6: hashed as sent. Simulator: `gen_dig::shared_nonce`.",
        },
    ],
    run: high_bits,
};

const VALUE: [u8; 32] = [0x5A; 32];
const SHARED: [u8; 32] = [0xC3; 32];

/// The digest of GenDig (chip reference 5.6), with what stands in front of zeros and TempKey.
fn digest(patient: &Patient<'_>, first: &[u8], head: [u8; 4], middle: &[u8]) -> [u8; 32] {
    hash(&[first, &head, &patient.serial_parts(), middle, &[0; 25][middle.len()..], &VALUE])
}

/// GenDig of TempKey with a known value; its reply, and whether the new value is this one.
fn gen_dig(
    patient: &mut Patient<'_>,
    p1: u8,
    p2: u16,
    data: &[u8],
    wanted: &[u8; 32],
) -> Result<(Reply, bool), Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = patient.raw(0x15, p1, p2, data)?;
    let right = reply.is_done() && temp_key::is(patient, wanted)?;
    Ok((reply, right))
}

fn config(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let block: Vec<u8> = patient.config()[..32].to_vec();
    let wanted = digest(patient, &block, [0x15, 0, 0, 0], &[]);
    let (reply, right) = gen_dig(patient, 0x00, 0x0000, &[], &wanted)?;
    let seen = format!("GenDig of configuration block 0: {reply}");
    Ok(match reply {
        Reply::Status(0x00) if right => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

fn public(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let counter = patient.raw(0x24, 0x00, 0x0000, &[])?.expect_data("the counter was read", 4)?;
    let config = *patient.config();
    // SlotConfig, KeyConfig, and the slot's bit of SlotLocked.
    let key = [config[20], config[21], config[96], config[97], config[88] & 1];
    let zeros = [0; 32];
    let wanted = [
        digest(patient, &SHARED, [0x15, 3, 0, 0], &[]),
        digest(patient, &zeros, [0x15, 4, 0, 0], &[&[0], &counter[..]].concat()),
        digest(patient, &zeros, [0x15, 5, 0, 0], &[&[0], &key[..]].concat()),
    ];
    let data: [&[u8]; 3] = [&SHARED, &[], &[]];
    let (mut allowed, mut seen) = (0, Vec::new());
    for (index, name) in ["shared nonce", "counter", "key configuration"].into_iter().enumerate() {
        let (reply, right) = gen_dig(patient, 3 + index as u8, 0x0000, data[index], &wanted[index])?;
        seen.push(format!("{name} {reply}"));
        match reply {
            Reply::Status(0x00) if right => allowed += 1,
            Reply::Status(0x0F) => {}
            _ => return Ok(Seen::Other(seen.join(", "))),
        }
    }
    let answer = match allowed {
        3 => 0,
        0 => 1,
        _ => 2,
    };
    Ok(Seen::Answer(answer, format!("GenDig: {}", seen.join(", "))))
}

fn high_bits(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let [zero, sent] = [0, 1].map(|high| digest(patient, &SHARED, [0x15, 3, 0, high], &[]));
    let (control, right) = gen_dig(patient, 0x03, 0x0000, &SHARED, &zero)?;
    if !right {
        return Ok(Seen::NotHere(format!("GenDig of a shared nonce without them: {control}")));
    }
    let (reply, as_zero) = gen_dig(patient, 0x03, 0x0100, &SHARED, &zero)?;
    let seen = format!("GenDig of a shared nonce with p2 0x0100: {reply}");
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(1, seen),
        Reply::Status(0x00) if as_zero => Seen::Answer(0, seen),
        Reply::Status(0x00) if gen_dig(patient, 0x03, 0x0100, &SHARED, &sent)?.1 => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}
