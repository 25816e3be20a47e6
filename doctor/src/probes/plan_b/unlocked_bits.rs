//! Bits of slots that are not in force before the data lock (U48).

use super::steps::{
    AES, AUTHORISING, DIGEST, MESSAGE, PLAIN, by_status, counter, fixed, gen_dig, here, hmac, hmac_with, is,
    verify_stored,
};
use super::{Asked, Run, answer, unlocked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Answer, Probe, Seen, Stop};
use atecc608::{Secret, Slot};

const NO: Answer = answer("no", "");
const YES: Answer = answer(
    "yes",
    "5.0.8, the paragraph below the matrix, and U48: this bit is in force from the configuration lock on. Simulator: \
     `Machine::in_force` of this bit always.",
);

/// A bit of the configuration, and whether it counts.
const fn bit(name: &'static str, question: &'static str, run: Run) -> Probe {
    unlocked(Asked { name, points: &["U48"], question, answers: &[NO, YES], run })
}

pub(super) const LIMITED_USE: Probe =
    bit("limited-use-in-c1d0", "Is LimitedUse in force before the data lock?", |patient| {
        here(limited_use(patient))
    });
pub(super) const REQ_AUTH: Probe =
    bit("req-auth-in-c1d0", "Is ReqAuth in force before the data lock?", |patient| {
        here(by_hmac(patient, 10))
    });
pub(super) const REQ_RANDOM: Probe =
    bit("req-random-in-c1d0", "Is ReqRandom in force before the data lock?", |patient| {
        here(by_hmac(patient, 3))
    });
pub(super) const LATCH: Probe =
    bit("persistent-disable-in-c1d0", "Is PersistentDisable in force before the data lock?", |patient| {
        here(latch(patient))
    });
pub(super) const PUB_INFO: Probe = unlocked(Asked {
    name: "pub-info-in-c1d0",
    points: &["U48"],
    question: "Is PubInfo in force before the data lock?",
    answers: &[
        NO,
        YES,
        answer("for GenKey only", "5.0.8 and U48: GenKey. Simulator: `private` in `command/gen_key.rs`."),
        answer(
            "for Verify only",
            "5.0.8 and U48: Verify. Simulator: `require_validated` in `machine/policy.rs`.",
        ),
    ],
    run: |patient| here(pub_info(patient)),
});
pub(super) const NO_MAC: Probe =
    bit("no-mac-in-c1d0", "Is NoMac in force before the data lock?", |patient| {
        here(by_hmac(patient, AUTHORISING))
    });

pub(super) const NO_MAC_FLAG: Probe = unlocked(Asked {
    name: "no-mac-flag-and-hmac-in-c1d0",
    points: &["nomacflag-of-tempkey-in-c1d0"],
    question: "Does HMAC refuse a TempKey with NoMacFlag before the data lock?",
    answers: &[
        answer("yes: 0x0F", ""),
        answer("no", "5.0.8: NoMacFlag counts once the data zone is locked. Simulator: `hmac_start`."),
    ],
    run: |patient| here(no_mac_flag(patient)),
});

/// HMAC with a slot that has the bit, if it works with one that has none.
fn by_hmac(patient: &mut Patient<'_>, slot: u8) -> Result<Seen, Stop> {
    let plain = hmac(patient, PLAIN.into())?;
    plain.expect_data("HMAC with a slot without conditions", 32)?;
    let reply = hmac(patient, slot.into())?;
    let observed = format!("HMAC with slot {slot}: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(1, observed),
        _ if is(&reply, &hmac_with(&keys::secret(slot), MESSAGE)) => Seen::Answer(0, observed),
        _ => Seen::Other(observed),
    })
}

fn limited_use(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let before = counter(patient)?;
    verify_stored(patient, 11, true)?.expect_done("Verify with slot 11")?;
    let after = counter(patient)?;
    let observed = format!("Verify with slot 11: Counter0 went from {before} to {after}");
    Ok(match after.wrapping_sub(before) {
        0 => Seen::Answer(0, observed),
        1 => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

/// AES with slot 5, if it works with slot 4. A latch that an earlier run has set would hide the answer.
fn latch(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if super::steps::is_latched(patient)? {
        super::steps::latch(patient, false)?;
    }
    patient.raw(0x51, 0x00, AES.into(), &[0; 16])?.expect_data("AES with slot 4", 16)?;
    let reply = patient.raw(0x51, 0x00, 5, &[0; 16])?;
    Ok(match &reply {
        Reply::Data(_) => Seen::Answer(0, format!("AES with slot 5: {reply}")),
        Reply::Status(_) => by_status(&reply, &[(0x0F, 1)], "AES with slot 5"),
    })
}

/// A private key's public key, and a public key that is not validated.
fn pub_info(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let asked = patient.raw(0x40, 0x00, 1, &[])?;
    let used = verify_stored(patient, 14, true)?;
    let observed = format!("GenKey of slot 1's public key: {asked}; Verify with slot 14: {used}");
    Ok(match (&asked, &used) {
        (Reply::Data(_), Reply::Status(0x00)) => Seen::Answer(0, observed),
        (Reply::Status(0x0F), Reply::Status(0x0F)) => Seen::Answer(1, observed),
        (Reply::Status(0x0F), Reply::Status(0x00)) => Seen::Answer(2, observed),
        (Reply::Data(_), Reply::Status(0x0F)) => Seen::Answer(3, observed),
        _ => Seen::Other(observed),
    })
}

fn no_mac_flag(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    fixed(patient, &DIGEST)?;
    let temp_key = gen_dig(patient, Slot::S2, &Secret::new(DIGEST))?;
    let reply = hmac(patient, 0xFFFF)?;
    let observed = format!("GenDig of slot {AUTHORISING}, HMAC with TempKey: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, observed),
        _ if is(&reply, &hmac_with(temp_key.expose(), MESSAGE)) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}
