//! KDF: what it asks of its key, and of the length (U20, D24).

use super::steps::{
    AUTHORISING, HKDF_SLOT, MESSAGE, PLAIN, by_status, counter, here, hkdf, hmac_with, is, kdf, opened, sent,
};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

/// The slot whose key has ReqRandom.
const RANDOM_KEY: u8 = 3;
/// The slot whose uses are counted.
const LIMITED: u8 = 11;

pub(super) const RANDOM: Probe = locked(Asked {
    name: "kdf-and-req-random",
    points: &["U20"],
    question: "Does KDF ask for a random TempKey if the key has ReqRandom?",
    answers: &[
        answer("no", ""),
        answer(
            "yes",
            "5.10, 4.8 and U20: ReqRandom counts for KDF. Simulator: `require_asked` in `command/kdf.rs`.",
        ),
    ],
    run: |patient| here(req_random(patient)),
});

pub(super) const NO_MAC: Probe = locked(Asked {
    name: "kdf-and-no-mac",
    points: &["U20"],
    question: "Does KDF take a key with NoMac?",
    answers: &[
        answer("yes", ""),
        answer(
            "no: 0x0F",
            "5.10, 4.5 and U20: NoMac counts for KDF. Simulator: `require_asked` in `command/kdf.rs`.",
        ),
    ],
    run: |patient| here(no_mac(patient)),
});

pub(super) const ZERO_KEY: Probe = locked(Asked {
    name: "kdf-key-of-zeros",
    points: &["kdf-key-of-zeros"],
    question: "Does HKDF with the key of zeros count a use of the slot that p2 names?",
    answers: &[
        answer("no", ""),
        answer("yes", "5.10: the source is asked and counted. Simulator: `source` in `command/kdf.rs`."),
    ],
    run: |patient| here(zero_key(patient)),
});

pub(super) const LENGTH: Probe = locked(Asked {
    name: "kdf-length-in-details",
    points: &["D24"],
    question: "What does KDF do if bits 31:24 of details are not the length of the message that came?",
    answers: &[
        answer("it refuses with 0x03", ""),
        answer(
            "it takes the bytes that came",
            "5.10 and D24: bits 31:24 are not looked at. Simulator: `decode` in `command/kdf/request.rs`.",
        ),
        answer("it takes as many bytes as it was told", "5.10 and D24: surplus bytes are ignored."),
        answer("it refuses with 0x0F", "5.10 and D24: 0x0F."),
    ],
    run: |patient| here(length(patient)),
});

pub(super) const LONGEST: Probe = locked(Asked {
    name: "kdf-longest-message",
    points: &["D24"],
    question: "Does KDF take a message of 128 bytes?",
    answers: &[
        answer("no: 0x03", ""),
        answer(
            "yes",
            "5.10 and D24: more than 127. Simulator: `LONGEST` in `command/kdf/request.rs`; so the driver's.",
        ),
        answer("no: 0x0F", "5.10 and D24: 0x0F."),
    ],
    run: |patient| here(longest(patient)),
});

fn of(slot: u8) -> [u8; 32] {
    hmac_with(&keys::secret(slot), MESSAGE)
}

/// A slot without conditions works.
fn require_works(patient: &mut Patient<'_>) -> Result<(), Stop> {
    match is(&hkdf(patient, PLAIN)?, &of(PLAIN)) {
        true => Ok(()),
        false => Err(Stop::Unready("HKDF of a slot without conditions does not work as it should".into())),
    }
}

fn req_random(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_works(patient)?;
    let without = hkdf(patient, RANDOM_KEY)?;
    patient.load_random()?;
    let with = hkdf(patient, RANDOM_KEY)?;
    let observed = format!("HKDF of slot {RANDOM_KEY}: {without}; after a random nonce: {with}");
    Ok(match (&without, is(&with, &of(RANDOM_KEY))) {
        (_, true) if is(&without, &of(RANDOM_KEY)) => Seen::Answer(0, observed),
        (Reply::Status(0x0F), true) => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

fn no_mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_works(patient)?;
    let reply = hkdf(patient, AUTHORISING)?;
    let observed = format!("HKDF of slot {AUTHORISING}: {reply}");
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(1, observed),
        _ if is(&reply, &of(AUTHORISING)) => Seen::Answer(0, observed),
        _ => Seen::Other(observed),
    })
}

fn zero_key(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let before = counter(patient)?;
    let reply = opened(kdf(patient, HKDF_SLOT, LIMITED.into(), sent(MESSAGE) | 0x04, MESSAGE)?);
    let after = counter(patient)?;
    let observed = format!("HKDF with zeros: {reply}; Counter0 went from {before} to {after}");
    Ok(match after.wrapping_sub(before) {
        _ if !is(&reply, &hmac_with(&[0; 32], MESSAGE)) => Seen::Other(observed),
        0 => Seen::Answer(0, observed),
        1 => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

fn length(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_works(patient)?;
    let told = 16;
    let reply = opened(kdf(patient, HKDF_SLOT, PLAIN.into(), sent(&MESSAGE[..told]), MESSAGE)?);
    let observed = format!("{} bytes came, details say {told}: {reply}", MESSAGE.len());
    Ok(match reply {
        Reply::Status(0x03) => Seen::Answer(0, observed),
        Reply::Status(0x0F) => Seen::Answer(3, observed),
        _ if is(&reply, &of(PLAIN)) => Seen::Answer(1, observed),
        _ if is(&reply, &hmac_with(&keys::secret(PLAIN), &MESSAGE[..told])) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}

fn longest(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    require_works(patient)?;
    let message = [0x5A; 128];
    let reply = match kdf(patient, HKDF_SLOT, PLAIN.into(), sent(&message), &message) {
        // A chip with a shorter buffer (chip reference D10) never says a word of it.
        Err(Stop::Silent { .. }) => {
            // Whatever it makes of the pieces, the watchdog ends it.
            patient.wait_us(1_700_000);
            patient.sleep()?;
            return Ok(Seen::NotHere("the chip takes no group of 139 bytes".into()));
        }
        reply => opened(reply?),
    };
    Ok(match is(&reply, &hmac_with(&keys::secret(PLAIN), &message)) {
        true => Seen::Answer(1, format!("a message of 128 bytes: {reply}")),
        false => by_status(&reply, &[(0x03, 0), (0x0F, 2)], "a message of 128 bytes"),
    })
}
