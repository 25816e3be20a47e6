//! Questions to a chip that is spent on [plan A](crate::plan::a).
//!
//! Each makes ready what it needs: before the data lock the slots that it uses, and always TempKey. Where the order counts,
//! the list says so.

mod access;
mod check_mac;
mod counters;
mod derive_key;
mod ecdh;
mod flags;
mod hand;
mod keys;
mod limits;
mod no_mac;
mod once;
mod priv_write;
mod temp_key;
mod temp_key_locked;

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::plan::{Plan, a};
use crate::probe::{Answer, Probe, Seen, Stop, Untold};

/// The questions.
pub const PROBES: &[Probe] = &[
    // Between the locks.
    temp_key::MAC_OF_CHALLENGE,
    temp_key::MAC,
    temp_key::CHECK_MAC,
    temp_key::DERIVE_KEY,
    temp_key::SIGN,
    temp_key::PRIV_WRITE,
    temp_key::CLEAR_PRIV_WRITE,
    temp_key::REFUSALS,
    temp_key::FAILED_NONCE,
    temp_key::FAILED_ECDH,
    temp_key::WRITE,
    temp_key::COUNTER,
    temp_key::UPDATE_EXTRA,
    temp_key::SIGN_OF_BUFFER,
    flags::GEN_DIG_AFTER_GEN_KEY,
    flags::GEN_KEY_TO_TEMP_KEY,
    flags::SECOND_NONCE,
    flags::NO_MAC_FLAG,
    keys::KEY_ID_BITS,
    keys::HIGH_KEY_ID,
    keys::TRANSPORT_KEY,
    keys::SIGN_D0,
    keys::DIGEST_BUFFER,
    keys::MAC_SOURCE_ALONE,
    check_mac::CHALLENGE_AUTHORISES,
    check_mac::TEMP_KEY_AUTHORISES,
    check_mac::SOURCE_ALONE,
    check_mac::COPY_PRIVATE,
    ecdh::COMPATIBLE,
    ecdh::KDF_PROTECTED,
    ecdh::TEMP_KEY_P2,
    ecdh::UNLOCKED_TARGET,
    ecdh::PRIVATE_TARGET,
    priv_write::SCALARS,
    priv_write::WITHOUT_MAC,
    priv_write::PAD,
    access::OTP,
    access::OTP_ENCRYPTED,
    // Once on a chip. Slot 9 is locked after the question about DeriveKey, and what follows needs it locked.
    once::UPDATE_EXTRA,
    once::COUNTER_PATTERN,
    derive_key::PRIVATE_PARENT,
    once::LOCK,
    check_mac::COPY_LOCKED,
    ecdh::LOCKED_TARGET,
    // After the data lock.
    temp_key_locked::READ,
    temp_key_locked::WRITE,
    access::WRONG_MAC,
    access::FIXED_NONCE,
    access::BIT_6,
    access::ENCRYPT_READ_ALONE,
    access::LATCH,
    priv_write::WRONG_MAC,
    no_mac::READ,
    no_mac::WRITE,
    no_mac::PRIV_WRITE,
    no_mac::DERIVE_KEY,
    flags::ECDH_TO_TEMP_KEY,
    ecdh::BAD_POINT,
    ecdh::TO_SLOT,
    ecdh::OUTPUT_IN_SPITE,
    ecdh::PROTECTED,
    ecdh::CLOSED_TARGET,
    ecdh::CLOSED_NEXT_SLOT,
    // These use up counts. Slot 15 is as the plan wrote it until the question about its ReqAuth.
    derive_key::WRONG_MAC,
    derive_key::WRONG_MAC_COUNTS,
    derive_key::TWO_AUTHORISATIONS,
    derive_key::TARGET_AUTHORISATION,
    limits::ORDER,
    limits::MISMATCH,
    limits::BAD_POINT,
    limits::TIME,
    // The last: it uses up what is left.
    counters::COUNT_MATCH,
];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[
    Untold {
        point: "U7",
        why: "a chip with UseLock on may be of no use at all, to no question either; it would take a chip more that nobody \
              minds to lose",
    },
    Untold {
        point: "ecdh-issecret-of-the-key",
        why: "no command is known that puts a private key into a slot without IsSecret: GenKey and PrivWrite ask for it",
    },
    Untold {
        point: "at-which-moment-of-its-execution-does-a",
        why: "the supply has to be taken away at chosen moments of a command: power control, and many chips",
    },
    Untold {
        point: "does-a-brown-out-clear-the-latch-and",
        why: "the supply has to be lowered by a chosen amount for a chosen time: power control",
    },
];

/// Between the locks.
const C1D0: Probe = Probe {
    name: "",
    points: &[],
    level: Level::Spend,
    stage: Stage::ConfigLocked,
    plan: Some(Plan::A),
    question: "",
    answers: &[],
    run: |_| Err(Stop::Unready(String::new())),
};

/// After both locks.
const C1D1: Probe = Probe { stage: Stage::DataLocked, ..C1D0 };

/// What the chip reference recommends.
const fn as_said(says: &'static str) -> Answer {
    Answer { says, change: "" }
}

/// Another reading, and what to change then.
const fn otherwise(says: &'static str, change: &'static str) -> Answer {
    Answer { says, change }
}

/// Writes what the questions after the data lock need: all slots, with keys that are fixed and public.
///
/// # Errors
///
/// A slot that can't be written.
pub fn prepare(patient: &mut Patient<'_>) -> Result<(), Stop> {
    for slot in 0..16 {
        match slot {
            a::LOCKED_SLOT if patient.config()[89] & 0x02 == 0 => {}
            0 | 2 | 7 => patient.fill_private(slot)?,
            _ => patient.fill(slot)?,
        }
    }
    Ok(())
}

/// What there is one of on each chip, and is spent.
fn spent(what: &str) -> Result<Seen, Stop> {
    Ok(Seen::NotHere(format!("already spent: {what}")))
}
