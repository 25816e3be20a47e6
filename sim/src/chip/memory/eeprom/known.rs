//! Private keys that are known by their public half alone: those of real chips whose public data somebody wrote down.

use super::Eeprom;
use crate::chip::crypto::ecc;
use crate::chip::memory::layout::{SLOTS, slot_len};
use std::collections::BTreeMap;

/// X and Y, by slot.
pub(super) type KnownKeys = BTreeMap<usize, [u8; 64]>;

/// One key as it is saved: its slot, X, Y.
const SAVED: usize = 65;

/// So many bytes may be saved keys.
pub(super) const fn fits(len: usize) -> bool {
    len.is_multiple_of(SAVED)
}

pub(super) fn put(keys: &KnownKeys, bytes: &mut Vec<u8>) {
    for (slot, key) in keys {
        bytes.extend([*slot as u8]);
        bytes.extend(key);
    }
}

/// None if a slot is none, or a key.
pub(super) fn take(saved: &[u8]) -> Option<KnownKeys> {
    let (keys, []) = saved.as_chunks::<SAVED>() else { return None };
    let key = |[slot, key @ ..]: &[u8; SAVED]| {
        let slot = usize::from(*slot);
        (slot < SLOTS && ecc::is_point(key)).then_some((slot, *key))
    };
    keys.iter().map(key).collect()
}

impl Eeprom {
    /// Says that a private key is in the slot of which only X and Y of the public key are known, big endian. GenKey
    /// gives this public key and Info says that the key is valid. Sign and ECDH would need the private key: they are
    /// refused by [`Rule::OnlyPublicKnown`](crate::chip::Rule::OnlyPublicKnown), which is a limit of the simulator
    /// and no rule of the chip.
    ///
    /// The slot is else as if nothing was ever stored there. The first write to it, by a command or by
    /// [`Eeprom::set_slot`] and its like, ends this.
    ///
    /// # Panics
    /// If `slot` is above 15 or `key` is no point of P-256.
    pub fn set_known_public_key(&mut self, slot: usize, key: &[u8; 64]) {
        assert!(slot < SLOTS, "no slot {slot}");
        assert!(ecc::is_point(key), "the key known of slot {slot} is no point of P-256");
        self.set_slot(slot, &vec![0xFF; slot_len(slot)]);
        self.known.insert(slot, *key);
    }

    /// X and Y of the public key, if that is all that is known of the slot's private key.
    #[must_use]
    pub fn known_public_key(&self, slot: usize) -> Option<&[u8; 64]> {
        self.known.get(&slot)
    }
}
