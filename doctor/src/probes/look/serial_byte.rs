//! D22: the last byte of the serial number in what is hashed.

use atecc608::command::SharedNonceOrder;
use atecc608::{Secret, SerialNumber, host};

use crate::level::{Level, Stage};
use crate::patient::Patient;
use crate::probe::{Answer, Probe, Seen, Stop};
use crate::probes::temp_key;

pub(super) const PROBE: Probe = Probe {
    name: "serial-byte",
    points: &["D22"],
    level: Level::Look,
    stage: Stage::Any,
    plan: None,
    question: "Which byte is hashed for SN[8] on a part where it is not 0xEE?",
    answers: &[
        Answer { says: "the one that the part has", change: "" },
        Answer {
            says: "0xEE all the same",
            change: "D22 and 5.0.9: 0xEE. Simulator: `Machine::serial_parts`. Driver: `host::serial_parts`.",
        },
    ],
    run,
};

const VALUE: [u8; 32] = [0x5A; 32];
const SHARED: [u8; 32] = [0xC3; 32];

fn run(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let config = *patient.config();
    if config[12] == 0xEE {
        return Ok(Seen::NotHere("SN[8] of this part is 0xEE, as of all that are sold blank".into()));
    }
    let mut serial = [0; 9];
    serial[..4].copy_from_slice(&config[..4]);
    serial[4..].copy_from_slice(&config[8..13]);
    let digest = |serial| {
        host::gen_dig_shared_nonce(&SHARED, SharedNonceOrder::HostFirst, &serial, &Secret::new(VALUE))
    };
    let own = digest(SerialNumber(serial));
    serial[8] = 0xEE;
    let fixed = digest(SerialNumber(serial));

    temp_key::load(patient, &VALUE)?;
    patient.raw(0x15, 0x03, 0x0000, &SHARED)?.expect_done("GenDig of a shared nonce was tried")?;
    let seen = format!("SN[8] is {:#04x}; GenDig of a shared nonce", config[12]);
    if temp_key::is(patient, own.expose())? {
        return Ok(Seen::Answer(0, seen));
    }
    // On a chip without AES the first look has changed it.
    temp_key::load(patient, &VALUE)?;
    patient.raw(0x15, 0x03, 0x0000, &SHARED)?.expect_done("GenDig of a shared nonce was tried")?;
    Ok(match temp_key::is(patient, fixed.expose())? {
        true => Seen::Answer(1, seen),
        false => Seen::Other(format!("{seen}: another value")),
    })
}
