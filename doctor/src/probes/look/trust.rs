//! U41, D16, D30 and others: what Microchip has written on its pre-provisioned parts.

use atecc608::config::preset::{TFLXTLS, TNGTLS};

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};

pub(super) const TNGTLS_BYTES: Probe = Probe {
    name: "tngtls-bytes",
    points: &["U41"],
    level: Level::Look,
    stage: Stage::DataLocked,
    plan: None,
    question: "Has a Trust&GO TLS part the bytes 16 to 19 and 68 to 95 that were reconstructed?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer {
            says: "no",
            change: "U41, 6.2 and preset `TNGTLS`: the bytes of the part. Simulator: `tables::TNGTLS`.",
        },
    ],
    run: tngtls,
};

pub(super) const OPTIONS: Probe = Probe {
    name: "tngtls-options",
    points: &["D16"],
    level: Level::Look,
    stage: Stage::DataLocked,
    plan: None,
    question: "In which order has a Trust&GO TLS part the bytes of ChipOptions?",
    answers: &[
        Answer { says: "0E 60", change: "" },
        Answer { says: "60 0E", change: "D16 and 4.13: high byte first. Simulator: `Eeprom::chip_options`." },
    ],
    run: options,
};

pub(super) const FLEX_CODE: Probe = Probe {
    name: "trustflex-otp-code",
    points: &["D30"],
    level: Level::Look,
    stage: Stage::DataLocked,
    plan: None,
    question: "Which code has a TrustFLEX part in its OTP zone?",
    answers: &[
        Answer { says: "MKMwyhP1, as the vendor's library says", change: "" },
        Answer {
            says: "one that the data sheets say",
            change: "D30 and 4.15: that code is one of TrustFLEX. Simulator: `preset/trust.rs`.",
        },
    ],
    run: flex_code,
};

pub(super) const LORA_BYTES: Probe = Probe {
    name: "tnglora-bytes",
    points: &["which-bytes-has-the-configuration-zone-of-trust"],
    level: Level::Look,
    stage: Stage::DataLocked,
    plan: None,
    question: "Has a Trust&GO LoRaWAN part the configuration that its data sheet's tables ask for?",
    answers: &[
        Answer { says: "yes", change: "" },
        Answer { says: "no", change: "6.7: the bytes of the part. Simulator: `tables::TNGLORA`." },
    ],
    run: lora,
};

/// What the simulator has as Trust&GO LoRaWAN: bytes 16 to 127, before the locks.
#[rustfmt::skip]
pub const TNGLORA: [u8; 112] = [
    0xB2, 0x00, 0x00, 0x01, 0x8F, 0xBD, 0x85, 0x00, 0xCE, 0x00, 0xCE, 0x00, 0xCE, 0x00, 0xCE, 0x00, // 16
    0xCE, 0x00, 0xCE, 0x00, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0x0F, 0xCE, 0x00, 0xCE, 0x00, 0x8F, 0x8F, // 32
    0x8F, 0x0F, 0x8F, 0x8F, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, // 48
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x69, 0x76, 0x00, 0x00, 0x00, 0x00, 0x00, // 64
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x55, 0x55, 0xFF, 0xFF, 0x0E, 0xE0, 0x00, 0x00, 0x00, 0x00, // 80
    0x18, 0x00, 0x13, 0x00, 0x1A, 0x00, 0x1A, 0x00, 0x1A, 0x00, 0x1A, 0x00, 0x1A, 0x00, 0x1A, 0x00, // 96
    0x3C, 0x00, 0x1C, 0x00, 0x3C, 0x00, 0x1A, 0x00, 0x1A, 0x00, 0x1C, 0x00, 0x7C, 0x00, 0x1C, 0x00, // 112
];

/// Last bytes of the serial number (chip reference 4.3).
const TLS: u8 = 0x01;
const LORA: [u8; 2] = [0x27, 0x10];

/// The bytes at these places that differ from what is expected, as text.
fn differing(config: &[u8; 128], expected: &[u8], places: impl Iterator<Item = usize>) -> Vec<String> {
    let differs = |place: &usize| config[*place] != expected[*place];
    places.filter(differs).map(|place| format!("byte {place} is {:#04x}", config[place])).collect()
}

fn is_tngtls(config: &[u8; 128]) -> bool {
    config[12] == TLS && config[96..] == TNGTLS[96..]
}

fn tngtls(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = patient.config();
    if !is_tngtls(config) {
        return Ok(Seen::NotHere("this is no Trust&GO TLS part".into()));
    }
    // All but what each part has for itself: one-time bytes, locks, and the order that D16 is about.
    let places = (16..20).chain(68..84).chain(92..96);
    Ok(verdict(differing(config, &TNGTLS, places)))
}

fn verdict(differing: Vec<String>) -> Seen {
    match differing.is_empty() {
        true => Seen::Answer(0, "all bytes are as expected".into()),
        false => Seen::Answer(1, differing.join(", ")),
    }
}

fn options(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = patient.config();
    if !is_tngtls(config) {
        return Ok(Seen::NotHere("this is no Trust&GO TLS part".into()));
    }
    let seen = format!("bytes 90 and 91 are {:02x?}", &config[90..92]);
    Ok(match config[90..92] {
        [0x0E, 0x60] => Seen::Answer(0, seen),
        [0x60, 0x0E] => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

fn flex_code(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = patient.config();
    if config[12] != TLS || config[20..40] != TFLXTLS[20..40] {
        return Ok(Seen::NotHere("this is no TrustFLEX part".into()));
    }
    let block = patient.raw(0x02, 0x81, 0x0000, &[])?.expect_data("the OTP zone was read", 32)?;
    let code = &block[..8];
    let seen = format!("the OTP zone begins with \"{}\"", code.escape_ascii());
    Ok(match code {
        b"MKMwyhP1" => Seen::Answer(0, seen),
        b"wdNxAjae" | b"BWuzMoAa" | b"KQp2ZkD8" => Seen::Answer(1, seen),
        _ => Seen::Other(seen),
    })
}

/// Counters, one-time bytes and locks are each part's own.
fn lora(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = patient.config();
    if !LORA.contains(&config[12]) {
        return Ok(Seen::NotHere("this is no Trust&GO LoRaWAN part".into()));
    }
    let expected = [&[0; 16][..], &TNGLORA].concat();
    Ok(verdict(differing(config, &expected, (16..52).chain(68..84).chain(90..128))))
}
