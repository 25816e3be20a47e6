//! TempKey with a value that is known. It can't be read, but used.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use atecc608::command::Seed;
use atecc608::{Secret, host};

use crate::patient::{Patient, Reply};
use crate::probe::Stop;

/// What is encrypted to see with which key.
const PLAIN: [u8; 16] = *b"Which key is it?";
const NUMBERS: [u8; 20] = [0x99; 20];

/// A value of 32 or 64 bytes goes there, by a Nonce that takes it as it is.
pub(super) fn load(patient: &mut Patient<'_>, value: &[u8]) -> Result<(), Stop> {
    let p1 = if value.len() == 64 { 0x23 } else { 0x03 };
    patient.raw(0x16, p1, 0, value)?.expect_done("TempKey was loaded")
}

/// Whether its lower half is this value. A chip that does AES with it keeps it; on another one a Nonce hashes it.
pub(super) fn is(patient: &mut Patient<'_>, value: &[u8; 32]) -> Result<bool, Stop> {
    if has_aes(patient)
        && let Reply::Data(block) = encrypt(patient, 0)?
    {
        return Ok(block == encrypted(core::array::from_fn(|index| value[index])));
    }
    let reply = patient.raw(0x16, 0x01, 0x8000, &NUMBERS)?;
    let value = host::nonce_again(&Secret::new(*value), &NUMBERS, Seed::Keep);
    Ok(reply == Reply::Data(value.expose().to_vec()))
}

/// Whether the chip has AES (chip reference 4.3).
pub(super) fn has_aes(patient: &Patient<'_>) -> bool {
    patient.config()[13] & 1 == 1
}

/// AES with 16 bytes of TempKey, by their place.
pub(super) fn encrypt(patient: &mut Patient<'_>, place: u8) -> Result<Reply, Stop> {
    patient.raw(0x51, place << 6, 0xFFFF, &PLAIN)
}

/// What comes of it if the key is this one.
pub(super) fn encrypted(key: [u8; 16]) -> Vec<u8> {
    let mut block = PLAIN.into();
    Aes128::new(&key.into()).encrypt_block(&mut block);
    block.to_vec()
}
