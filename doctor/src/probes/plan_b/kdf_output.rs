//! What of KDF's results leaves the chip (U9, U22, U51).

use super::steps::{DIGEST, MESSAGE, PLAIN, by_status, fixed, here, hmac_with, is, kdf, opened, temp_key_is};
use super::{Asked, answer, locked};
use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::plan::b::{IV, IV_AT, keys};
use crate::probe::{Probe, Seen, Stop};
use atecc608::{Secret, host};

/// KDF's p1: HKDF of a slot, out in clear, and out encrypted.
const HKDF_CLEAR: u8 = 0x52;
const HKDF_ENCRYPTED: u8 = 0x56;
/// KDF's p1: PRF of TempKey into TempKey, out in clear, out encrypted.
const PRF_INSIDE: u8 = 0x00;
const PRF_CLEAR: u8 = 0x10;
const PRF_ENCRYPTED: u8 = 0x14;
/// Details of PRF: a key of 32 bytes, a result of 64, AEAD.
const KEY_32: u32 = 0x01;
const LONG: u32 = 0x100;
const AEAD_MODE: u32 = 0x200;

pub(super) const PROTECTION: Probe = locked(Asked {
    name: "kdf-clear-output-with-kdf-prot-1",
    points: &["U9"],
    question: "What does KDF do with KdfProt 1 if output in clear is asked for?",
    answers: &[
        answer("it refuses with 0x0F", ""),
        answer(
            "it encrypts the output",
            "5.10, 4.13 and U9: as EcdhProt 1, the mode does not matter. Simulator: `require_output` and `deliver` in \
             `command/kdf.rs`. The driver has to take the longer answer.",
        ),
        answer(
            "it gives it out in clear",
            "4.13 and U9: KdfProt 1 protects nothing. SECURITY.md, lint and explain.",
        ),
    ],
    run: |patient| here(protection(patient)),
});

pub(super) const IV_OUT: Probe = locked(Asked {
    name: "kdf-iv-with-kdf-prot-1",
    points: &["U22"],
    question: "Does KDF with KdfProt 1 give an IV out in clear?",
    answers: &[
        answer("yes", ""),
        answer("no: 0x0F", "5.10 and U22: an IV is as protected as a key. Simulator: `require_output`."),
        answer("it encrypts it", "5.10 and U22: an IV is encrypted like a key."),
    ],
    run: |patient| here(iv(patient)),
});

pub(super) const SHORT_IV: Probe = locked(Asked {
    name: "kdf-iv-message-too-short",
    points: &["kdf-where-the-iv-is-looked-for"],
    question: "How does KDF refuse an IV's message that ends before the place where \"iv\" should be?",
    answers: &[
        answer("with 0x0F", ""),
        answer("with 0x03", "5.10: 0x03. Simulator: `message` in `command/kdf.rs`."),
        answer("not at all", "5.10: the comparison can be evaded with a short message. SECURITY.md."),
    ],
    run: |patient| here(short_iv(patient)),
});

const AEAD_ANSWERS: &[crate::probe::Answer] = &[
    answer("32 bytes, and a result of 64 bytes has to be asked for", ""),
    answer(
        "32 bytes, also if a result of 32 bytes is asked for",
        "5.10 and U51: bit 8 does not matter. Simulator: `prf` in `command/kdf/request.rs`. Driver: `KdfAead`.",
    ),
    answer(
        "all 64 bytes",
        "5.10 and U51: 64 bytes come out. Simulator: `deliver` in `command/kdf.rs`. Driver: `KdfAead`.",
    ),
];

