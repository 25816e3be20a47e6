//! KDF between registers (chip reference 5.10).

use crate::patient::{Patient, Reply};
use crate::probe::Stop;

/// Sources and targets, as p1 numbers them.
pub(super) const TEMP_KEY: u8 = 0;
pub(super) const UPPER: u8 = 1;
pub(super) const AKB: u8 = 3;
/// The target that is no register: encrypted, to the output.
pub(super) const ENCRYPTED_OUTPUT: u8 = 5;

/// Details of HKDF: the message comes along, or is one for an IV; the key is zero.
pub(super) const INPUT: u32 = 2;
pub(super) const IV: u32 = 3;
pub(super) const ZERO_KEY: u32 = 4;

/// 32 bytes go to the alternate key buffer, by a Nonce that takes them as they are.
pub(super) fn load_alternate(patient: &mut Patient<'_>, value: &[u8; 32]) -> Result<(), Stop> {
    patient.raw(0x16, 0x83, 0, value)?.expect_done("the alternate key buffer was loaded")
}

fn kdf(
    patient: &mut Patient<'_>,
    algorithm: u8,
    [source, target]: [u8; 2],
    details: u32,
    message: &[u8],
) -> Result<Reply, Stop> {
    let details = details | (message.len() as u32) << 24;
    let data = [&details.to_le_bytes(), message].concat();
    patient.raw(0x56, algorithm << 5 | target << 2 | source, 0, &data)
}

/// HKDF.
pub(super) fn hkdf(
    patient: &mut Patient<'_>,
    source: u8,
    target: u8,
    details: u32,
    message: &[u8],
) -> Result<Reply, Stop> {
    kdf(patient, 2, [source, target], details, message)
}

/// PRF with a key of 16, 32, 48 or 64 bytes.
pub(super) fn prf(
    patient: &mut Patient<'_>,
    source: u8,
    target: u8,
    key_len: u32,
    message: &[u8],
) -> Result<Reply, Stop> {
    kdf(patient, 0, [source, target], key_len / 16 - 1, message)
}
