//! Slots of a configuration zone and their sizes.

/// Sets a slot's SlotConfig and KeyConfig in a configuration zone.
pub fn set_slot(zone: &mut [u8; 128], slot: usize, slot_config: u16, key_config: u16) {
    zone[20 + 2 * slot..][..2].copy_from_slice(&slot_config.to_le_bytes());
    zone[96 + 2 * slot..][..2].copy_from_slice(&key_config.to_le_bytes());
}

/// Size of a slot (chip reference 4.1).
pub fn slot_size(slot: usize) -> usize {
    match slot {
        0..=7 => 36,
        8 => 416,
        _ => 72,
    }
}
