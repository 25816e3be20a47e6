//! MAC and CheckMac that need no key of a slot, before the configuration is locked.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

const POINT: &str = "mac-and-checkmac-without-slot-key-in-c0";

pub(super) const MAC: Probe = Probe {
    name: "mac-open",
    points: &[POINT],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does MAC of TempKey alone work before the configuration is locked?",
    answers: &[
        Answer { says: "no: 0x0F", change: "" },
        Answer { says: "yes", change: "5.0.8: ok in C0 without a slot. Simulator: `mac::run`." },
    ],
    run: mac,
};

pub(super) const CHECK: Probe = Probe {
    name: "checkmac-open",
    points: &[POINT],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does CheckMac with TempKey as the key work before the configuration is locked?",
    answers: &[
        Answer { says: "no: 0x0F", change: "" },
        Answer { says: "yes", change: "5.0.8: ok in C0 without a slot. Simulator: `check_mac::run`." },
    ],
    run: check,
};

const VALUE: [u8; 32] = [0x5A; 32];

/// Both blocks are TempKey, which the host loaded: bits 0, 1 and 2.
fn mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = patient.raw(0x08, 0x07, 0x0000, &[])?;
    let seen = format!("MAC 0x07: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, seen),
        Reply::Data(data) if data.len() == 32 => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

/// TempKey first, then a challenge; the response is wrong, which 0x01 would say.
fn check(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = patient.raw(0x28, 0x06, 0x0000, &[0; 32 + 32 + 13])?;
    let seen = format!("CheckMac 0x06 with a wrong response: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, seen),
        Reply::Status(0x01) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
