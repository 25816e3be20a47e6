//! How a public key lies in a slot (chip reference 4.16): four bytes, X, four bytes, Y.

use crate::key::PublicKey;
use crate::memory::{Block, PublicKeySlot, Slot};

/// The blocks that hold it.
pub(super) fn places(slot: PublicKeySlot) -> impl Iterator<Item = Block> {
    (0..3).filter_map(move |block| Block::data(slot.slot(), block))
}

/// The bytes with their padding.
pub(super) fn padded(key: &PublicKey) -> impl Iterator<Item = u8> {
    let [x, y] = [key.x(), key.y()].map(|half| half.iter().copied());
    [0; 4].into_iter().chain(x).chain([0; 4]).chain(y)
}

/// The blocks with their bytes.
pub(super) fn stored(slot: PublicKeySlot, key: &PublicKey) -> impl Iterator<Item = (Block, [u8; 32])> {
    let mut bytes = padded(key);
    // The last block is filled up; but in slot 8 the chip ignores that.
    let behind = if slot.slot() == Slot::S8 { 0xFF } else { 0 };
    places(slot).map(move |block| (block, core::array::from_fn(|_| bytes.next().unwrap_or(behind))))
}

/// A key of which the bytes come one after the other, with their padding.
pub(super) struct StoredKey {
    key: [u8; 64],
    offset: usize,
    filled: usize,
}

impl StoredKey {
    pub(super) const fn new() -> Self {
        Self { key: [0; 64], offset: 0, filled: 0 }
    }

    /// The next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
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
