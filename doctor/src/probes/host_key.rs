//! A key pair of the host.

use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::probe::Stop;

/// Nothing secret is made with it.
const KEY: [u8; 32] = [0x11; 32];

fn key() -> Result<SigningKey, Stop> {
    SigningKey::from_slice(&KEY).map_err(|_| Stop::Unready("a key was made".into()))
}

/// X and Y of the public key.
pub(super) fn point() -> Result<Vec<u8>, Stop> {
    Ok(key()?.verifying_key().to_sec1_point(false).as_bytes()[1..].to_vec())
}

/// A signature of the digest, and the public key: what Verify(External) takes.
pub(super) fn signature_and_key(digest: &[u8; 32]) -> Result<Vec<u8>, Stop> {
    let signed: Result<Signature, _> = key()?.sign_prehash(digest);
    let signature = signed.map_err(|_| Stop::Unready("a signature was made".into()))?;
    Ok([&signature.to_bytes()[..], &point()?].concat())
}
