//! Someone who only listens on the bus and plays back: every promise of SECURITY.md and of the guide that says this
//! brings nothing is tried, and for each what shows that the attack is one: the same without what stops it.
//!
//! The attacker has no key and no driver: what was heard is turned into bytes of its own, with its own checksum
//! and its own SHA-256.

mod answers;
mod authorise;
mod boot;
mod derive;
mod device;
mod ear;
mod every_operation;
mod storage;
mod validate;

/// SHA-256 of the parts one after another.
pub(crate) fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    use sha2::Digest;
    parts.iter().fold(sha2::Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

pub(crate) fn xor(data: &[u8], mask: &[u8]) -> Vec<u8> {
    data.iter().zip(mask).map(|(data, mask)| data ^ mask).collect()
}
