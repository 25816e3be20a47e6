//! What a host computes for the chip: digests, MACs, encryption (feature `host`).
//!
//! Bytes in, bytes out, no chip and no bus: as useful on a server that holds the other end of a
//! key as in firmware. Layouts are those of chip reference 5; every one is checked against the
//! worked examples of its section 7.4. Keys and everything derived from keys travel as [`Secret`],
//! which is wiped when dropped, can't be copied by accident and is never printed.
//!
//! ```
//! use atecc608::{Secret, SerialNumber, Slot, command::Seed, host};
//!
//! // A host that knows the key in slot 4 follows the chip through Nonce and GenDig.
//! let serial = SerialNumber([0x01, 0x23, 0x45, 0xE1, 0x23, 0xB1, 0xBD, 0x5B, 0xEE]);
//! let rand_out = [0x5A; 32]; // as the chip returned it
//! let temp_key = host::nonce(&rand_out, &[7; 20], Seed::Update);
//! let key = Secret::new([0x20; 32]);
//! let session = host::gen_dig_slot(&key, Slot::S4, &serial, &temp_key);
//! assert_eq!(format!("{session:?}"), "Secret");
//! ```

mod derive_key;
mod gen_dig;
mod gen_key;
mod io;
mod kdf;
mod mac;
mod memory;
mod nonce;
mod secure_boot;
mod shared_key;
mod sign;

pub use derive_key::{derive_key, derive_key_mac};
pub use gen_dig::{
    gen_dig_config, gen_dig_counter, gen_dig_key_config, gen_dig_otp, gen_dig_shared_nonce, gen_dig_slot,
    gen_dig_slot_with,
};
pub use gen_key::{gen_key_created, gen_key_digest, gen_key_public, gen_key_stored};
pub(crate) use io::io_decrypt_into;
pub use io::{io_decrypt, verify_mac};
pub use kdf::{hkdf, prf};
pub use mac::{check_mac, mac};
pub(crate) use memory::decrypt_read_into;
pub use memory::{count_limit, decrypt_read, encrypt_priv_write, encrypt_write};
pub use nonce::{nonce, nonce_again};
pub use secure_boot::SecureBootKey;
pub use shared_key::SharedKey;
pub use sign::{InternalStatement, StatementFlags};

use crate::secret::Secret;
use crate::secret::stack::SHA256;
use crate::secret::stack::blocking::scrubbed_to;
use sha2::{Digest, Sha256};

/// SHA-256 over the pieces of a message, of which nothing stays on the stack.
fn sha256_into(digest: &mut [u8; 32], pieces: &[&[u8]]) {
    scrubbed_to::<SHA256, _>(|| {
        let mut sha = Sha256::new();
        for piece in pieces {
            sha.update(piece);
        }
        sha.finalize_into(digest.into());
    });
}

/// What may be known.
fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut digest = [0; 32];
    sha256_into(&mut digest, pieces);
    digest
}

/// What may not.
fn secret_sha256(pieces: &[&[u8]]) -> Secret<32> {
    Secret::filled(|digest| sha256_into(digest.expose_mut(), pieces))
}

/// Zeros that fill up messages.
const ZEROS: [u8; 32] = [0; 32];

/// First `n` zeros (at most 32).
fn zeros(n: usize) -> &'static [u8] {
    ZEROS.get(..n).unwrap_or(&ZEROS)
}

/// SN[8], SN[0:1] as most messages hold them (chip reference 5.0.9).
fn serial_parts(serial: &crate::serial::SerialNumber) -> [u8; 3] {
    let [a, b, .., i] = serial.0;
    [i, a, b]
}

/// Inputs that the worked examples of chip reference 7.4 share.
#[cfg(test)]
mod example {
    use crate::command::golden::hex;
    use crate::key::PublicKey;
    use crate::secret::Secret;
    use crate::serial::SerialNumber;
    use core::array::from_fn;

    pub(super) const SERIAL: SerialNumber =
        SerialNumber([0x01, 0x23, 0x45, 0xE1, 0x23, 0xB1, 0xBD, 0x5B, 0xEE]);

    /// K, the key.
    pub(super) fn key() -> Secret<32> {
        Secret::new(from_fn(|i| 0x20 + i as u8))
    }

    /// C, challenge and fixed nonce.
    pub(super) fn challenge() -> [u8; 32] {
        from_fn(|i| 0x40 + i as u8)
    }

    /// PT.
    pub(super) fn plaintext() -> [u8; 32] {
        from_fn(|i| 0x80 + i as u8)
    }

    /// 00 .. 3F, where the examples need a signature.
    pub(super) fn signature() -> crate::key::Signature {
        crate::key::Signature::from_bytes(from_fn(|i| i as u8))
    }

    pub(super) fn bytes<const N: usize>(text: &str) -> [u8; N] {
        hex(text).try_into().unwrap()
    }

    /// T, TempKey after the random Nonce.
    pub(super) fn t() -> Secret<32> {
        Secret::new(bytes("36B6375496E0435B53CDD6514A65154EF7C28E9629F96698E90D1ABC4DB1A97D"))
    }

    /// G, TempKey after GenDig of slot 4.
    pub(super) fn g() -> Secret<32> {
        Secret::new(bytes("16DF614085A51F2A5C8CBB4A4F014BCBBFF5DB21F424171E194468FBE97F3781"))
    }

    /// D, TempKey after GenKey's digest.
    pub(super) fn d() -> Secret<32> {
        Secret::new(bytes("2130C779F8A7322079177146158E254B5E0A220239E87D5D7A5F22AE19D08D7D"))
    }

    /// The public key of chip reference 7.3.
    pub(super) fn public_key() -> PublicKey {
        PublicKey::from_bytes(bytes(
            "8F8D182BD819048582A9927EA0C56DEFB4159548E11CA5F7ABAC45BBCE76815B\
             E5C64FCD2FD12698544DE037951726666073046119AD5E11A90AA49773AEAC86",
        ))
    }
}
