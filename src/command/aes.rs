//! AES, opcode 0x51 (chip reference 5.1).

use super::Command;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// One of the 16-byte keys of a slot or of TempKey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct AesKey {
    key_id: u16,
    block: u8,
}

impl AesKey {
    /// Key `block` of a slot: 0 and 1 in slots 0 to 7, 0 to 3 in the others; `None` beyond.
    #[must_use]
    pub const fn slot(slot: Slot, block: u8) -> Option<Self> {
        let keys = if slot.number() < 8 { 2 } else { 4 };
        if block < keys { Some(Self { key_id: slot.number() as u16, block }) } else { None }
    }

    /// Key `block` (0 to 3) of TempKey; 2 and 3 need a 64-byte load. `None` beyond.
    #[must_use]
    pub const fn temp_key(block: u8) -> Option<Self> {
        if block < 4 { Some(Self { key_id: 0xFFFF, block }) } else { None }
    }

    /// Key 0 of a slot.
    #[must_use]
    pub const fn first_of(slot: Slot) -> Self {
        Self { key_id: slot.number() as u16, block: 0 }
    }

    /// Key 0 of TempKey.
    pub const TEMP_KEY: Self = Self { key_id: 0xFFFF, block: 0 };
}

/// Direction of the block cipher.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum AesDirection {
    /// Encrypt.
    Encrypt = 0,
    /// Decrypt.
    Decrypt = 1,
}

/// AES-128 of one block (ECB).
#[doc(alias = "atcab_aes")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Aes<'a> {
    /// The key.
    pub key: AesKey,
    /// Encrypt or decrypt.
    pub direction: AesDirection,
    /// The block.
    pub input: &'a [u8; 16],
}

opaque_debug!(Aes<'_>);

impl Command for Aes<'_> {
    type Response = [u8; 16];
    fn request(&self) -> Request<'_> {
        let p1 = self.key.block << 6 | self.direction as u8;
        Request::with_data(Opcode::Aes, p1, self.key.key_id, [self.input, &[], &[]])
    }
}

/// Product of two elements of GF(2^128) as GCM defines it. Uses no key.
#[doc(alias = "atcab_aes_gfm")]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AesGfm<'a> {
    /// The hash key H.
    pub h: &'a [u8; 16],
    /// The other factor.
    pub input: &'a [u8; 16],
}

opaque_debug!(AesGfm<'_>);

impl Command for AesGfm<'_> {
    type Response = [u8; 16];
    fn request(&self) -> Request<'_> {
        Request::with_data(Opcode::Aes, 0x03, 0, [self.h, self.input, &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{hex, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        // Chip reference 7.3, with the group around it.
        let input = hex("6BC1BEE22E409F96E93D7E117393172A").try_into().unwrap();
        let aes = Aes { key: AesKey::TEMP_KEY, direction: AesDirection::Encrypt, input: &input };
        sends(&aes, "17 51 00 FF FF 6BC1BEE22E409F96E93D7E117393172A A5 8E");
        let output = receives(&aes, "13 3AD77BB40D7A3660A89ECAF32466EF97 E7 D9").unwrap();
        assert_eq!(output[..], hex("3AD77BB40D7A3660A89ECAF32466EF97")[..]);
        let (h, input) = ("66E94BD4EF8A2C3B884CFA59CA342B2E", "0388DACE60B6A392F328C2B971B2FE78");
        let gfm = AesGfm { h: &hex(h).try_into().unwrap(), input: &hex(input).try_into().unwrap() };
        sends(&gfm, &std::format!("27 51 03 00 00 {h}{input} E0 A0"));
        assert!(receives(&gfm, "13 5E2EC746917062882C85B0685353DEB7 7E FD").is_ok());
        assert!(!std::format!("{aes:?}").contains("107"), "data must not be printed");
    }

    #[test]
    fn keys() {
        let key = AesKey::slot(Slot::S9, 3).unwrap();
        let aes = Aes { key, direction: AesDirection::Decrypt, input: &[0; 16] };
        assert_eq!((aes.request().p1, aes.request().p2), (0xC1, 9));
        assert_eq!(AesKey::slot(Slot::S7, 2), None);
        assert_eq!(AesKey::temp_key(4), None);
        assert_eq!(AesKey::slot(Slot::S3, 0), Some(AesKey::first_of(Slot::S3)));
    }
}
