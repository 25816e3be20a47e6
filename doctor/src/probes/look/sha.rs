//! U31, U32, D2 and D26: SHA-256 in pieces.

use crate::level::{Level, Stage};
use crate::message::hash;
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const END: Probe = Probe {
    name: "sha-end-64",
    points: &["U31"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does SHA End take 64 bytes?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no", change: "U31 and 5.19: 63 at most. Simulator: `sha::update`." },
    ],
    run: end,
};

pub(super) const NOTHING: Probe = Probe {
    name: "sha-update-nothing",
    points: &["U31"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does SHA Update take no bytes at all?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no", change: "U31 and 5.19: one at least. Simulator: `sha::update`." },
    ],
    run: nothing,
};

pub(super) const STARTLESS: Probe = Probe {
    name: "sha-without-start",
    points: &["U32"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What do SHA Update and End answer if no Start was in front?",
    answers: &[
        Answer { says: "0x0F", change: "" },
        Answer { says: "0x03", change: "U32 and 5.19: 0x03. Simulator: `sha::update`." },
        Answer {
            says: "they begin a message",
            change: "U32 and 5.19: no Start is needed. Simulator: `sha::update`.",
        },
    ],
    run: startless,
};

pub(super) const CONTEXT: Probe = Probe {
    name: "sha-context-length",
    points: &["D2"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "How long is the context of SHA after 5 bytes?",
    answers: &[
        Answer { says: "41 bytes: 36 and what is left over", change: "" },
        Answer {
            says: "45 bytes: 40 and what is left over",
            change: "D2 and 5.19: 40 and those. Simulator: `Running::to_context`. Driver: `ShaContext`.",
        },
    ],
    run: context,
};

pub(super) const WRITE_CONTEXT: Probe = Probe {
    name: "sha-context-start",
    points: &["D26"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does SHA Write_Context work without a Start in front?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer {
            says: "no",
            change: "D26 and 5.19: Start first. Simulator: `sha::write_context`. Driver: the same.",
        },
    ],
    run: write_context,
};

/// The parts of p1, End with the digest to the output only.
const START: u8 = 0x00;
const UPDATE: u8 = 0x01;
const END_OUT: u8 = 0xC2;
const READ_CONTEXT: u8 = 0x06;
const WRITE: u8 = 0x07;

fn start(patient: &mut Patient<'_>) -> Result<(), Stop> {
    patient.raw(0x47, START, 0, &[])?.expect_done("SHA was started")
}

fn sha(patient: &mut Patient<'_>, p1: u8, data: &[u8]) -> Result<Reply, Stop> {
    patient.raw(0x47, p1, data.len() as u16, data)
}

fn is_digest(reply: &Reply, message: &[u8]) -> bool {
    *reply == Reply::Data(hash(&[message]).to_vec())
}

fn end(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let message: Vec<u8> = (0..64).collect();
    start(patient)?;
    let reply = sha(patient, END_OUT, &message)?;
    let seen = format!("SHA Start, End with 64 bytes: {reply}");
    Ok(match reply {
        Reply::Status(_) => Seen::Answer(1, seen),
        _ if is_digest(&reply, &message) => Seen::Answer(0, seen),
        Reply::Data(_) => Seen::Other(format!("{seen}, not their digest")),
    })
}

fn nothing(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    start(patient)?;
    let reply = sha(patient, UPDATE, &[])?;
    let seen = format!("SHA Start, Update without bytes: {reply}");
    if !reply.is_done() {
        return Ok(Seen::Answer(1, seen));
    }
    let digest = sha(patient, END_OUT, b"abc")?;
    Ok(match is_digest(&digest, b"abc") {
        true => Seen::Answer(0, seen),
        false => Seen::Other(format!("{seen}; End gave another digest")),
    })
}

fn startless(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    // Sleep forgets what was begun.
    patient.sleep()?;
    let update = sha(patient, UPDATE, b"abcd")?;
    let end = sha(patient, END_OUT, b"efgh")?;
    let seen = format!("without Start: Update {update}, End {end}");
    Ok(match (&update, &end) {
        (Reply::Status(0x0F), Reply::Status(0x0F)) => Seen::Answer(0, seen),
        (Reply::Status(0x03), Reply::Status(0x03)) => Seen::Answer(1, seen),
        (Reply::Status(0x00), end) if is_digest(end, b"abcdefgh") => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}

fn context(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    start(patient)?;
    sha(patient, UPDATE, &[1, 2, 3, 4, 5])?.expect_done("SHA took 5 bytes")?;
    let reply = patient.raw(0x47, READ_CONTEXT, 0, &[])?;
    let seen = format!("SHA Start, Update with 5 bytes, Read_Context: {reply}");
    Ok(match reply {
        Reply::Data(context) if context.len() == 41 => Seen::Answer(0, seen),
        Reply::Data(context) if context.len() == 45 => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

/// The context is one that this chip gave, so that its length does not matter.
fn write_context(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let (first, last) = ([0x61; 64], b"the end");
    start(patient)?;
    sha(patient, UPDATE, &first)?.expect_done("SHA took 64 bytes")?;
    let context = match patient.raw(0x47, READ_CONTEXT, 0, &[])? {
        Reply::Data(context) => context,
        other => return Ok(Seen::Other(format!("SHA Read_Context: {other}"))),
    };
    patient.sleep()?;
    let reply = sha(patient, WRITE, &context)?;
    let seen = format!("after sleep, SHA Write_Context: {reply}");
    if !reply.is_done() {
        return Ok(Seen::Answer(1, seen));
    }
    let digest = sha(patient, END_OUT, last)?;
    Ok(match is_digest(&digest, &[&first[..], last].concat()) {
        true => Seen::Answer(0, seen),
        false => Seen::Other(format!("{seen}; End gave another digest")),
    })
}
