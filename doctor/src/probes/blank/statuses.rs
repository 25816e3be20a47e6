//! D15, D20 and others: what is illegal is told with 0x03, what the open configuration forbids with 0x0F. So the status
//! tells whether a form of a command is legal, without a key and without a lock.

use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const SIGN: Probe = Probe {
    name: "sign-d0-open",
    points: &["D15"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "Is Sign with p1 0xD0 legal?",
    answers: &[
        Answer { says: "no", change: "" },
        Answer { says: "yes", change: "D15 and 5.21: 0xD0 is a form of Sign. Simulator: `sign::RESERVED`." },
    ],
    run: sign,
};

pub(super) const SOURCE_FLAG: Probe = Probe {
    name: "source-flag-alone",
    points: &["checkmac-p1-04-mac-p1-04-and-44"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "Are CheckMac and MAC legal with the bit for SourceFlag, but without TempKey?",
    answers: &[
        Answer { says: "MAC is, CheckMac is not", change: "" },
        Answer { says: "both are", change: "5.2: bit 2 is ignored. Simulator: `check_mac::run`." },
        Answer { says: "none is", change: "5.12: bit 2 is illegal. Simulator: `mac::run`." },
    ],
    run: source_flag,
};

pub(super) const ECDH: Probe = Probe {
    name: "ecdh-tempkey-p2",
    points: &["ecdh-from-tempkey-p2-other-than-0-without"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "Is ECDH from TempKey legal with a p2 that it does not use?",
    answers: &[
        Answer { says: "no", change: "" },
        Answer { says: "yes", change: "5.5: p2 is ignored. Simulator: `ecdh::from_temp_key`." },
    ],
    run: ecdh,
};

pub(super) const AES_KEY_ID: Probe = Probe {
    name: "aes-key-id",
    points: &["D20"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "How is AES refused with a KeyID above 15?",
    answers: &[
        Answer { says: "with 0x03", change: "" },
        Answer { says: "with 0x0F", change: "D20 and 5.1: 0x0F. Simulator: `aes::slot_key`." },
    ],
    run: |patient| aes(patient, 0x0010),
};

pub(super) const AES_SLOT: Probe = Probe {
    name: "aes-slot-open",
    points: &["D20"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "How is AES with a slot refused before the configuration is locked?",
    answers: &[
        Answer { says: "with 0x03", change: "" },
        Answer { says: "with 0x0F", change: "D20 and 5.1: 0x0F. Simulator: `aes::slot_key`." },
    ],
    run: |patient| aes(patient, 0x0008),
};

/// What is said of a form of which another one was refused because the configuration is open.
enum Form {
    Legal,
    Illegal,
}

/// Of two forms of a command, the first of which is legal for certain, whether the second one is; and what was seen. No
/// answer if the statuses do not tell.
fn compare(first: &Reply, second: &Reply) -> Option<Form> {
    match (first, second) {
        (Reply::Status(0x0F), Reply::Status(0x0F)) => Some(Form::Legal),
        (Reply::Status(0x0F), Reply::Status(0x03)) => Some(Form::Illegal),
        _ => None,
    }
}

/// One question of this kind.
fn legal(first: &Reply, second: &Reply, seen: String) -> Seen {
    match compare(first, second) {
        Some(Form::Illegal) => Seen::Answer(0, seen),
        Some(Form::Legal) => Seen::Answer(1, seen),
        None => Seen::Other(seen),
    }
}

fn sign(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let certain = patient.raw(0x41, 0xE0, 0x0000, &[])?;
    let asked = patient.raw(0x41, 0xD0, 0x0000, &[])?;
    let seen = format!("Sign 0xE0: {certain}; 0xD0: {asked}");
    Ok(legal(&certain, &asked, seen))
}

fn source_flag(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let check = [0; 32 + 32 + 13];
    let check = [patient.raw(0x28, 0x00, 0x0000, &check)?, patient.raw(0x28, 0x04, 0x0000, &check)?];
    let mac = [patient.raw(0x08, 0x00, 0x0000, &[0; 32])?, patient.raw(0x08, 0x04, 0x0000, &[0; 32])?];
    let seen =
        format!("CheckMac 0x00: {}, 0x04: {}; MAC 0x00: {}, 0x04: {}", check[0], check[1], mac[0], mac[1]);
    Ok(match (compare(&check[0], &check[1]), compare(&mac[0], &mac[1])) {
        (Some(Form::Illegal), Some(Form::Legal)) => Seen::Answer(0, seen),
        (Some(Form::Legal), Some(Form::Legal)) => Seen::Answer(1, seen),
        (Some(Form::Illegal), Some(Form::Illegal)) => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}

/// TempKey holds no private key, which is refused with 0x0F.
fn ecdh(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &[0x5A; 32])?;
    let point = &message::public_key(&[0x11; 32]);
    let certain = patient.raw(0x43, 0x09, 0x0000, point)?;
    temp_key::load(patient, &[0x5A; 32])?;
    let asked = patient.raw(0x43, 0x09, 0x0001, point)?;
    let seen = format!("ECDH 0x09, p2 0: {certain}; p2 1: {asked}");
    Ok(legal(&certain, &asked, seen))
}

fn aes(patient: &mut Patient<'_>, p2: u16) -> Result<Seen, Stop> {
    if !temp_key::has_aes(patient) {
        return Ok(Seen::NotHere("this part has no AES".into()));
    }
    let reply = patient.raw(0x51, 0x00, p2, &[0; 16])?;
    let seen = format!("AES, KeyID {p2:#06x}: {reply}");
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
