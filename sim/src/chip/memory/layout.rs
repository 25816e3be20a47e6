//! Zones, slots and the addresses of Read and Write (chip reference 4.1, 4.2).

use crate::chip::rule::{Refused, Rule, illegal, require_legal};
use core::ops::Range;

/// Number of slots in the data zone.
pub(crate) const SLOTS: usize = 16;
/// Bytes of all slots together.
pub(crate) const DATA_SIZE: usize = 1208;
/// Bytes of a block, the unit of long accesses.
pub(crate) const BLOCK: usize = 32;
/// Bytes of a word, the unit of short accesses.
pub(crate) const WORD: usize = 4;

/// Size of a slot in bytes.
pub(crate) const fn slot_len(slot: usize) -> usize {
    match slot {
        0..=7 => 36,
        8 => 416,
        _ => 72,
    }
}

/// Where a slot's bytes are when all slots stand one after the other.
pub(crate) const fn slot_range(slot: usize) -> Range<usize> {
    let start = match slot {
        0..=8 => 36 * slot,
        _ => 8 * 36 + 416 + (slot - 9) * 72,
    };
    start..start + slot_len(slot)
}

/// Slots 8 to 15 are large enough for a public key (chip reference 4.16).
pub(crate) const fn holds_public_keys(slot: usize) -> bool {
    slot >= 8
}

/// A zone, and the slot for the data zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Zone {
    Config,
    Otp,
    Slot(usize),
}

impl Zone {
    fn len(self) -> usize {
        match self {
            Zone::Config => 128,
            Zone::Otp => 64,
            Zone::Slot(slot) => slot_len(slot),
        }
    }
}

/// The bits of an address that have no meaning in its zone.
pub(crate) const fn unused_bits(zone_bits: u8) -> u16 {
    match zone_bits {
        0 => 0xFFE0,
        1 => 0xFFF0,
        _ => 0x0080,
    }
}

/// What a Read or Write is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Place {
    pub(crate) zone: Zone,
    /// First byte inside the zone or slot.
    pub(crate) offset: usize,
    /// A whole block, else one word.
    pub(crate) block: bool,
}

impl Place {
    /// Decodes zone bits and address. Unused address bits and addresses outside the zone are parse errors
    /// (UNVERIFIED, chip reference U4, U5).
    pub(crate) fn decode(zone_bits: u8, p2: u16, block: bool) -> Result<Place, Refused> {
        let (zone, block_number) = match zone_bits {
            0 => (Zone::Config, p2 >> 3 & 3),
            1 => (Zone::Otp, p2 >> 3 & 1),
            2 => (Zone::Slot(usize::from(p2 >> 3 & 0xF)), p2 >> 8),
            _ => return Err(illegal(Rule::Param1)),
        };
        // The word bits of a block access are ignored (chip reference D27).
        let word = if block { 0 } else { p2 & 7 };
        let offset = usize::from(block_number) * BLOCK + usize::from(word) * WORD;
        require_legal(p2 & unused_bits(zone_bits) == 0 && offset < zone.len(), Rule::OutsideZone)?;
        Ok(Place { zone, offset, block })
    }

    /// The same number of bytes from a later word on.
    pub(crate) fn at_word(self, word: u16) -> Place {
        Place { offset: self.offset + usize::from(word) * WORD, ..self }
    }

    /// The bytes that exist: the last block of a slot is shorter than 32.
    pub(crate) fn range(self) -> Range<usize> {
        let wanted = if self.block { BLOCK } else { WORD };
        self.offset..(self.offset + wanted).min(self.zone.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_fill_the_data_zone() {
        let mut end = 0;
        for slot in 0..SLOTS {
            assert_eq!(slot_range(slot).start, end);
            end = slot_range(slot).end;
        }
        assert_eq!(end, DATA_SIZE);
    }

    #[test]
    fn example_of_4_2() {
        let place = Place::decode(2, 0x014D, false).unwrap();
        assert_eq!((place.zone, place.offset), (Zone::Slot(9), 52));
    }

    #[test]
    fn every_word_exists_once() {
        for (zone_bits, bytes) in [(0, 128), (1, 64), (2, DATA_SIZE)] {
            let words = (0..=u16::MAX).filter(|p2| Place::decode(zone_bits, *p2, false).is_ok()).count();
            assert_eq!(words * WORD, bytes, "zone {zone_bits}");
        }
        assert!((0..=u16::MAX).all(|p2| Place::decode(3, p2, false).is_err()));
    }

    #[test]
    fn block_access_ignores_the_word_and_is_cut_at_the_end() {
        let place = Place::decode(2, 0x0251, true).unwrap();
        assert_eq!((place.zone, place.range()), (Zone::Slot(10), 64..72));
        assert_eq!(Place::decode(2, 0x0351, true), Err(illegal(Rule::OutsideZone)));
    }
}
