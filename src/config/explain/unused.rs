//! Whether a slot has a job at all.

use crate::config::constant::each_slot;
use crate::config::{ConfigZone, KeyFlags, KeyType, SlotConfig, SlotFlags};
use crate::memory::Slot;

/// Closed and without a way to open, and no job elsewhere in the zone.
pub(crate) const fn is_unused(zone: &ConfigZone, slot: Slot) -> bool {
    let (boot, key) = (zone.secure_boot(), zone.key_config(slot));
    let booting = boot.bits() & 3 != 0 && (boot.digest_slot().is(slot) || boot.key_slot().is(slot));
    each_slot!(other {
        if !other.is(slot) && refers(zone, other, slot) {
            return false;
        }
    });
    zone.slot_config(slot).bits() == SlotConfig::CLOSED.bits()
        && matches!(key.key_type(), KeyType::ShaOrData)
        && key.flags().is_empty()
        && !slot.is_in(zone.chip_options().io_protection_key())
        && !slot.is_in(zone.volatile_key_permission())
        && !slot.is_in(zone.count_match())
        && !booting
}

/// `from` names `to` as its read, write or authorising key.
const fn refers(zone: &ConfigZone, from: Slot, to: Slot) -> bool {
    let (config, key) = (zone.slot_config(from), zone.key_config(from));
    let public = matches!(key.key_type(), KeyType::P256) && key.flags().contains(KeyFlags::PUB_INFO);
    let reads = config.flags().contains(SlotFlags::ENCRYPT_READ) || public;
    let writes = config.write_config() & 0b0100 != 0 || config.write_config() & 0b0011 == 0b0011;
    let maccing = config.write_config() & 0b1010 == 0b1010;
    to.is_in(key.auth_key())
        || (!key.is_private() && reads && config.read_key().is(to))
        || ((writes || maccing) && config.write_key().is(to))
}
