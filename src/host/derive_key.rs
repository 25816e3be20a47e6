//! DeriveKey (chip reference 5.4).

use super::{secret_sha256, serial_parts, sha256, zeros};
use crate::command::{Command, DeriveKey, TempKeySource};
use crate::memory::Slot;
use crate::secret::Secret;
use crate::serial::SerialNumber;

fn head(target: Slot, source: TempKeySource) -> [u8; 4] {
    let command = DeriveKey { target, source, mac: None };
    let request = command.request();
    let [low, high] = request.p2.to_le_bytes();
    [request.opcode.to_byte(), request.p1, low, high]
}

/// The key that DeriveKey leaves in the target: `key` is the target's own (roll) or its parent's
/// (create).
#[must_use]
pub fn derive_key(
    key: &Secret<32>,
    target: Slot,
    source: TempKeySource,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    secret_sha256(&[key.expose(), &head(target, source), &serial_parts(serial), zeros(25), temp_key.expose()])
}

/// The MAC that DeriveKey may ask for, under the parent's key.
#[must_use]
pub fn derive_key_mac(
    parent: &Secret<32>,
    target: Slot,
    source: TempKeySource,
    serial: &SerialNumber,
) -> [u8; 32] {
    sha256(&[parent.expose(), &head(target, source), &serial_parts(serial)])
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, challenge, key, t};
    use super::*;

    #[test]
    fn examples() {
        let (random, input) = (TempKeySource::Random, TempKeySource::Input);
        assert_eq!(
            derive_key(&key(), Slot::S3, random, &SERIAL, &t()).expose(),
            &bytes("38A19FD73FA5A30200E4CD27F807705FDFA3C4194037BF4D0FAF9BC94B226D69")
        );
        assert_eq!(
            derive_key_mac(&key(), Slot::S3, random, &SERIAL),
            bytes("685D5AFAAF0697034E75146E2B7AD0192D604A315664F3DA49B7BCA2505FEAD5")
        );
        let fixed = Secret::new(challenge());
        assert_eq!(
            derive_key(&key(), Slot::S3, input, &SERIAL, &fixed).expose(),
            &bytes("97DA5E1D58DDFFD3C296C7901BDC8E631569ADEEF86F793C901C2E8F53CC44B1")
        );
        assert_eq!(
            derive_key_mac(&key(), Slot::S3, input, &SERIAL),
            bytes("29D2804EED9B7D0B0ACC5E9DB4E57DD50A7E57167231C4064856C4137B0B7F53")
        );
    }
}
