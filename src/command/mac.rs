//! MAC, opcode 0x08 (chip reference 5.12), and what it shares with CheckMac.

use super::Command;
use crate::memory::Slot;
use crate::wire::{Opcode, Request};

/// Where the value in TempKey came from; the chip compares it with its own flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum TempKeySource {
    /// From the random number generator (Nonce, random form).
    Random = 0,
    /// From outside (Nonce, pass-through).
    Input = 1,
}

/// The two 32-byte blocks at the start of a MAC's message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum MacBlocks<'a> {
    /// A slot's key, then a challenge.
    SlotAndChallenge(&'a [u8; 32]),
    /// A slot's key, then TempKey.
    SlotAndTempKey(TempKeySource),
    /// TempKey, then a challenge.
    TempKeyAndChallenge(TempKeySource, &'a [u8; 32]),
    /// TempKey twice.
    TempKeyTwice(TempKeySource),
}

opaque_debug!(MacBlocks<'_>);

impl<'a> MacBlocks<'a> {
    /// Bits 2:0 of p1.
    pub(crate) const fn mode(&self) -> u8 {
        match self {
            Self::SlotAndChallenge(_) => 0x00,
            Self::SlotAndTempKey(source) => 0x01 | (*source as u8) << 2,
            Self::TempKeyAndChallenge(source, _) => 0x02 | (*source as u8) << 2,
            Self::TempKeyTwice(source) => 0x03 | (*source as u8) << 2,
        }
    }

    /// The challenge, if one is part of the message.
    pub(crate) const fn challenge(&self) -> Option<&'a [u8; 32]> {
        match self {
            Self::SlotAndChallenge(challenge) | Self::TempKeyAndChallenge(_, challenge) => Some(challenge),
            Self::SlotAndTempKey(_) | Self::TempKeyTwice(_) => None,
        }
    }
}

/// Computes a MAC, SHA-256 over key, challenge and circumstances. TempKey is consumed.
#[doc(alias = "atcab_mac")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mac<'a> {
    /// What it is made of.
    pub blocks: MacBlocks<'a>,
    /// Include the whole serial number, so that no other chip can give the same MAC.
    pub include_serial: bool,
    /// The key's slot; hashed also where TempKey is the key.
    pub slot: Slot,
}

impl Command for Mac<'_> {
    type Response = [u8; 32];
    fn request(&self) -> Request<'_> {
        let p1 = self.blocks.mode() | u8::from(self.include_serial) << 6;
        let challenge: &[u8] = self.blocks.challenge().map_or(&[], |challenge| challenge);
        let slot = u16::from(self.slot.number());
        Request::with_data(Opcode::Mac, p1, slot, [challenge, &[], &[]])
    }
}

#[cfg(test)]
mod tests {
    use super::super::golden::{group, receives, sends};
    use super::*;

    #[test]
    fn golden() {
        let blocks = MacBlocks::SlotAndTempKey(TempKeySource::Random);
        let mac = Mac { blocks, include_serial: true, slot: Slot::S4 };
        sends(&mac, "07 08 41 04 00 2E A7");
        // Chip reference 7.4, MAC p1 41.
        let value = "402F666E80E27558152FA001FC4450488E26BFF5F165C96048388FB921F3EC03";
        assert_eq!(receives(&mac, &group(value)).unwrap()[..2], [0x40, 0x2F]);
    }

    #[test]
    fn modes_of_the_reference() {
        use TempKeySource::{Input, Random};
        let challenge = [0x40; 32];
        for (blocks, p1, data) in [
            (MacBlocks::SlotAndChallenge(&challenge), 0x00, 32),
            (MacBlocks::SlotAndTempKey(Random), 0x01, 0),
            (MacBlocks::SlotAndTempKey(Input), 0x05, 0),
            (MacBlocks::TempKeyAndChallenge(Random, &challenge), 0x02, 32),
            (MacBlocks::TempKeyAndChallenge(Input, &challenge), 0x06, 32),
            (MacBlocks::TempKeyTwice(Random), 0x03, 0),
            (MacBlocks::TempKeyTwice(Input), 0x07, 0),
        ] {
            let mac = Mac { blocks, include_serial: false, slot: Slot::S4 };
            assert_eq!((mac.request().p1, mac.request().data()[0].len()), (p1, data));
        }
    }
}
