//! Hashed messages with parameters that the driver never sends (chip reference 5; what it does send is in
//! `atecc608::host`), and the other side of ECDH.

use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::{Digest, Sha256};

/// SHA-256 over the pieces of a message.
pub(crate) fn hash(pieces: &[&[u8]]) -> [u8; 32] {
    let mut sha = Sha256::new();
    for piece in pieces {
        sha.update(piece);
    }
    sha.finalize().into()
}

/// Opcode, p1, p2 as messages hold them.
pub(crate) const fn head(opcode: u8, p1: u8, p2: u16) -> [u8; 4] {
    let [low, high] = p2.to_le_bytes();
    [opcode, p1, low, high]
}

/// MAC's message without a serial number, 88 bytes; with zeros for the head, CheckMac's without OtherData. `serial` are
/// SN[8], SN[0:1].
pub(crate) fn mac(first: &[u8; 32], second: &[u8; 32], head: [u8; 4], serial: [u8; 3]) -> [u8; 32] {
    let [eighth, first_two @ ..] = serial;
    hash(&[first, second, &head, &[0; 11], &[eighth], &[0; 4], &first_two, &[0; 2]])
}

/// The message of 96 bytes that most commands hash.
pub(crate) fn block(first: &[u8; 32], head: [u8; 4], serial: [u8; 3], last: &[u8]) -> [u8; 32] {
    hash(&[first, &head, &serial, &[0; 57][last.len()..], last])
}

/// Byte by byte.
pub(crate) fn xor<const N: usize>(value: [u8; N], mask: impl IntoIterator<Item = u8>) -> [u8; N] {
    let mut masked = value;
    for (byte, mask) in masked.iter_mut().zip(mask) {
        *byte ^= mask;
    }
    masked
}

fn secret_key(scalar: &[u8; 32]) -> Option<SecretKey> {
    SecretKey::from_slice(scalar).ok()
}

/// The ECDH secret of a private key of the doctor's and a public key, X and Y; nothing if that is none.
pub(crate) fn agreed(scalar: &[u8; 32], public: &[u8]) -> Option<[u8; 32]> {
    let public = PublicKey::from_sec1_bytes(&[&[0x04], public].concat()).ok()?;
    let secret = p256::ecdh::diffie_hellman(secret_key(scalar)?.to_nonzero_scalar(), public.as_affine());
    Some((*secret.raw_secret_bytes()).into())
}

/// X and Y of a private key's public key; zeros, which no chip takes, if the scalar is none.
pub(crate) fn public_key(scalar: &[u8; 32]) -> [u8; 64] {
    let mut coordinates = [0; 64];
    if let Some(key) = secret_key(scalar) {
        coordinates.copy_from_slice(&key.public_key().to_sec1_point(false).as_bytes()[1..]);
    }
    coordinates
}

/// The ECDH secret of two private keys of the doctor's.
pub(crate) fn shared_secret(one: &[u8; 32], other: &[u8; 32]) -> Option<[u8; 32]> {
    let (one, other) = (secret_key(one)?, secret_key(other)?);
    let secret = p256::ecdh::diffie_hellman(one.to_nonzero_scalar(), other.public_key().as_affine());
    Some((*secret.raw_secret_bytes()).into())
}

/// R and S over a digest, X and Y: what Verify(External) takes.
pub(crate) fn signed(scalar: &[u8; 32], digest: &[u8; 32]) -> Option<[u8; 128]> {
    let mut message = [0; 128];
    message[..64].copy_from_slice(&sign(scalar, digest)?);
    message[64..].copy_from_slice(&public_key(scalar));
    Some(message)
}

/// R and S over a digest.
pub(crate) fn sign(scalar: &[u8; 32], digest: &[u8; 32]) -> Option<[u8; 64]> {
    let signature: Signature = SigningKey::from_slice(scalar).ok()?.sign_prehash(digest).ok()?;
    Some(signature.to_bytes().into())
}

/// Whether R and S are of this private key over this digest.
pub(crate) fn is_signature(scalar: &[u8; 32], digest: &[u8; 32], signature: &[u8]) -> bool {
    let Some(key) = secret_key(scalar) else { return false };
    let key = VerifyingKey::from(key.public_key());
    Signature::from_slice(signature).is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
}
