//! How a public key lies in the blocks of a slot (chip reference 4.16).

use crate::key::{PADDED, PublicKey};
use crate::memory::{Block, PublicKeySlot, Slot};

/// The blocks that hold it.
pub(super) fn places(slot: PublicKeySlot) -> impl Iterator<Item = Block> {
    (0..3).filter_map(move |block| Block::data(slot.slot(), block))
}

/// The blocks with their bytes.
pub(super) fn stored(slot: PublicKeySlot, key: &PublicKey) -> impl Iterator<Item = (Block, [u8; 32])> {
    let mut bytes = key.to_padded().into_iter();
    // The last block is filled up; but in slot 8 the chip ignores that.
    let behind = if slot.slot() == Slot::S8 { 0xFF } else { 0 };
    places(slot).map(move |block| (block, core::array::from_fn(|_| bytes.next().unwrap_or(behind))))
}

/// A key of which the blocks come one after the other.
pub(super) struct StoredKey {
    bytes: [u8; PADDED],
    filled: usize,
}

impl StoredKey {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; PADDED], filled: 0 }
    }

    /// The next block.
    pub(super) fn add(&mut self, block: &[u8; 32]) {
        for (to, from) in self.bytes.iter_mut().skip(self.filled).zip(block) {
            *to = *from;
        }
        self.filled += block.len();
    }

    pub(super) fn get(&self) -> PublicKey {
        PublicKey::from_padded(&self.bytes)
    }
}
