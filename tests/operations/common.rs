//! What the tests of both drivers share: lock states, configurations, keys, expected errors.

use atecc608::wire::Opcode;
use atecc608::{Argument, Error, ErrorKind, PublicKey, Signature, Status};
use atecc608_sim::hal::I2cError;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{SigningKey, VerifyingKey};

/// What an operation on the simulated bus fails with.
pub(crate) type Failure = Error<I2cError>;

/// A missing acknowledge of the chip's address.
pub(crate) const NACK: I2cError = I2cError::new(embedded_hal::i2c::ErrorKind::NoAcknowledge(
    embedded_hal::i2c::NoAcknowledgeSource::Address,
));

/// How far the chip is locked (chip reference 0.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Locks {
    /// C0: nothing.
    Nothing,
    /// C1D0: the configuration.
    Config,
    /// C1D1: data and OTP, too.
    Both,
}

impl Locks {
    pub(crate) const ALL: [Locks; 3] = [Locks::Nothing, Locks::Config, Locks::Both];

    /// Sets the lock bytes of a configuration zone.
    pub(crate) fn apply(self, zone: &mut [u8; 128]) {
        let byte = |locked| if locked { 0x00 } else { 0x55 };
        zone[86] = byte(self == Locks::Both);
        zone[87] = byte(self != Locks::Nothing);
    }
}

pub(crate) use crate::vendor_configuration::WORKBENCH;

/// Sets a slot's SlotConfig and KeyConfig in a configuration zone.
pub(crate) fn set_slot(zone: &mut [u8; 128], slot: usize, slot_config: u16, key_config: u16) {
    zone[20 + 2 * slot..][..2].copy_from_slice(&slot_config.to_le_bytes());
    zone[96 + 2 * slot..][..2].copy_from_slice(&key_config.to_le_bytes());
}

/// Size of a slot (chip reference 4.1).
pub(crate) fn slot_size(slot: usize) -> usize {
    match slot {
        0..=7 => 36,
        8 => 416,
        _ => 72,
    }
}

/// A private key, big endian (chip reference 7.3).
pub(crate) const KEY: [u8; 32] = [
    0x87, 0x8F, 0x0A, 0xB6, 0xA5, 0x26, 0xD7, 0x11, 0x1C, 0x26, 0xE6, 0x17, 0x08, 0x10, 0x79, 0x6E, 0x7B,
    0x33, 0x00, 0x7F, 0x83, 0x2B, 0x8D, 0x64, 0x46, 0x7E, 0xD6, 0xF8, 0x70, 0x53, 0x7A, 0x19,
];

/// X and Y of a private key's public key.
pub(crate) fn public_of(private: &[u8; 32]) -> [u8; 64] {
    let key = SigningKey::from_slice(private).expect("a private key");
    let point = key.verifying_key().to_sec1_point(false);
    point.as_bytes()[1..].try_into().expect("64 bytes")
}

/// The public key of [`KEY`].
pub(crate) fn known_public_key() -> PublicKey {
    PublicKey::from_bytes(public_of(&KEY))
}

/// A signature by [`KEY`], made outside the chip.
pub(crate) fn sign_outside(digest: &[u8; 32]) -> Signature {
    let key = SigningKey::from_slice(&KEY).expect("a private key");
    let signature: p256::ecdsa::Signature = key.sign_prehash(digest).expect("32 bytes");
    Signature::from_bytes(signature.to_bytes().into())
}

/// Whether the signature is one over just this digest, by the word of another implementation.
pub(crate) fn verifies(key: &PublicKey, digest: &[u8; 32], signature: &Signature) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&key.to_sec1()).expect("a point of the curve");
    let signature = p256::ecdsa::Signature::from_slice(signature.as_bytes()).expect("R and S in range");
    key.verify_prehash(digest, &signature).is_ok()
}

/// SHA-256, made outside the chip.
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    sha2::Sha256::digest(message).into()
}

/// A message without period.
pub(crate) fn message(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 251 + i / 64) as u8).collect()
}

/// The chip answered this.
pub(crate) fn said(command: Opcode, status: Status) -> Failure {
    Error::new(command, ErrorKind::Status(status))
}

/// The chip's state, lock state or configuration forbids it: status 0x0F.
pub(crate) fn refused(command: Opcode) -> Failure {
    said(command, Status::Execution)
}

/// The driver sent nothing.
pub(crate) fn bad(argument: Argument) -> Failure {
    Error::without_command(ErrorKind::Argument(argument))
}

/// Bytes of hexadecimal digits.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("digits")).collect()
}
