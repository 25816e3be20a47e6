//! The keys of plan B. Anyone can compute them: a chip that holds them is spent.

use crate::message;

/// A secret's value: that of a slot.
#[must_use]
pub fn secret(slot: u8) -> [u8; 32] {
    message::hash(&[b"atecc608-doctor plan b, slot ", &[slot]])
}

/// What slot 8 holds: no limit (chip reference 4.11), then anything.
#[must_use]
pub fn open_data() -> [u8; 32] {
    let mut bytes = secret(8);
    bytes[..8].fill(0xFF);
    bytes
}

/// X and Y of a slot's public key, whose private key is the slot's secret.
#[must_use]
pub fn public(slot: u8) -> [u8; 64] {
    message::public_key(&secret(slot))
}

/// A signature that a slot's public key fits; zeros, which fit none, if there is no such key.
#[must_use]
pub fn sign(slot: u8, digest: &[u8; 32]) -> [u8; 64] {
    message::sign(&secret(slot), digest).unwrap_or([0; 64])
}

/// What ECDH of a slot's key and this public key gives; nothing if that is none.
#[must_use]
pub fn shared(slot: u8, public: &[u8]) -> Option<[u8; 32]> {
    message::agreed(&secret(slot), public)
}
