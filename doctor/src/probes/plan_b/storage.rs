//! Encrypted access to a block of which the slot keeps 8 bytes (U55).

use super::steps::{authorise, by_status, here, latch, read_stored, write_stored};
use super::{Asked, answer, locked};
use crate::patient::{Patient, Reply};
use crate::plan::b::keys;
use crate::probe::{Probe, Seen, Stop};

/// The last block, and what the slot keeps of it.
const LAST: u8 = 2;
const KEPT: usize = 8;

pub(super) const WRITE: Probe = locked(Asked {
    name: "encrypted-write-of-the-last-block",
    points: &["U55"],
    question: "Does an encrypted Write take the last block of a slot, of which 8 bytes are kept?",
    answers: &[
        answer("yes", ""),
        answer(
            "no: 0x0F",
            "4.2 and U55: refused. Simulator: `encrypted_writable` in `command/write.rs`. Lint: a certificate in a slot \
             with encrypted writes can't be renewed after the data lock.",
        ),
        answer("no: 0x03", "4.2 and U55: 0x03."),
    ],
    run: |patient| here(write(patient)),
});

pub(super) const READ: Probe = locked(Asked {
    name: "encrypted-read-of-the-last-block",
    points: &["U55"],
    question: "What does an encrypted Read of the last block of a slot give, of which 8 bytes exist?",
    answers: &[
        answer("those, and zeros that are encrypted, too", ""),
        answer(
            "it is refused with 0x0F",
            "4.2 and U55: refused. Simulator: `slot_mask` in `command/read.rs`. Lint.",
        ),
        answer("those, and something else behind them", "4.2 and U55: what stands behind them is not zeros."),
    ],
    run: |patient| here(read(patient)),
});

/// The slot has conditions, which may count (U42). The authorisation comes last, as setting the latch may use it up.
fn ready(patient: &mut Patient<'_>) -> Result<(), Stop> {
    latch(patient, true)?;
    authorise(patient)
}

/// The whole block before it has to work.
fn write(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    ready(patient)?;
    let whole = write_stored(patient, 1, keys::secret(9))?;
    authorise(patient)?;
    let last = write_stored(patient, LAST, keys::secret(9))?;
    latch(patient, false)?;
    whole.expect_done("an encrypted Write of a whole block")?;
    Ok(by_status(&last, &[(0x00, 0), (0x0F, 1), (0x03, 2)], "an encrypted Write of the last block"))
}

fn read(patient: &mut Patient<'_>) -> Result<Seen, Stop> {
    ready(patient)?;
    let whole = read_stored(patient, 1)?;
    authorise(patient)?;
    let last = read_stored(patient, LAST)?;
    latch(patient, false)?;
    whole.expect_data("an encrypted Read of a whole block", 32)?;
    let doing = "an encrypted Read of the last block";
    let mut expected = [0; 32];
    expected[..KEPT].copy_from_slice(&keys::secret(9)[..KEPT]);
    Ok(match &last {
        Reply::Data(data) if data[..] == expected => Seen::Answer(0, format!("{doing}: {last}")),
        Reply::Data(data) if data.get(..KEPT) == Some(&expected[..KEPT]) => {
            Seen::Answer(2, format!("{doing}: {last}"))
        }
        _ => by_status(&last, &[(0x0F, 1)], doing),
    })
}
