//! Encrypted reads and writes of slots (chip reference 5.14, 5.16, 5.23), limits of keys.

use super::{secret_sha256, serial_parts, sha256, zeros};
use crate::command::WriteEncrypted;
use crate::memory::Block;
use crate::memory::Slot;
use crate::secret::Secret;
use crate::secret::xor;
use crate::serial::SerialNumber;
use crate::wire::Opcode;

/// Ciphertext and MAC for an encrypted write, under the TempKey that GenDig left.
#[must_use]
pub fn encrypt_write(
    plaintext: &Secret<32>,
    block: Block,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> ([u8; 32], [u8; 32]) {
    // The pad first, so that the plaintext itself is never copied.
    let mut ciphertext = [0; 32];
    xor(&mut ciphertext, temp_key.expose());
    xor(&mut ciphertext, plaintext.expose());
    let [low, high] = block.address().to_le_bytes();
    let mac = sha256(&[
        temp_key.expose(),
        &[Opcode::Write.to_byte(), WriteEncrypted::p1(block), low, high],
        &serial_parts(serial),
        zeros(25),
        plaintext.expose(),
    ]);
    (ciphertext, mac)
}

/// What an encrypted read holds, under the TempKey that GenDig left.
#[must_use]
pub fn decrypt_read(ciphertext: &[u8; 32], temp_key: &Secret<32>) -> Secret<32> {
    Secret::filled(|plaintext| decrypt_read_into(plaintext, ciphertext, temp_key))
}

/// The same in place, without a copy.
pub(crate) fn decrypt_read_into(plaintext: &mut Secret<32>, ciphertext: &[u8; 32], temp_key: &Secret<32>) {
    *plaintext.expose_mut() = *ciphertext;
    xor(plaintext.expose_mut(), temp_key.expose());
}

/// Ciphertext and MAC for an encrypted PrivWrite of a private key (big endian), under the TempKey
/// that GenDig left.
#[must_use]
pub fn encrypt_priv_write(
    key: &Secret<32>,
    slot: Slot,
    serial: &SerialNumber,
    temp_key: &Secret<32>,
) -> ([u8; 36], [u8; 32]) {
    // Four zeros, then the key.
    let pad = secret_sha256(&[temp_key.expose()]);
    let mut ciphertext = [0; 36];
    let (head, tail) = ciphertext.split_at_mut(32);
    xor(head, temp_key.expose());
    xor(tail, pad.expose());
    if let Some((_, place)) = ciphertext.split_at_mut_checked(4) {
        xor(place, key.expose());
    }
    let mac = sha256(&[
        temp_key.expose(),
        &[Opcode::PrivWrite.to_byte(), 0x40, slot.number(), 0],
        &serial_parts(serial),
        zeros(21),
        &[0; 4],
        key.expose(),
    ]);
    (ciphertext, mac)
}

/// The first eight bytes of the CountMatch slot for a limit of Counter0 (chip reference 4.11).
/// `None` unless the limit is a multiple of 32 and at most 2 097 120.
#[must_use]
pub fn count_limit(limit: u32) -> Option<[u8; 8]> {
    if !limit.is_multiple_of(32) || limit > 2_097_151 {
        return None;
    }
    let [a, b, c, d] = limit.to_le_bytes();
    Some([a, b, c, d, a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::super::example::{SERIAL, bytes, g, plaintext};
    use super::*;

    #[test]
    fn write_and_read() {
        let plaintext = Secret::new(plaintext());
        let block = Block::data(Slot::S3, 0).unwrap();
        let (ciphertext, mac) = encrypt_write(&plaintext, block, &SERIAL, &g());
        assert_eq!(ciphertext, bytes("965EE3C3012099ADD40531C1C38CC5442F6449B260B1818981DDF26075E2A91E"));
        assert_eq!(mac, bytes("E8147383DCC7825C890262C8085F9FC34B35986CBC2671B03CBC0E9352E830E5"));
        assert_eq!(decrypt_read(&ciphertext, &g()), plaintext);
    }

    #[test]
    fn priv_write() {
        let key = Secret::new(bytes("878F0AB6A526D7111C26E6170810796E7B33007F832B8D64467ED6F870537A19"));
        let (ciphertext, mac) = encrypt_priv_write(&key, Slot::S7, &SERIAL, &g());
        assert_eq!(
            ciphertext,
            bytes("16DF6140022A159CF9AA6C5B5327ADDCB7E5A24F8F1717619A6FE59FAF01E17990AC3A7D")
        );
        assert_eq!(mac, bytes("39E80D56212A3414D9DE9BF3A117E37102FEDE944C2B7613FFD0E412A9592722"));
    }

    #[test]
    fn limits() {
        assert_eq!(count_limit(32), Some(bytes("2000000020000000")));
        assert_eq!(count_limit(0x001F_FFE0), Some(bytes("E0FF1F00E0FF1F00")));
        assert_eq!(count_limit(33), None);
        assert_eq!(count_limit(2_097_152), None);
    }
}
