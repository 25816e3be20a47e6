//! SecureBoot: what it asks of its public key, and what it does before it stored anything (U23).

use super::steps::{AUTHORISING, authorise, by_status, here, is_latched, latch, validate};
use super::{Asked, answer, locked};
use crate::level::{Level, Stage};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::Plan;
use crate::plan::b::{keys, write_public};
use crate::probe::{Probe, Seen, Stop};

/// The slots of the digest and of the public key.
const STORE_SLOT: u8 = 7;
const KEY_SLOT: u8 = 12;
/// p1 bits 2:0.
pub(super) const FULL: u8 = 0x05;
pub(super) const FULL_STORE: u8 = 0x06;
pub(super) const FULL_COPY: u8 = 0x07;

pub(super) const UNSTORED: Probe = locked(Asked {
    name: "secure-boot-before-full-copy",
    points: &["U23"],
    question: "What does FullStore say before any FullCopy?",
    answers: &[
        answer("0x01: the digest differs from what the blank slot holds", ""),
        answer("0x0F", "5.17 and U23: 0x0F. Simulator: `require_store` in `command/secure_boot.rs`."),
    ],
    run: |patient| here(unstored(patient)),
});

pub(super) const KEY: Probe = locked(Asked {
    name: "secure-boot-public-key",
    points: &["U23"],
    question: "Does SecureBoot ask for the validity and for ReqAuth of its public key?",
    answers: &[
        answer("for both", ""),
        answer(
            "for ReqAuth only",
            "5.17 and U23: validity does not count. Simulator: `verify` in `command/secure_boot.rs`.",
        ),
        answer(
            "for validity only",
            "5.17 and U23: ReqAuth does not count. Simulator: `verify` in `command/secure_boot.rs`.",
        ),
        answer(
            "for neither",
            "5.17 and U23: neither counts. Simulator: `verify` in `command/secure_boot.rs`. Lint.",
        ),
    ],
    run: |patient| here(key(patient)),
});

pub(super) const STORE: Probe = locked(Asked {
    name: "secure-boot-store-and-latch",
    points: &["U42"],
    question: "Does FullCopy ask for PersistentDisable of the slot that it stores into?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.0.5 and U42: it is asked. Simulator: `require_target` in `machine/policy.rs`."),
    ],
    run: |patient| here(store(patient)),
});

pub(super) const AUTHORISES: Probe = locked(Asked {
    name: "secure-boot-authorises",
    points: &["secureboot-and-authvalid"],
    question: "Does a success of SecureBoot authorise as Verify(Stored) does?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.17 and 5.0.3: AuthValid is set. Simulator: `verify` in `command/secure_boot.rs`."),
    ],
    run: |patient| here(authorises(patient)),
});

/// On a chip of plan A, whose SecureBoot is disabled.
pub(super) const DISABLED: Probe = Probe {
    name: "secure-boot-disabled",
    points: &["U23"],
    level: Level::Spend,
    stage: Stage::DataLocked,
    plan: Some(Plan::A),
    question: "How is SecureBoot refused that the configuration disables?",
    answers: &[
        answer("with 0x0F", ""),
        answer("with 0x03", "5.17 and U23: 0x03. Simulator: `run` in `command/secure_boot.rs`."),
    ],
    run: |patient| here(disabled(patient)),
};

/// What is booted.
pub(super) fn digest(of: u8) -> [u8; 32] {
    message::hash(&[b"atecc608-doctor plan b, program ", &[of]])
}

/// SecureBoot with a good signature, where one is sent.
pub(super) fn boot(patient: &mut Patient<'_>, p1: u8, of: u8) -> Result<Reply, Stop> {
    let digest = digest(of);
    let mut data = digest.to_vec();
    if p1 & 0x07 != FULL_STORE {
        data.extend(keys::sign(KEY_SLOT, &digest));
    }
    patient.raw(0x80, p1, 0, &data)
}

fn is_valid(patient: &mut Patient<'_>) -> Result<bool, Stop> {
    let valid =
        patient.raw(0x30, 0x01, KEY_SLOT.into(), &[])?.expect_data("the key's validity was read", 4)?;
    Ok(valid[0] != 0)
}

