//! How a public key lies in a slot (chip reference 4.16): four bytes, X, four bytes, Y.

use crate::key::PublicKey;
use crate::memory::{Block, PublicKeySlot, Slot};

/// The blocks that hold it.
pub(super) fn places(slot: PublicKeySlot) -> impl Iterator<Item = Block> {
    (0..3).filter_map(move |block| Block::data(slot.slot(), block))
}

/// The blocks with their bytes.
pub(super) fn stored(slot: PublicKeySlot, key: &PublicKey) -> impl Iterator<Item = (Block, [u8; 32])> {
    let mut bytes =
        [0; 4].into_iter().chain(key.x().iter().copied()).chain([0; 4]).chain(key.y().iter().copied());
    // The last block is filled up; but in slot 8 the chip ignores that.
    let behind = if slot.slot() == Slot::S8 { 0xFF } else { 0 };
    places(slot).map(move |block| (block, core::array::from_fn(|_| bytes.next().unwrap_or(behind))))
}

/// A key of which the blocks come one after the other.
pub(super) struct StoredKey {
    key: [u8; 64],
    offset: usize,
    filled: usize,
}

impl StoredKey {
    pub(super) const fn new() -> Self {
        Self { key: [0; 64], offset: 0, filled: 0 }
    }

    /// The next block.
    pub(super) fn add(&mut self, block: &[u8; 32]) {
        for byte in block {
            if matches!(self.offset, 4..36 | 40..72)
                && let Some(place) = self.key.get_mut(self.filled)
            {
                *place = *byte;
                self.filled += 1;
            }
            self.offset += 1;
        }
    }

    pub(super) const fn get(&self) -> PublicKey {
        PublicKey::from_bytes(self.key)
    }
}
