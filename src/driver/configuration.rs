//! What the operations on the configuration zone work out between two commands.

use crate::config::{ConfigZone, LockState};

/// Block with the lock bytes.
pub(super) const LOCKS: u8 = 2;
/// Blocks that Write takes as a whole.
const WHOLE: [u8; 2] = [1, 3];

/// The words of a block that differ, and whether it is shorter to write it whole.
pub(super) fn difference<'z>(
    present: &'z ConfigZone,
    wanted: &'z ConfigZone,
    block: u8,
) -> (impl Iterator<Item = u8> + Clone + 'z, bool) {
    let differing = (8 * block..8 * block + 8).filter(move |&word| present.word(word) != wanted.word(word));
    let whole = WHOLE.contains(&block) && differing.clone().count() > 1;
    (differing, whole)
}

/// What the block with the lock bytes says.
pub(super) fn locks_in(block: &[u8; 32]) -> LockState {
    let mut zone = ConfigZone::from_bytes([0; 128]);
    zone.set_block(LOCKS, block);
    LockState::of(&zone)
}

/// What a locked zone that was written as wanted looks like later.
pub(super) fn as_locked(wanted: &mut ConfigZone, found: &ConfigZone) {
    // They are what they have become.
    for offset in (52..68).chain(84..88) {
        wanted.set_byte(offset, found.byte(offset));
    }
    // Slots that were to be locked must be; others may have been.
    for offset in 88..90 {
        wanted.set_byte(offset, wanted.byte(offset) & found.byte(offset));
    }
}
