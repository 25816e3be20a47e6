//! KDF (chip reference 5.10).

use crate::secret::Secret;
use crate::secret::stack::HMAC;
use crate::secret::stack::blocking::scrubbed_to;
use crate::secret::xor;
use hmac::digest::FixedOutput;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Nothing of it stays on the stack.
fn hmac_into(result: &mut [u8; 32], key: &[u8], pieces: &[&[u8]]) {
    scrubbed_to::<HMAC, _>(|| {
        // HMAC takes keys of any length; the error can't happen.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return };
        for piece in pieces {
            mac.update(piece);
        }
        mac.finalize_into(result.into());
    });
}

fn hmac(key: &[u8], pieces: &[&[u8]]) -> Secret<32> {
    Secret::filled(|result| hmac_into(result.expose_mut(), key, pieces))
}

/// HMAC-SHA256 of a message: HKDF-Extract with `key` as salt, or one round of HKDF-Expand if the
/// message ends in info and 0x01.
#[must_use]
pub fn hkdf(key: &Secret<32>, message: &[u8]) -> Secret<32> {
    hmac(key.expose(), &[message])
}

/// TLS 1.2 PRF (P_SHA256) of label and seed: `K` bytes of key, `N` of output.
#[must_use]
pub fn prf<const K: usize, const N: usize>(key: &Secret<K>, message: &[u8]) -> Secret<N> {
    Secret::filled(|output| {
        let mut a = hmac(key.expose(), &[message]);
        for part in output.expose_mut().chunks_mut(32) {
            xor(part, hmac(key.expose(), &[a.expose(), message]).expose());
            let next = hmac(key.expose(), &[a.expose()]);
            *a.expose_mut() = *next.expose();
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::example::bytes;
    use super::*;
    use core::array::from_fn;

    #[test]
    fn examples() {
        // Chip reference 7.3.
        let key: [u8; 32] = from_fn(|i| (i % 16) as u8);
        let key = Secret::new(key);
        let message: [u8; 16] = from_fn(|i| i as u8);
        assert_eq!(
            prf::<32, 64>(&key, &message).expose(),
            &bytes(
                "1EBCBE62005AB948FDFFE1C402AABA354EC676050C9BC1AAE1FF5B1509A4A04A\
                 44254664C2A480F5B77EA2D1020C7BA4B3640C4AC793324C26D6FDDFDB1F011A"
            )
        );
        assert_eq!(
            hkdf(&key, &message).expose(),
            &bytes("495D46AA392D51132EDB93BC49E60ECAAEB7802F3AE529779D5883F9330AF561")
        );
    }
}
