//! D19, and the multiplication for GCM on a chip without AES.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const TEMP_KEY: Probe = Probe {
    name: "aes-temp-key",
    points: &["D19"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Which bytes of TempKey are AES keys?",
    answers: &[
        Answer { says: "four times 16 of 64 bytes, two times 16 of 32", change: "" },
        Answer {
            says: "the first 16 only; other key blocks are refused",
            change: "D19 and 5.1: the first 16. Simulator: `aes::temp_key`. Driver: the key block of AES with TempKey.",
        },
        Answer {
            says: "the first 16 only; other key blocks take the same",
            change: "D19 and 5.1: the key block is ignored. Simulator: `aes::temp_key`. Driver: the same.",
        },
        Answer {
            says: "four times 16, also after 32 bytes were loaded",
            change: "D19 and 5.1: the upper half need not be loaded. Simulator: `aes::temp_key`.",
        },
    ],
    run: key_blocks,
};

pub(super) const OPEN: Probe = Probe {
    name: "aes-open",
    points: &["U25"],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does AES without a slot work before the configuration is locked?",
    answers: &[
        Answer { says: "yes: with TempKey, and the multiplication for GCM", change: "" },
        Answer { says: "no", change: "U25 and 5.0.8: x in C0. Simulator: `aes::run`." },
    ],
    run: open,
};

pub(super) const GFM: Probe = Probe {
    name: "gfm-without-aes",
    points: &["gfm-on-a-part-without-aes"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does a part without AES multiply for GCM?",
    answers: &[
        Answer { says: "no: 0x03", change: "" },
        Answer { says: "yes", change: "5.1: GFM asks for no AES_Enable. Simulator: `aes::run`." },
    ],
    run: multiply,
};

fn key_blocks(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if !temp_key::has_aes(patient) {
        return Ok(Seen::NotHere("this part has no AES".into()));
    }
    let value: Vec<u8> = (0..64).collect();
    temp_key::load(patient, &value)?;
    let own: Vec<Vec<u8>> = value.as_chunks().0.iter().map(|key| temp_key::encrypted(*key)).collect();
    let mut replies = Vec::new();
    for place in 0..4 {
        replies.push(temp_key::encrypt(patient, place)?);
    }
    temp_key::load(patient, &value[..32])?;
    let short = temp_key::encrypt(patient, 2)?;
    if replies[0].status().is_some() {
        return Ok(Seen::NotHere(format!("AES with TempKey: {}", replies[0])));
    }
    let list: Vec<String> = replies.iter().map(Reply::to_string).collect();
    let seen = format!("64 bytes loaded, key blocks 0 to 3: {}; 32 loaded, 2: {short}", list.join(", "));
    let is = |reply: &Reply, place: usize| *reply == Reply::Data(own[place].clone());
    let refused = |reply: &Reply| reply.status().is_some();
    Ok(if !is(&replies[0], 0) {
        Seen::Other(seen)
    } else if (1..4).all(|place| refused(&replies[place])) {
        Seen::Answer(1, seen)
    } else if (1..4).all(|place| is(&replies[place], 0)) {
        Seen::Answer(2, seen)
    } else if !(1..4).all(|place| is(&replies[place], place)) {
        Seen::Other(seen)
    } else if refused(&short) {
        Seen::Answer(0, seen)
    } else {
        Seen::Answer(3, seen)
    })
}

fn open(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if !temp_key::has_aes(patient) {
        return Ok(Seen::NotHere("this part has no AES".into()));
    }
    temp_key::load(patient, &[0x5A; 32])?;
    let with_temp_key = temp_key::encrypt(patient, 0)?;
    let multiplied = patient.raw(0x51, 0x03, 0x0000, &[0x5A; 32])?;
    let seen = format!("AES with TempKey: {with_temp_key}; GFM: {multiplied}");
    Ok(match (&with_temp_key, &multiplied) {
        (Reply::Data(_), Reply::Data(_)) => Seen::Answer(0, seen),
        (Reply::Status(_), Reply::Status(_)) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

fn multiply(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if temp_key::has_aes(patient) {
        return Ok(Seen::NotHere("this part has AES".into()));
    }
    let reply = patient.raw(0x51, 0x03, 0x0000, &[0x5A; 32])?;
    let seen = format!("GFM: {reply}");
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, seen),
        Reply::Data(data) if data.len() == 16 => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
