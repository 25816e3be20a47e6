//! P-256 (chip reference 5.7, 5.21, 5.22).

use super::rng::Rng;
use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{NistP256, NonZeroScalar, PublicKey, SecretKey};

/// A private key between 1 and n - 1, or none.
pub(crate) fn private_key(bytes: &[u8]) -> Option<SecretKey> {
    SecretKey::from_slice(bytes).ok()
}

/// A new private key, big endian.
pub(crate) fn create(rng: &mut Rng) -> SecretKey {
    loop {
        // One draw in 2^32 is out of range.
        if let Some(key) = private_key(&rng.bytes()) {
            return key;
        }
    }
}

/// X and Y, big endian.
pub(crate) fn public_key(key: &SecretKey) -> [u8; 64] {
    let point = key.public_key().to_sec1_point(false);
    let mut coordinates = [0; 64];
    coordinates.copy_from_slice(&point.as_bytes()[1..]);
    coordinates
}

/// R and S over a digest, with a random nonce as the chip takes one. S is not normalised.
pub(crate) fn sign(key: &SecretKey, digest: &[u8; 32], rng: &mut Rng) -> [u8; 64] {
    loop {
        let nonce: NonZeroScalar = create(rng).to_nonzero_scalar();
        let signed = ecdsa::hazmat::sign_prehashed::<NistP256>(&key.to_nonzero_scalar(), &nonce, digest);
        if let Ok((signature, _)) = signed {
            return signature.to_bytes().into();
        }
    }
}

/// The X coordinate of private key times public key, big endian; none if the public key is no point of the
/// curve.
pub(crate) fn shared_secret(key: &SecretKey, public: &[u8; 64]) -> Option<[u8; 32]> {
    let public = point(public)?;
    let secret = p256::ecdh::diffie_hellman(key.to_nonzero_scalar(), public.as_affine());
    Some((*secret.raw_secret_bytes()).into())
}

/// X and Y are those of a point of the curve.
pub(crate) fn is_point(coordinates: &[u8; 64]) -> bool {
    point(coordinates).is_some()
}

fn point(coordinates: &[u8; 64]) -> Option<PublicKey> {
    let mut sec1 = [4; 65];
    sec1[1..].copy_from_slice(coordinates);
    PublicKey::from_sec1_bytes(&sec1).ok()
}

/// What ECDSA says about a signature.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    Good,
    Bad,
    /// R or S is 0, or not below the order of the curve.
    OutOfRange,
    /// The public key is no point of the curve.
    NoKey,
}

/// Checks R and S.
pub(crate) fn verify(public: &[u8; 64], digest: &[u8; 32], signature: &[u8; 64]) -> Verdict {
    let Some(key) = point(public) else { return Verdict::NoKey };
    let Ok(signature) = Signature::from_slice(signature) else { return Verdict::OutOfRange };
    match VerifyingKey::from(key).verify_prehash(digest, &signature) {
        Ok(()) => Verdict::Good,
        Err(_) => Verdict::Bad,
    }
}
