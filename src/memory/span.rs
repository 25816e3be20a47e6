//! Which blocks and words a range of bytes of a slot takes.

use crate::memory::Slot;
use crate::memory::{Block, Word, Zone};

const BLOCK: usize = 32;
const WORD: usize = 4;

/// What the range is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Blocks unless one word is enough: a block read costs no more time than a word read.
    Read,
    /// Whole blocks as blocks, the rest word by word.
    Write,
}

/// One access of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The block.
    pub(crate) block: Block,
    /// The word to access instead of the block.
    pub(crate) word: Option<Word>,
    /// Bytes at the start of the block or word that are not wanted.
    pub(crate) skip: usize,
    /// Bytes wanted.
    pub(crate) len: usize,
}

/// The accesses for `len` bytes from `offset`, in order; `None` beyond the slot. For writes,
/// offset and length are multiples of 4.
pub(crate) fn spans(
    slot: Slot,
    offset: usize,
    len: usize,
    access: Access,
) -> Option<impl Iterator<Item = Span>> {
    let end = offset.checked_add(len).filter(|end| *end <= slot.size())?;
    let mut at = offset;
    Some(core::iter::from_fn(move || {
        let skip = at % BLOCK;
        let block_end = (at - skip + BLOCK).min(slot.size());
        let len = end.min(block_end).checked_sub(at).filter(|len| *len > 0)?;
        let first_word = at % WORD + len <= WORD;
        let whole = skip == 0 && at + len == block_end;
        let span = if match access {
            Access::Read => first_word,
            Access::Write => !whole,
        } {
            let skip = at % WORD;
            let word = Word::data(slot, (at / WORD) as u8);
            Span { block: Block::in_slot(slot, at), word, skip, len: len.min(WORD - skip) }
        } else {
            Span { block: Block::in_slot(slot, at), word: None, skip, len }
        };
        at += span.len;
        Some(span)
    }))
}

impl Block {
    /// A block of the config or OTP zone that the caller knows to exist.
    pub(crate) const fn at(zone: Zone, block: u8) -> Self {
        let block = match zone {
            Zone::Otp => Self::otp(block & 1),
            Zone::Config | Zone::Data => Self::config(block & 3),
        };
        match block {
            Some(block) => block,
            // Not reached: the masks above.
            None => Self::FIRST,
        }
    }

    /// The block of a slot that holds the byte at `offset`, which the caller knows to exist.
    fn in_slot(slot: Slot, offset: usize) -> Self {
        Self::data(slot, (offset / BLOCK) as u8).unwrap_or(Self::FIRST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn plan(slot: Slot, offset: usize, len: usize, access: Access) -> Option<Vec<(bool, u16, usize, usize)>> {
        spans(slot, offset, len, access).map(|spans| {
            spans
                .map(|s| (s.word.is_some(), s.word.map_or(s.block.address(), Word::address), s.skip, s.len))
                .collect()
        })
    }

    #[test]
    fn every_range_of_every_slot_is_covered_once() {
        for slot in [Slot::S0, Slot::S8, Slot::S9] {
            for offset in 0..=slot.size() {
                for len in 0..=slot.size() - offset {
                    let mut at = offset;
                    for span in spans(slot, offset, len, Access::Read).unwrap() {
                        let start = match span.word {
                            Some(_) => at - at % 4,
                            None => at - at % 32,
                        };
                        assert_eq!(start + span.skip, at);
                        assert!(
                            span.len > 0 && span.skip + span.len <= if span.word.is_some() { 4 } else { 32 }
                        );
                        at += span.len;
                    }
                    assert_eq!(at, offset + len);
                }
                assert!(spans(slot, offset, slot.size() - offset + 1, Access::Read).is_none());
            }
            assert!(spans(slot, usize::MAX, 2, Access::Read).is_none());
        }
    }

    #[test]
    fn examples() {
        use Access::{Read, Write};
        // Slot 9, chip reference 4.2: byte 52 is word 5 of block 1.
        assert_eq!(plan(Slot::S9, 52, 4, Read), Some(Vec::from([(true, 0x014D, 0, 4)])));
        assert_eq!(plan(Slot::S9, 53, 2, Read), Some(Vec::from([(true, 0x014D, 1, 2)])));
        assert_eq!(plan(Slot::S9, 53, 4, Read), Some(Vec::from([(false, 0x0148, 21, 4)])));
        assert_eq!(
            plan(Slot::S9, 0, 72, Write),
            Some(Vec::from([(false, 0x0048, 0, 32), (false, 0x0148, 0, 32), (false, 0x0248, 0, 8)]))
        );
        assert_eq!(
            plan(Slot::S9, 60, 8, Write),
            Some(Vec::from([(true, 0x014F, 0, 4), (true, 0x0248, 0, 4)]))
        );
        assert_eq!(plan(Slot::S9, 10, 0, Read), Some(Vec::new()));
    }
}
