//! Addresses of what Read and Write access (chip reference 4.1, 4.2).

use crate::memory::Slot;
use core::fmt;

/// A memory zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum Zone {
    /// 128 bytes of configuration, always readable.
    Config = 0,
    /// 64 one-time programmable bytes.
    Otp = 1,
    /// The 16 slots.
    Data = 2,
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Config => "config zone",
            Self::Otp => "OTP zone",
            Self::Data => "data zone",
        })
    }
}

/// Address of 32 bytes. A slot's last block is partial: reads fill it up with zeros, writes
/// ignore what is too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Block {
    zone: Zone,
    address: u16,
}

impl Block {
    /// Block 0 of the configuration zone.
    pub(crate) const FIRST: Self = Self { zone: Zone::Config, address: 0 };

    /// Block 0 to 3 of the configuration zone.
    #[must_use]
    pub const fn config(block: u8) -> Option<Self> {
        if block < 4 { Some(Self { zone: Zone::Config, address: (block as u16) << 3 }) } else { None }
    }

    /// Block 0 or 1 of the OTP zone.
    #[must_use]
    pub const fn otp(block: u8) -> Option<Self> {
        if block < 2 { Some(Self { zone: Zone::Otp, address: (block as u16) << 3 }) } else { None }
    }

    /// Block of a slot, `None` beyond [`Slot::blocks`].
    #[must_use]
    pub const fn data(slot: Slot, block: u8) -> Option<Self> {
        if block < slot.blocks() {
            Some(Self { zone: Zone::Data, address: (block as u16) << 8 | (slot.number() as u16) << 3 })
        } else {
            None
        }
    }

    /// The zone.
    #[must_use]
    pub const fn zone(self) -> Zone {
        self.zone
    }

    /// The address as p2 carries it.
    #[must_use]
    pub const fn address(self) -> u16 {
        self.address
    }
}

/// Address of four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Word {
    zone: Zone,
    address: u16,
}

impl Word {
    /// Word 0 to 31 of the configuration zone: bytes `4 * word` to `4 * word + 3`.
    #[must_use]
    pub const fn config(word: u8) -> Option<Self> {
        if word < 32 { Some(Self { zone: Zone::Config, address: word as u16 }) } else { None }
    }

    /// Word 0 to 15 of the OTP zone.
    #[must_use]
    pub const fn otp(word: u8) -> Option<Self> {
        if word < 16 { Some(Self { zone: Zone::Otp, address: word as u16 }) } else { None }
    }

    /// Word of a slot counted from its start, `None` beyond the slot's last full word.
    #[must_use]
    pub const fn data(slot: Slot, word: u8) -> Option<Self> {
        if (word as usize) < slot.size() / 4 {
            let address = ((word / 8) as u16) << 8 | (slot.number() as u16) << 3 | (word % 8) as u16;
            Some(Self { zone: Zone::Data, address })
        } else {
            None
        }
    }

    /// The zone.
    #[must_use]
    pub const fn zone(self) -> Zone {
        self.zone
    }

    /// The address as p2 carries it.
    #[must_use]
    pub const fn address(self) -> u16 {
        self.address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_reference() {
        // Chip reference 4.2: byte 52 of slot 9 is word 5 of block 1.
        assert_eq!(Word::data(Slot::S9, 13).map(Word::address), Some(0x014D));
        // Chip reference 7.2.
        assert_eq!(Block::data(Slot::S8, 12).map(Block::address), Some(0x0C40));
        assert_eq!(Block::data(Slot::S15, 2).map(Block::address), Some(0x0278));
        assert_eq!(Word::config(21).map(Word::address), Some(0x0015));
        assert_eq!(Block::config(3).map(Block::address), Some(0x0018));
    }

    #[test]
    fn nothing_beyond_a_zone_has_an_address() {
        assert_eq!(Block::config(4), None);
        assert_eq!(Block::otp(2), None);
        assert_eq!(Word::config(32), None);
        assert_eq!(Word::otp(16), None);
        for slot in Slot::all() {
            assert_eq!(Block::data(slot, slot.blocks()), None);
            let words = (slot.size() / 4) as u8;
            assert!(Word::data(slot, words - 1).is_some());
            assert_eq!(Word::data(slot, words), None);
        }
    }
}
