//! TempKey after GenKey's digests (chip reference 5.7).

use super::{secret_sha256, serial_parts, zeros};
use crate::command::{Command, GenKeyCreate, GenKeyPublic, KeyTarget};
use crate::irreversible::OldKeyIsLost;
use crate::key::PublicKey;
use crate::memory::Slot;
use crate::secret::Secret;
use crate::serial::SerialNumber;
use crate::wire::Opcode;

/// After GenKey of a stored public key, with the three bytes that were sent.
#[must_use]
pub fn gen_key_stored(
    public_key: &PublicKey,
    other_data: &[u8; 3],
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    gen_key_digest(public_key, other_data, serial, temp_key)
}

/// After asking for the public key of a slot with its digest.
#[must_use]
pub fn gen_key_public(
    public_key: &PublicKey,
    slot: Slot,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    let p1 = GenKeyPublic { slot, digest: true }.request().p1;
    gen_key_digest(public_key, &[p1, slot.number(), 0], serial, temp_key)
}

/// After making a key in a slot with the digest of its public key.
#[must_use]
pub fn gen_key_created(
    public_key: &PublicKey,
    slot: Slot,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    let p1 = GenKeyCreate(KeyTarget::SlotWithDigest(slot, OldKeyIsLost)).request().p1;
    gen_key_digest(public_key, &[p1, slot.number(), 0], serial, temp_key)
}

/// The message all three share.
#[must_use]
pub fn gen_key_digest(
    public_key: &PublicKey,
    head: &[u8; 3],
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> Secret<32> {
    secret_sha256(&[
        temp_key.expose(),
        &[Opcode::GenKey.to_byte()],
        head,
        &serial_parts(serial),
        zeros(25),
        public_key.as_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, d, public_key, t};
    use super::*;

    #[test]
    fn examples() {
        assert_eq!(gen_key_public(&public_key(), Slot::S7, &SERIAL, &t()), d());
        assert_eq!(gen_key_stored(&public_key(), &[0x08, 0x07, 0x00], &SERIAL, &t()), d());
        assert_eq!(
            gen_key_created(&public_key(), Slot::S7, &SERIAL, &t()).expose(),
            &bytes("1457F3C9A7C37EE257CA6F4252063CDE12E7DFE011267FF2EBD4C302439BDC1C")
        );
        let nonce = Secret::new([0; 32]);
        assert_eq!(
            gen_key_stored(&public_key(), &[0; 3], &SERIAL, &nonce).expose(),
            &bytes("9102F19EB5C365BA22A34046538F63B107D271F8E49C3EBCFA3360FCBF72790B")
        );
    }
}
