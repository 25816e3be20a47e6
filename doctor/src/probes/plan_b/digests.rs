//! GenDig and DeriveKey with data that is missing or too much (U44, U50).

use super::steps::{AUTHORISING, DIGEST, PLAIN, fixed, here, serial, temp_key_is};
use super::{Asked, answer, unlocked};
use crate::message;
use crate::patient::{Patient, Reply};
use crate::plan::b::{keys, write};
use crate::probe::{Probe, Seen, Stop};
use atecc608::command::TempKeySource;
use atecc608::{Secret, Slot, host};

pub(super) const OTHER_DATA: Probe = unlocked(Asked {
    name: "gen-dig-other-data",
    points: &["U44"],
    question: "What does GenDig of configuration, OTP, counter and key configuration do with four bytes of OtherData?",
    answers: &[
        answer("it refuses them with 0x03", ""),
        answer("it ignores them", "5.6 and U44: tolerated in these zones, too. Simulator: `no_other_data`."),
    ],
    run: |patient| here(other_data(patient)),
});

pub(super) const NO_MAC: Probe = unlocked(Asked {
    name: "gen-dig-no-mac-without-other-data",
    points: &["U50"],
    question: "What does GenDig of a NoMac slot do without OtherData?",
    answers: &[
        answer("it refuses with 0x0F", ""),
        answer(
            "it hashes opcode, p1 and p2, as without NoMac",
            "5.6 and U50: OtherData may be left out. Simulator: `data` in `command/gen_dig.rs`.",
        ),
        answer("it refuses with 0x03", "5.6 and U50: 0x03."),
    ],
    run: |patient| here(no_mac(patient)),
});

pub(super) const DERIVE_MAC: Probe = unlocked(Asked {
    name: "derive-key-without-mac",
    points: &["U50"],
    question: "What does DeriveKey do without the MAC that the target asks for?",
    answers: &[
        answer("it refuses with 0x0F", ""),
        answer(
            "it derives",
            "5.4, 4.6 and U50: the MAC is optional. SECURITY.md: WriteConfig bit 15 protects nothing. Simulator: \
             `run` in `command/derive_key.rs`.",
        ),
        answer("it refuses with 0x03", "5.4 and U50: 0x03."),
    ],
    run: |patient| here(derive_mac(patient)),
});

/// Accepted counts as ignored if the digest is the one without: the counter's shows.
fn other_data(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let mut observed = String::new();
    let mut accepted = Vec::new();
    for (zone, p1) in
        [("configuration", 0x00), ("OTP", 0x01), ("counter 1", 0x04), ("key configuration", 0x05)]
    {
        fixed(patient, &DIGEST)?;
        let reply = patient.raw(0x15, p1, 1, &[0x5A; 4])?;
        observed += &format!("{zone}: {reply}; ");
        match reply {
            Reply::Status(0x00) => accepted.push(true),
            Reply::Status(0x03) => accepted.push(false),
            _ => return Ok(Seen::Other(observed)),
        }
    }
    if accepted.iter().all(|accepted| !accepted) {
        return Ok(Seen::Answer(0, observed));
    }
    fixed(patient, &DIGEST)?;
    patient.raw(0x15, 0x04, 1, &[0x5A; 4])?.expect_done("GenDig of counter 1 with OtherData")?;
    let value = patient.raw(0x24, 0x00, 1, &[])?.expect_data("counter 1 was read", 4)?;
    let [serial_8, serial_0, serial_1] = patient.serial_parts();
    let expected = message::hash(&[
        &[0; 32],
        &[0x15, 0x04, 0x01, 0x00, serial_8, serial_0, serial_1, 0x00],
        &value,
        &[0; 20],
        &DIGEST,
    ]);
    Ok(match accepted.iter().all(|accepted| *accepted) && temp_key_is(patient, &expected)? {
        true => Seen::Answer(1, observed),
        false => Seen::Other(observed),
    })
}

fn no_mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    fixed(patient, &DIGEST)?;
    let reply = patient.raw(0x15, 0x02, AUTHORISING.into(), &[])?;
    let observed = format!("GenDig of slot {AUTHORISING} without OtherData: {reply}");
    let key = Secret::new(keys::secret(AUTHORISING));
    let usual = host::gen_dig_slot(&key, Slot::S2, &serial(patient), &Secret::new(DIGEST));
    Ok(match reply {
        Reply::Status(0x0F) => Seen::Answer(0, observed),
        Reply::Status(0x03) => Seen::Answer(2, observed),
        Reply::Status(0x00) if temp_key_is(patient, usual.expose())? => Seen::Answer(1, observed),
        _ => Seen::Other(observed),
    })
}

/// With the MAC it has to work.
fn derive_mac(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    let parent = Secret::new(keys::secret(AUTHORISING));
    let target = Slot::S15;
    let mac = host::derive_key_mac(&parent, target, TempKeySource::Input, &serial(patient));
    fixed(patient, &DIGEST)?;
    let with = patient.raw(0x1C, 0x04, PLAIN.into(), &mac)?;
    fixed(patient, &DIGEST)?;
    let without = patient.raw(0x1C, 0x04, PLAIN.into(), &[])?;
    write(patient, PLAIN, 0, &keys::secret(PLAIN))?;
    with.expect_done("DeriveKey with its MAC")?;
    let observed = format!("DeriveKey into slot {PLAIN} without its MAC: {without}");
    Ok(match without {
        Reply::Status(0x0F) => Seen::Answer(0, observed),
        Reply::Status(0x00) => Seen::Answer(1, observed),
        Reply::Status(0x03) => Seen::Answer(2, observed),
        _ => Seen::Other(observed),
    })
}
