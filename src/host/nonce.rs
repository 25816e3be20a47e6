//! TempKey after Nonce (chip reference 5.13).

use super::secret_sha256;
use crate::command::Seed;
use crate::secret::Secret;
use crate::wire::Opcode;

/// TempKey after a random Nonce: `rand_out` is what the chip returned, `num_in` what was sent.
#[must_use]
pub fn nonce(rand_out: &[u8; 32], num_in: &[u8; 20], seed: Seed) -> Secret<32> {
    secret_sha256(&[rand_out, num_in, &[Opcode::Nonce.to_byte(), seed as u8, 0x00]])
}

/// TempKey after a random Nonce that mixes the present TempKey instead of fresh numbers; the chip
/// returns the same value.
#[must_use]
pub fn nonce_again(temp_key: &Secret<32>, num_in: &[u8; 20], seed: Seed) -> Secret<32> {
    nonce(temp_key.expose(), num_in, seed)
}

#[cfg(test)]
mod tests {
    use super::super::example::{bytes, t};
    use super::*;
    use core::array::from_fn;

    #[test]
    fn examples() {
        let rand_out = bytes(&"FFFF0000".repeat(8));
        let num_in = from_fn(|i| i as u8);
        assert_eq!(nonce(&rand_out, &num_in, Seed::Update), t());
        let again = bytes("08B15EBFC619DDF049E306FB78B98F6DACC793FD4CA6CF741B12A289A61E9722");
        assert_eq!(nonce_again(&t(), &num_in, Seed::Update).expose(), &again);
        let keep = bytes("88630AEA71B1028C01A64D0B2E945F4255BA1CD565B82B45A01A60C02D4013E2");
        assert_eq!(nonce(&rand_out, &num_in, Seed::Keep).expose(), &keep);
    }
}