/// All that can be asked of the key: validated and authorised.
pub(super) fn ready(patient: &mut Patient<'_>) -> Result<(), Stop> {
    if !is_valid(patient)? {
        validate(patient)?;
    }
    authorise(patient)?;
    match boot(patient, FULL, 0)? {
        Reply::Status(0x00) => authorise(patient),
        // Nothing else but the prohibition is known to refuse it.
        refused => Err(Stop::Unready(format!(
            "already spent: SecureBoot is prohibited until the supply was off, and then it can be asked again; \
             SecureBoot(Full): {refused}"
        ))),
    }
}

/// Once for each chip: FullCopy stores, and what it stored stays.
fn unstored(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let stored =
        patient.raw(0x02, 0x82, u16::from(STORE_SLOT) << 3, &[])?.expect_data("slot 7 was read", 32)?;
    if stored != [0xFF; 32] {
        return Ok(Seen::NotHere("already spent: FullCopy has stored a digest on this chip".into()));
    }
    ready(patient)?;
    let reply = boot(patient, FULL_STORE, 1)?;
    Ok(by_status(&reply, &[(0x01, 0), (0x0F, 1)], "FullStore with a blank slot"))
}

/// Writing the key again takes its validity away.
fn key(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    ready(patient)?;
    write_public(patient, KEY_SLOT, &keys::public(KEY_SLOT))?;
    if is_valid(patient)? {
        return Ok(Seen::NotHere("a Write does not take the validity away".into()));
    }
    authorise(patient)?;
    let unvalidated = boot(patient, FULL, 0)?;
    validate(patient)?;
    // Nothing may be left of an authorisation.
    patient.sleep()?;
    let unauthorised = boot(patient, FULL, 0)?;
    let observed = format!("not validated: {unvalidated}; not authorised: {unauthorised}");
    Ok(match (unvalidated.status(), unauthorised.status()) {
        (Some(0x0F), Some(0x0F)) => Seen::Answer(0, observed),
        (Some(0x00), Some(0x0F)) => Seen::Answer(1, observed),
        (Some(0x0F), Some(0x00)) => Seen::Answer(2, observed),
        (Some(0x00), Some(0x00)) => Seen::Answer(3, observed),
        _ => Seen::Other(observed),
    })
}

fn store(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if is_locked(patient)? {
        return Ok(Seen::NotHere("already spent: slot 7 is locked".into()));
    }
    if is_latched(patient)? {
        latch(patient, false)?;
    }
    ready(patient)?;
    let unlatched = boot(patient, FULL_COPY, 1)?;
    latch(patient, true)?;
    authorise(patient)?;
    let latched = boot(patient, FULL_COPY, 1)?;
    latch(patient, false)?;
    latched.expect_done("FullCopy with the latch set")?;
    Ok(by_status(&unlatched, &[(0x00, 0), (0x0F, 1)], "FullCopy with the latch cleared"))
}

/// SlotLocked of slot 7 (chip reference 4.3).
pub(super) fn is_locked(patient: &mut Patient<'_>) -> Result<bool, Stop> {
    Ok(patient.read_config()?[88] >> STORE_SLOT & 1 == 0)
}

fn authorises(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    ready(patient)?;
    boot(patient, FULL, 0)?.expect_done("SecureBoot(Full)")?;
    let by = patient.state()?.authorised;
    let observed = format!("authorised by slot {by:?}");
    Ok(match by {
        Some(KEY_SLOT) => Seen::Answer(1, observed),
        // The authorisation before it may not have been used up.
        None | Some(AUTHORISING) => Seen::Answer(0, observed),
        Some(_) => Seen::Other(observed),
    })
}

fn disabled(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if patient.config()[70] & 0x03 != 0 {
        return Ok(Seen::NotHere("SecureBoot is enabled".into()));
    }
    let reply = boot(patient, FULL, 0)?;
    Ok(by_status(&reply, &[(0x0F, 0), (0x03, 1)], "SecureBoot(Full)"))
}
