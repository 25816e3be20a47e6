//! Results and proofs under the I/O protection key (chip reference 5.0.6, 5.22).

use super::{secret_sha256, sha256};
use crate::command::{Command, Encrypted, VerifyMac};
use crate::key::Signature;
use crate::secret::Secret;
use crate::secret::xor;

/// Decrypts what ECDH or KDF gave out encrypted.
#[must_use]
pub fn io_decrypt<const N: usize>(output: &Encrypted<N>, io_key: &Secret<32>) -> Secret<N> {
    Secret::filled(|plain| io_decrypt_into(plain, output, io_key))
}

/// The same in place, without a copy.
pub(crate) fn io_decrypt_into<const N: usize>(
    plain: &mut Secret<N>,
    output: &Encrypted<N>,
    io_key: &Secret<32>,
) {
    *plain.expose_mut() = output.ciphertext;
    let (nonces, _) = output.nonce.as_chunks::<16>();
    for (block, nonce) in plain.expose_mut().chunks_mut(32).zip(nonces) {
        xor(block, secret_sha256(&[io_key.expose(), nonce]).expose());
    }
}

/// The MAC that proves a successful verification. `message` is the digest that was verified;
/// `nonce` is the upper half of the message digest buffer if the message was its lower half, else
/// its lower half.
#[must_use]
pub fn verify_mac(
    command: &VerifyMac<'_>,
    message: &[u8; 32],
    nonce: &[u8; 32],
    io_key: &Secret<32>,
) -> [u8; 32] {
    let request = command.request();
    let signature: &Signature = match command {
        VerifyMac::External(verify) => verify.signature,
        VerifyMac::Stored(verify) => verify.signature,
    };
    sha256(&[
        io_key.expose(),
        message,
        nonce,
        signature.as_bytes(),
        &[request.opcode.to_byte(), request.p1],
        &request.p2.to_le_bytes(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::example::{bytes, challenge, key, plaintext, public_key, signature, t};
    use super::*;
    use crate::command::{MessageSource, VerifyExternal, VerifyStored};
    use crate::memory::{PublicKeySlot, Slot};
    use core::array::from_fn;

    #[test]
    fn decryption() {
        // Zeros encrypted are the pads themselves.
        let output = Encrypted { ciphertext: [0; 64], nonce: from_fn(|i| 0xA0 + i as u8) };
        let pads = bytes(
            "E4AC50E693AD6BC2A617F54D056996C04CE09F6AA992B4DA92E3CFD166393BE0\
             6F8A708A37E941E57987026D91EBBEA1B586F36CE4DEF9E98ED694313282290E",
        );
        assert_eq!(io_decrypt(&output, &key()).expose(), &pads);
    }

    #[test]
    fn proofs() {
        let (signature, public_key) = (signature(), public_key());
        let external =
            |source| VerifyMac::External(VerifyExternal { signature: &signature, key: &public_key, source });
        assert_eq!(
            verify_mac(&external(MessageSource::MessageDigest), &challenge(), &plaintext(), &key()),
            bytes("F76EF621AB24CF477AFBBBB22BCC056628FEBED06B230228C9684C1381EBDA9F")
        );
        assert_eq!(
            verify_mac(&external(MessageSource::TempKey), t().expose(), &challenge(), &key()),
            bytes("7636EA7F0FD5C598BACDC2F06BEF875257A84CB51CEECAAA7C6E3DAB37CA20E6")
        );
        let slot = PublicKeySlot::new(Slot::S11).unwrap();
        let stored = VerifyStored { signature: &signature, slot, source: MessageSource::TempKey };
        assert_eq!(
            verify_mac(&VerifyMac::Stored(stored), t().expose(), &challenge(), &key()),
            bytes("B009FB66DF87130E400946D0C0F1BE44A6F8615A5139FD35B2EE4298C522AE39")
        );
    }
}
