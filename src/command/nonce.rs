//! Nonce, opcode 0x16 (chip reference 5.13).

use super::Command;
use super::random::Seed;
use crate::wire::{Opcode, Request};

/// What the random form mixes the host's bytes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum RandomSource {
    /// Fresh random bytes, which are returned.
    #[default]
    Generator,
    /// The present TempKey, which must be valid; the new TempKey is returned.
    TempKey,
}

/// TempKey becomes a digest of random bytes and 20 bytes of the host.
#[doc(alias("atcab_nonce_rand", "atcab_nonce_base", "atcab_challenge_seed_update"))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct NonceRandom<'a> {
    /// The host's share.
    pub num_in: &'a [u8; 20],
    /// Whether the EEPROM seed may be updated.
    pub seed: Seed,
    /// The chip's share.
    pub source: RandomSource,
}

impl Command for NonceRandom<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let p2 = match self.source {
            RandomSource::Generator => 0x0000,
            RandomSource::TempKey => 0x8000,
        };
        Request::with_data(Opcode::Nonce, self.seed as u8, p2, [self.num_in, &[], &[]])
    }
}

/// Puts a value into one of the chip's registers as it is ("pass-through").
#[doc(alias("atcab_nonce", "atcab_nonce_base", "atcab_nonce_load", "atcab_challenge"))]
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum NonceFixed<'a> {
    /// 32 bytes into TempKey; its upper half becomes invalid.
    TempKey(&'a [u8; 32]),
    /// 64 bytes into TempKey.
    TempKey64(&'a [u8; 64]),
    /// 32 bytes into the message digest buffer.
    MessageDigest(&'a [u8; 32]),
    /// 64 bytes into the message digest buffer.
    MessageDigest64(&'a [u8; 64]),
    /// 32 bytes into the alternate key buffer.
    AlternateKey(&'a [u8; 32]),
}

super::opaque_debug!(NonceFixed<'_>);

impl Command for NonceFixed<'_> {
    type Response = ();
    fn request(&self) -> Request<'_> {
        let (p1, value): (u8, &[u8]) = match self {
            Self::TempKey(value) => (0x03, *value),
            Self::TempKey64(value) => (0x23, *value),
            Self::MessageDigest(value) => (0x43, *value),
            Self::MessageDigest64(value) => (0x63, *value),
            Self::AlternateKey(value) => (0x83, *value),
        };
        Request::with_data(Opcode::Nonce, p1, 0, [value, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{receives, sends};
    use super::*;
    use core::array::from_fn;
    use std::{format, string::String};

    fn counting(range: core::ops::Range<u8>) -> String {
        range.map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn random_golden() {
        let num_in = from_fn(|i| i as u8);
        let nonce = NonceRandom { num_in: &num_in, seed: Seed::Update, source: RandomSource::Generator };
        sends(&nonce, &format!("1B 16 00 00 00 {} 53 B5", counting(0..20)));
        let pattern = "FFFF0000".repeat(8);
        let rand_out = receives(&nonce, &format!("23 {pattern} 41 1A")).unwrap();
        assert_eq!(rand_out[..4], [0xFF, 0xFF, 0, 0]);
        let again = NonceRandom { source: RandomSource::TempKey, seed: Seed::Keep, ..nonce };
        assert_eq!((again.request().p1, again.request().p2), (1, 0x8000));
    }

    #[test]
    fn fixed_golden() {
        let short: [u8; 32] = from_fn(|i| i as u8);
        let long: [u8; 64] = from_fn(|i| i as u8);
        let (s, l) = (counting(0..32), counting(0..64));
        sends(&NonceFixed::TempKey(&short), &format!("27 16 03 00 00 {s} 04 EE"));
        sends(&NonceFixed::MessageDigest(&short), &format!("27 16 43 00 00 {s} D7 6C"));
        sends(&NonceFixed::AlternateKey(&short), &format!("27 16 83 00 00 {s} 6F 6F"));
        sends(&NonceFixed::TempKey64(&long), &format!("47 16 23 00 00 {l} 23 A1"));
        sends(&NonceFixed::MessageDigest64(&long), &format!("47 16 63 00 00 {l} 80 09"));
        assert_eq!(receives(&NonceFixed::TempKey(&short), "04 00 03 40"), Ok(()));
    }
}
