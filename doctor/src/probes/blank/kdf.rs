//! What KDF does with options that an open configuration can be given.

use crate::level::{Level, Stage};
use crate::patient::{Patient, Reply};
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::kdf::{ENCRYPTED_OUTPUT, INPUT, IV, TEMP_KEY, hkdf};
use crate::probes::temp_key;

pub(super) const IV_PLACE: Probe = Probe {
    name: "kdf-iv-place",
    points: &["kdf-where-the-iv-is-looked-for"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "From where does KdfIvLoc count?",
    answers: &[
        Answer { says: "from the first byte of the message", change: "" },
        Answer {
            says: "from the first byte of details",
            change: "5.10 and 4.3: from details. Simulator: `kdf::message`.",
        },
    ],
    run: iv_place,
};

pub(super) const OUT_NONCE: Probe = Probe {
    name: "out-nonce-open",
    points: &["is-the-outnonce-of-io-protection-the-test"],
    level: Level::Blank,
    stage: Stage::Unlocked,
    plan: None,
    question: "Is the OutNonce of an encrypted output the test pattern before the configuration is locked?",
    answers: &[
        Answer { says: "yes: FF FF 00 00", change: "" },
        Answer { says: "no", change: "5.0.8: it is random in C0, too. Simulator: `Machine::protect`." },
    ],
    run: out_nonce,
};

/// Bytes of the configuration: KdfIvLoc, what must be there, ChipOptions.
const IV_LOC: usize = 72;
const IV_STR: core::ops::Range<usize> = 73..75;
const OPTIONS: usize = 90;
const IO_KEY_ENABLE: u8 = 0x02;
/// Where the IV is asked for, as cryptoauthlib's test configuration has it.
const PLACE: usize = 9;
const DETAILS: usize = 4;
const VALUE: [u8; 32] = [0x5A; 32];

/// Whether KDF works at all.
fn works(patient: &mut Patient<'_>) -> Result<Option<Seen>, Stop> {
    temp_key::load(patient, &VALUE)?;
    let reply = hkdf(patient, TEMP_KEY, TEMP_KEY, INPUT, b"message")?;
    Ok((!reply.is_done()).then(|| Seen::NotHere(format!("HKDF of TempKey into TempKey: {reply}"))))
}

/// A message with the IV's two letters at a place.
fn message(place: usize) -> [u8; 20] {
    let mut message = [b'.'; 20];
    message[place..place + 2].copy_from_slice(b"iv");
    message
}

fn iv_place(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if let Some(not_here) = works(patient)? {
        return Ok(not_here);
    }
    let mut config = *patient.config();
    config[IV_LOC] = PLACE as u8;
    config[IV_STR].copy_from_slice(b"iv");
    patient.write_config(&config)?;
    patient.sleep()?;
    let mut replies = Vec::new();
    for place in [PLACE, PLACE - DETAILS] {
        temp_key::load(patient, &VALUE)?;
        replies.push(hkdf(patient, TEMP_KEY, TEMP_KEY, IV, &message(place))?);
    }
    let seen = format!(
        "KdfIvLoc {PLACE}; IV at {PLACE} of the message: {}; four before: {}",
        replies[0], replies[1]
    );
    Ok(match replies[..] {
        [Reply::Status(0x00), Reply::Status(0x0F)] => Seen::Answer(0, seen),
        [Reply::Status(0x0F), Reply::Status(0x00)] => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

/// The bytes of the OutNonce are not written down.
fn out_nonce(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    if let Some(not_here) = works(patient)? {
        return Ok(not_here);
    }
    let mut config = *patient.config();
    config[OPTIONS] |= IO_KEY_ENABLE;
    patient.write_config(&config)?;
    patient.sleep()?;
    temp_key::load(patient, &VALUE)?;
    let reply = hkdf(patient, TEMP_KEY, ENCRYPTED_OUTPUT, INPUT, b"message")?;
    let seen = format!("HKDF of TempKey to the encrypted output: {reply}");
    Ok(match reply {
        Reply::Data(data) if data.len() == 64 => {
            let pattern = data[32..].as_chunks().0.iter().all(|word| *word == [0xFF, 0xFF, 0x00, 0x00]);
            Seen::Answer(usize::from(!pattern), seen)
        }
        _ => Seen::Other(seen),
    })
}
