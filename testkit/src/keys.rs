//! A key that chips hold and its owner knows, and another implementation of P-256.

use atecc608::{PublicKey, Signature};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{SigningKey, VerifyingKey};

/// A private key, big endian (chip reference 7.3).
pub const KEY: [u8; 32] = [
    0x87, 0x8F, 0x0A, 0xB6, 0xA5, 0x26, 0xD7, 0x11, 0x1C, 0x26, 0xE6, 0x17, 0x08, 0x10, 0x79, 0x6E, 0x7B,
    0x33, 0x00, 0x7F, 0x83, 0x2B, 0x8D, 0x64, 0x46, 0x7E, 0xD6, 0xF8, 0x70, 0x53, 0x7A, 0x19,
];

/// X and Y of a private key's public key.
pub fn public_of(private: &[u8; 32]) -> [u8; 64] {
    let key = SigningKey::from_slice(private).expect("a private key");
    let point = key.verifying_key().to_sec1_point(false);
    point.as_bytes()[1..].try_into().expect("64 bytes")
}

/// The public key of [`KEY`].
pub fn known_public_key() -> PublicKey {
    PublicKey::from_bytes(public_of(&KEY))
}

/// A signature by [`KEY`], made outside the chip.
pub fn sign_outside(digest: &[u8; 32]) -> Signature {
    let key = SigningKey::from_slice(&KEY).expect("a private key");
    let signature: p256::ecdsa::Signature = key.sign_prehash(digest).expect("32 bytes");
    Signature::from_bytes(signature.to_bytes().into())
}

/// Whether the signature is one over just this digest, by the word of another implementation.
pub fn verifies(key: &PublicKey, digest: &[u8; 32], signature: &Signature) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&key.to_sec1()).expect("a point of the curve");
    let signature = p256::ecdsa::Signature::from_slice(signature.as_bytes()).expect("R and S in range");
    key.verify_prehash(digest, &signature).is_ok()
}