pub(super) const AEAD: Probe = Probe {
    name: "kdf-aead",
    points: &["U51"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "What comes out of PRF in AEAD mode, with the first half for TempKey?",
    answers: AEAD_ANSWERS,
    run: |patient| here(aead(patient)),
};

pub(super) const ENCRYPTED_AEAD: Probe = locked(Asked {
    name: "kdf-aead-encrypted",
    points: &["U51"],
    question: "What comes out of PRF in AEAD mode if the output is encrypted?",
    answers: AEAD_ANSWERS,
    run: |patient| here(encrypted_aead(patient)),
});

fn derive(patient: &mut Patient<'_>, p1: u8, low: u32, message: &[u8]) -> Result<Reply, Stop> {
    kdf(patient, p1, PLAIN.into(), (message.len() as u32) << 24 | low, message)
}

/// The answer's places: refused, encrypted, in clear.
fn output(reply: Reply, message: &[u8], places: [usize; 3], doing: &str) -> Seen {
    let expected = hmac_with(&keys::secret(PLAIN), message);
    let [refused, encrypted, clear] = places;
    let observed = format!("{doing}: {reply}");
    if is(&reply, &expected) {
        return Seen::Answer(clear, observed);
    }
    match opened(reply) {
        reply if is(&reply, &expected) => Seen::Answer(encrypted, observed),
        reply => by_status(&reply, &[(0x0F, refused)], doing),
    }
}

fn protection(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let reply = derive(patient, HKDF_CLEAR, 0x02, MESSAGE)?;
    Ok(output(reply, MESSAGE, [0, 1, 2], "HKDF out in clear"))
}

fn iv_message(length: usize) -> Vec<u8> {
    let mut message = vec![0x5A; length];
    if let Some(place) = message.get_mut(IV_AT..IV_AT + IV.len()) {
        place.copy_from_slice(&IV);
    }
    message
}

/// That it comes out encrypted, at least.
fn require_iv(patient: &mut Patient<'_>, message: &[u8]) -> Result<(), Stop> {
    let reply = opened(derive(patient, HKDF_ENCRYPTED, 0x03, message)?);
    match is(&reply, &hmac_with(&keys::secret(PLAIN), message)) {
        true => Ok(()),
        false => Err(Stop::Unready(format!("an IV does not come out encrypted: {reply}"))),
    }
}

fn iv(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let message = iv_message(20);
    require_iv(patient, &message)?;
    let reply = derive(patient, HKDF_CLEAR, 0x03, &message)?;
    Ok(output(reply, &message, [1, 2, 0], "an IV out in clear"))
}

fn short_iv(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_iv(patient, &iv_message(20))?;
    let message = iv_message(IV_AT + 1);
    let reply = derive(patient, HKDF_ENCRYPTED, 0x03, &message)?;
    Ok(match reply {
        Reply::Data(_) => Seen::Answer(2, format!("{} bytes: {reply}", message.len())),
        Reply::Status(_) => by_status(&reply, &[(0x0F, 0), (0x03, 1)], &format!("{} bytes", message.len())),
    })
}

/// The halves of the long result.
fn halves() -> ([u8; 32], [u8; 32]) {
    let result: Secret<64> = host::prf(&Secret::new(DIGEST), MESSAGE);
    let (mut first, mut second) = ([0; 32], [0; 32]);
    first.copy_from_slice(&result.expose()[..32]);
    second.copy_from_slice(&result.expose()[32..]);
    (first, second)
}

fn aead(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    fixed(patient, &DIGEST)?;
    let (first, second) = halves();
    let plain = derive(patient, PRF_CLEAR, KEY_32, MESSAGE)?;
    if !is(&plain, &first) {
        return Ok(Seen::NotHere(format!("PRF of TempKey, out in clear: {plain}")));
    }
    let long = derive(patient, PRF_INSIDE, KEY_32 | LONG | AEAD_MODE, MESSAGE)?;
    let kept = temp_key_is(patient, &first)?;
    fixed(patient, &DIGEST)?;
    let short = derive(patient, PRF_INSIDE, KEY_32 | AEAD_MODE, MESSAGE)?;
    let observed = format!("result of 64 bytes: {long}; of 32: {short}");
    Ok(match kept {
        true => halved(&long, &short, &second, observed),
        false => Seen::Other(format!("{observed}; the first half is not in TempKey")),
    })
}

fn halved(long: &Reply, short: &Reply, second: &[u8; 32], observed: String) -> Seen {
    let (first, _) = halves();
    match short {
        Reply::Status(0x03) if is(long, second) => Seen::Answer(0, observed),
        _ if is(long, second) && is(short, second) => Seen::Answer(1, observed),
        Reply::Status(0x03) if is(long, &[first, *second].concat()) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    }
}

fn encrypted_aead(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    fixed(patient, &DIGEST)?;
    let (first, second) = halves();
    let plain = opened(derive(patient, PRF_ENCRYPTED, KEY_32, MESSAGE)?);
    if !is(&plain, &first) {
        return Ok(Seen::NotHere(format!("PRF of TempKey, out encrypted: {plain}")));
    }
    let long = opened(derive(patient, PRF_ENCRYPTED, KEY_32 | LONG | AEAD_MODE, MESSAGE)?);
    let short = opened(derive(patient, PRF_ENCRYPTED, KEY_32 | AEAD_MODE, MESSAGE)?);
    let observed = format!("result of 64 bytes, decrypted: {long}; of 32: {short}");
    Ok(halved(&long, &short, &second, observed))
}
