//! The keys of plan B. Anyone can compute them: a chip that holds them is spent.

use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};

/// SHA-256 of these pieces.
#[must_use]
pub fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    pieces.iter().for_each(|piece| hash.update(piece));
    hash.finalize().into()
}

/// A secret's value: that of a slot.
#[must_use]
pub fn secret(slot: u8) -> [u8; 32] {
    sha256(&[b"atecc608-doctor plan b, slot ", &[slot]])
}

/// What slot 8 holds: no limit (chip reference 4.11), then anything.
#[must_use]
pub fn open_data() -> [u8; 32] {
    let mut bytes = secret(8);
    bytes[..8].fill(0xFF);
    bytes
}

/// The private key to a slot's public key.
fn private(slot: u8) -> SecretKey {
    // One value of 2^32 is none; the others follow it.
    let mut seed = secret(slot);
    loop {
        match SecretKey::from_slice(&seed) {
            Ok(key) => return key,
            Err(_) => seed = sha256(&[&seed]),
        }
    }
}

/// X and Y of a slot's public key.
#[must_use]
pub fn public(slot: u8) -> [u8; 64] {
    let point = private(slot).public_key().to_sec1_point(false);
    let mut coordinates = [0; 64];
    coordinates.copy_from_slice(&point.as_bytes()[1..]);
    coordinates
}

/// A signature that a slot's public key fits.
#[must_use]
pub fn sign(slot: u8, digest: &[u8; 32]) -> [u8; 64] {
    let signed: Result<Signature, _> = SigningKey::from(private(slot)).sign_prehash(digest);
    // 32 bytes are long enough to be signed, which is all that can fail.
    signed.map_or([0; 64], |signature| signature.to_bytes().into())
}

/// What ECDH of a slot's key and this public key gives; nothing if that is none.
#[must_use]
pub fn shared(slot: u8, public: &[u8]) -> Option<[u8; 32]> {
    let public = PublicKey::from_sec1_bytes(&[&[0x04], public].concat()).ok()?;
    let secret = p256::ecdh::diffie_hellman(private(slot).to_nonzero_scalar(), public.as_affine());
    Some((*secret.raw_secret_bytes()).into())
}
