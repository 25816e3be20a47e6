//! U25 and others: KDF between registers.

use atecc608::{Secret, host};

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::kdf::{AKB, INPUT, TEMP_KEY, UPPER, ZERO_KEY, hkdf, load_alternate, prf};
use crate::probes::temp_key;

pub(super) const OPEN: Probe = Probe {
    name: "kdf-open",
    points: &["U25"],
    level: Level::Look,
    stage: Stage::Unlocked,
    plan: None,
    question: "Does KDF take TempKey before the configuration is locked?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no: 0x0F", change: "U25 and 5.0.8: x in C0. Simulator: `kdf::require_target`." },
        Answer { says: "no: 0x03", change: "U25 and 5.0.8: 0x03 in C0. Simulator: `kdf::require_target`." },
    ],
    run: open,
};

pub(super) const DETAILS: Probe = Probe {
    name: "kdf-details",
    points: &["kdf-bits-of-details-without-meaning"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What do bits of KDF's details do that mean nothing?",
    answers: &[
        Answer { says: "nothing", change: "" },
        Answer { says: "KDF is refused with 0x03", change: "5.10: illegal. Simulator: `Request::decode`." },
    ],
    run: details,
};

pub(super) const SIZES: Probe = Probe {
    name: "kdf-sizes",
    points: &["kdf-sizes-that-do-not-fit-source-or"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "How is a KDF refused whose key is longer than its source?",
    answers: &[
        Answer { says: "with 0x03", change: "" },
        Answer { says: "with 0x0F", change: "5.10: 0x0F. Simulator: `kdf::require_sizes`." },
    ],
    run: sizes,
};

pub(super) const OTHER_HALF: Probe = Probe {
    name: "kdf-other-half",
    points: &["kdf-32-bytes-into-tempkey-or-into-its"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What becomes of the other half of TempKey when KDF writes one?",
    answers: &[
        Answer { says: "it stays", change: "" },
        Answer {
            says: "it is lost",
            change: "5.10: invalid. Simulator: `TempKey::derive` and `load_upper`.",
        },
    ],
    run: other_half,
};

pub(super) const ZEROS: Probe = Probe {
    name: "kdf-zero-key",
    points: &["kdf-key-of-zeros"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Does KDF with a key of zeros look at the source that p1 names?",
    answers: &[
        Answer { says: "no: TempKey need not be valid", change: "" },
        Answer {
            says: "yes: without TempKey it is refused",
            change: "5.10: valid source. Simulator: `kdf::source`.",
        },
    ],
    run: zeros,
};

const VALUE: [u8; 32] = [0x5A; 32];
const MESSAGE: &[u8] = b"a message of the host";
/// A bit of details that means nothing to HKDF.
const MEANINGLESS: u32 = 1 << 16;

fn derived(key: [u8; 32]) -> [u8; 32] {
    *host::hkdf(&Secret::new(key), MESSAGE).expose()
}

fn open(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT, MESSAGE)?;
    let seen = format!("HKDF of TempKey into TempKey: {reply}");
    Ok(match reply {
        Reply::Status(0x00) if temp_key::is(patient, &derived(VALUE))? => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        Reply::Status(0x03) => Seen::Answer(2, seen),
        _ => Seen::Other(seen),
    })
}

/// What all others need: HKDF from TempKey into TempKey works.
fn works(patient: &mut Patient<'_>) -> Result<Option<Seen>, Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT, MESSAGE)?;
    Ok((!reply.is_done()).then(|| Seen::NotHere(format!("HKDF of TempKey into TempKey: {reply}"))))
}

fn details(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if let Some(not_here) = works(patient)? {
        return Ok(not_here);
    }
    temp_key::load(patient, &VALUE)?;
    let reply = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT | MEANINGLESS, MESSAGE)?;
    let seen = format!("HKDF with bit 16 of details set: {reply}");
    Ok(match reply {
        Reply::Status(0x00) if temp_key::is(patient, &derived(VALUE))? => Seen::Answer(0, seen),
        Reply::Status(0x03) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

/// The alternate key buffer has 32 bytes.
fn sizes(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    load_alternate(patient, &VALUE)?;
    let control = prf(patient, AKB, TEMP_KEY, 32, MESSAGE)?;
    if !control.is_done() {
        return Ok(Seen::NotHere(format!("PRF of the alternate key buffer into TempKey: {control}")));
    }
    load_alternate(patient, &VALUE)?;
    let reply = prf(patient, AKB, TEMP_KEY, 64, MESSAGE)?;
    let seen = format!("PRF with 64 bytes of the alternate key buffer: {reply}");
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

fn other_half(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if let Some(not_here) = works(patient)? {
        return Ok(not_here);
    }
    let (lower, upper) = ([0x11; 32], [0x22; 32]);
    let both = [lower, upper].concat();

    // Into the lower half; whether the upper one is there shows when it is the key.
    load_alternate(patient, &VALUE)?;
    temp_key::load(patient, &both)?;
    hkdf(patient, AKB, TEMP_KEY, INPUT, MESSAGE)?.expect_done("HKDF went into TempKey")?;
    let from_upper = hkdf(patient, UPPER, TEMP_KEY, INPUT, MESSAGE)?;
    let upper_stays = from_upper.is_done() && temp_key::is(patient, &derived(upper))?;

    // Into the upper one.
    load_alternate(patient, &VALUE)?;
    temp_key::load(patient, &both)?;
    hkdf(patient, AKB, UPPER, INPUT, MESSAGE)?.expect_done("HKDF went into the upper half of TempKey")?;
    let lower_stays = temp_key::is(patient, &lower)?;

    let seen =
        format!("upper half after HKDF into the lower one: {from_upper}; the other way: {lower_stays}");
    Ok(match (upper_stays, lower_stays) {
        (true, true) => Seen::Answer(0, seen),
        (false, false) if from_upper == Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

fn zeros(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    temp_key::load(patient, &VALUE)?;
    let control = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT | ZERO_KEY, MESSAGE)?;
    if !control.is_done() {
        return Ok(Seen::NotHere(format!("HKDF with a key of zeros and TempKey loaded: {control}")));
    }
    // Sleep takes TempKey.
    patient.sleep()?;
    let reply = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT | ZERO_KEY, MESSAGE)?;
    let seen = format!("HKDF with a key of zeros after sleep: {reply}");
    Ok(match reply {
        Reply::Status(0x00) if temp_key::is(patient, &derived([0; 32]))? => Seen::Answer(0, seen),
        Reply::Status(0x0F) => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}
