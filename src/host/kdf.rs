//! KDF (chip reference 5.10).

use crate::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn hmac(key: &[u8], pieces: &[&[u8]]) -> [u8; 32] {
    // HMAC takes keys of any length; the error can't happen.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    for piece in pieces {
        mac.update(piece);
    }
    mac.finalize().into_bytes().into()
}

/// HMAC-SHA256 of a message: HKDF-Extract with `key` as salt, or one round of HKDF-Expand if the
/// message ends in info and 0x01.
#[must_use]
pub fn hkdf(key: &Secret<32>, message: &[u8]) -> Secret<32> {
    Secret::new(hmac(key.expose(), &[message]))
}

/// TLS 1.2 PRF (P_SHA256) of label and seed: `K` bytes of key, `N` of output.
#[must_use]
pub fn prf<const K: usize, const N: usize>(key: &Secret<K>, message: &[u8]) -> Secret<N> {
    let mut output = [0; N];
    let mut a = Secret::new(hmac(key.expose(), &[message]));
    for part in output.chunks_mut(32) {
        let block = Secret::new(hmac(key.expose(), &[a.expose(), message]));
        for (to, from) in part.iter_mut().zip(block.expose()) {
            *to = *from;
        }
        a = Secret::new(hmac(key.expose(), &[a.expose()]));
    }
    Secret::new(output)
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
