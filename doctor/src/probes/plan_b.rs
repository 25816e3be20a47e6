//! Questions to a chip that is spent on plan B: KDF, AES, SHA, Verify, SecureBoot, the latch.

mod aes;
mod asked;
mod boot;
mod boot_ends;
mod certificate;
mod digests;
mod kdf;
mod kdf_message;
mod kdf_output;
mod key_types;
mod latch;
mod limits;
mod public;
mod steps;
mod storage;
mod times;
mod unlocked;
mod unlocked_bits;
mod verify;

use crate::level::{Level, Stage};
use crate::plan::Plan;
use crate::probe::{Answer, Probe, Untold};

/// The questions, in an order that they need: SecureBoot's digest has to be blank at first, its slot is locked when it
/// has served, and SecureBoot is prohibited at the very end, until the supply was off.
pub const PROBES: &[Probe] = &[
    verify::SIGNATURE_RANGE,
    kdf_output::AEAD,
    unlocked::ECDH,
    unlocked::KDF,
    unlocked::AES,
    unlocked::HMAC,
    unlocked::BOOT,
    unlocked_bits::LIMITED_USE,
    unlocked_bits::REQ_AUTH,
    unlocked_bits::REQ_RANDOM,
    unlocked_bits::LATCH,
    unlocked_bits::PUB_INFO,
    unlocked_bits::NO_MAC,
    unlocked_bits::NO_MAC_FLAG,
    aes::TYPE,
    aes::PRIVATE,
    aes::BLOCK,
    digests::OTHER_DATA,
    digests::NO_MAC,
    digests::DERIVE_MAC,
    verify::SHORT_BUFFER,
    verify::STORED_POINT,
    key_types::HMAC,
    key_types::KDF,
    key_types::KDF_AES,
    kdf::RANDOM,
    kdf::NO_MAC,
    kdf::ZERO_KEY,
    kdf::LENGTH,
    kdf::LONGEST,
    kdf_message::SLOT,
    kdf_message::TEMP_KEY,
    kdf_message::AUTHORISATION,
    kdf_message::LATCH,
    kdf_output::PROTECTION,
    kdf_output::IV_OUT,
    kdf_output::SHORT_IV,
    kdf_output::ENCRYPTED_AEAD,
    limits::MISMATCH,
    limits::COUNT_MATCH,
    public::PERMISSIONS,
    public::TWICE,
    public::CONTEXT,
    certificate::LENGTH,
    certificate::BLOCKS,
    certificate::BUFFER,
    certificate::MAC,
    latch::CLEAR,
    latch::SET,
    latch::KEYS,
    asked::READ,
    asked::ENCRYPTED_WRITE,
    asked::TARGET,
    storage::WRITE,
    storage::READ,
    times::KEYS,
    boot::UNSTORED,
    boot::KEY,
    boot::STORE,
    boot::AUTHORISES,
    boot_ends::LOCKED,
    boot_ends::MISMATCH,
    boot_ends::PROHIBITION,
    boot::DISABLED,
];

/// What can't be told.
pub const UNTOLD: &[Untold] = &[Untold {
    point: "U56",
    why: "the device's public key comes from its private one, and no key of a slot is used on a chip that is only looked \
          at. `atecc tng` does it: it makes the certificates up by the templates, and has the signatures verified up to \
          Microchip's root. What it says of a TrustFLEX, LoRaWAN or legacy part is the answer.",
}];

/// A question between the locks.
const fn unlocked(probe: Asked) -> Probe {
    probe.at(Stage::ConfigLocked)
}

/// A question after both locks.
const fn locked(probe: Asked) -> Probe {
    probe.at(Stage::DataLocked)
}

/// What is not the same for all questions of the plan.
struct Asked {
    name: &'static str,
    points: &'static [&'static str],
    question: &'static str,
    answers: &'static [Answer],
    run: Run,
}

/// As in [`Probe`].
type Run = fn(&mut crate::patient::Patient<'_>) -> Result<crate::probe::Seen, crate::probe::Stop>;

impl Asked {
    const fn at(self, stage: Stage) -> Probe {
        let Self { name, points, question, answers, run } = self;
        Probe { name, points, level: Level::Spend, stage, plan: Some(Plan::B), question, answers, run }
    }
}

/// An answer, and what to change then.
const fn answer(says: &'static str, change: &'static str) -> Answer {
    Answer { says, change }
}
