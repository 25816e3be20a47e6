//! The computations of KDF.

use super::super::aes;
use super::request::Algorithm;
use crate::chip::crypto::sha256::hmac;

/// 32 or 64 bytes.
pub(super) fn run(algorithm: &Algorithm, key: &[u8], message: &[u8]) -> Vec<u8> {
    match algorithm {
        // Half of it is not enough to be split.
        Algorithm::Prf { long, aead, .. } => prf(key, message, if *long || *aead { 64 } else { 32 }),
        // One HMAC: extract, or one round of expand.
        Algorithm::Hkdf { .. } => hmac(key, &[message]).to_vec(),
        Algorithm::Aes { .. } => {
            let (mut block, mut aes_key) = ([0; 16], [0; 16]);
            block.copy_from_slice(message);
            aes_key.copy_from_slice(key);
            [aes::encrypt(aes_key, block), [0; 16]].concat()
        }
    }
}

/// P_SHA256 of TLS 1.2, label and seed being the message.
fn prf(key: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let mut output = Vec::with_capacity(length);
    let mut chain = hmac(key, &[seed]);
    while output.len() < length {
        output.extend(hmac(key, &[&chain, seed]));
        chain = hmac(key, &[&chain]);
    }
    output
}
