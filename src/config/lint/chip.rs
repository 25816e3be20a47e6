//! The chip as a whole: address, modes, reserved bits, locks (chip reference 1.1, 4.3, 4.4, 4.10, 4.13).

use super::Severity::{Error, Notice, Warning};
use super::view::{Hit, View};
use crate::address::Address;
use crate::config::{ClockDivider, KeyFlags};
use crate::memory::Slot;

const ADDRESS: u8 = 16;
const CHIP_MODE: u8 = 19;
const USE_LOCK: u8 = 68;
const OTHER_ADDRESS: u8 = 85;
const X509_FORMAT: u8 = 92;

pub(super) const fn made_for_508a(view: &View<'_>) -> Option<Hit> {
    let (first, last) = match (view.zone.has_last_key_use(), view.zone.has_otp_mode()) {
        (true, _) => (68, 83),
        (_, true) => (18, 18),
        _ => (4, 7),
    };
    Hit::bytes(Warning, first, last).when(view.zone.is_for_508a())
}

/// The alternate address is the one that counts.
const fn alternate(view: &View<'_>) -> bool {
    view.zone.chip_mode().alternate_address() && view.zone.user_extra_add() != 0
}

const fn address(view: &View<'_>) -> Option<Address> {
    if alternate(view) {
        Address::from_config_byte(view.zone.user_extra_add())
    } else {
        view.zone.i2c_address()
    }
}

pub(super) const fn address_reserved(view: &View<'_>) -> Option<Hit> {
    let byte = if alternate(view) { OTHER_ADDRESS } else { ADDRESS };
    Hit::bytes(Error, byte, byte).when(address(view).is_none())
}

pub(super) const fn address_changes(view: &View<'_>) -> Option<Hit> {
    let moved = !alternate(view)
        && matches!(address(view), Some(address) if address.to_7bit() != Address::DEFAULT.to_7bit());
    Hit::bytes(Notice, ADDRESS, ADDRESS).at(address(view)).when(moved)
}

pub(super) const fn address_open(view: &View<'_>) -> Option<Hit> {
    let open = view.zone.chip_mode().alternate_address() && view.zone.user_extra_add() == 0;
    Hit::bytes(Warning, CHIP_MODE, CHIP_MODE).when(open)
}

pub(super) const fn address_alternate(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Notice, OTHER_ADDRESS, OTHER_ADDRESS).at(address(view)).when(alternate(view))
}

pub(super) const fn single_wire(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Error, 14, 14).when(view.zone.has_own_bytes() && !view.zone.i2c_enabled())
}

/// Bits that have no name in the configuration zone; those of slots are [`reserved_key_bits`].
const fn reserved(offset: u8) -> u8 {
    match offset {
        17 | 75..=83 => 0xFF,
        // CountMatch and the address have a bit or three too many.
        16 => 0x01,
        18 => 0x0E,
        // VolatileKeyPermission, SecureBoot, ChipOptions.
        69 => 0x70,
        70 => 0xE4,
        90 => 0xF0,
        _ => 0,
    }
}

pub(super) const fn reserved_bits(view: &View<'_>, offset: u8) -> Option<Hit> {
    let set = view.zone.byte(offset) & reserved(offset) != 0;
    Hit::bytes(Warning, offset, offset).when(set)
}

pub(super) const fn reserved_key_bits(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.key(slot);
    let bits = key.bits();
    let stray = bits & 0x2000 != 0
        || !view.has(slot, KeyFlags::REQ_AUTH) && bits & 0x0F00 != 0
        || key.x509_id() != 0 && !view.public_key(slot);
    Hit::key(Warning, slot).when(stray)
}

pub(super) const fn clock_unknown(view: &View<'_>) -> Option<Hit> {
    let unknown = matches!(view.zone.chip_mode().clock_divider(), ClockDivider::Unknown(_));
    Hit::bytes(Warning, CHIP_MODE, CHIP_MODE).when(unknown)
}

pub(super) const fn clock_slow(view: &View<'_>) -> Option<Hit> {
    let slow = matches!(view.zone.chip_mode().clock_divider(), ClockDivider::M1 | ClockDivider::M2);
    Hit::bytes(Notice, CHIP_MODE, CHIP_MODE).when(slow)
}

pub(super) const fn long_watchdog(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Notice, CHIP_MODE, CHIP_MODE).when(view.zone.chip_mode().long_watchdog())
}

pub(super) const fn ttl_thresholds(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Notice, CHIP_MODE, CHIP_MODE).when(view.zone.chip_mode().ttl_enable())
}

pub(super) const fn self_test(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Warning, 90, 90).when(view.zone.chip_options().power_on_self_test())
}

/// Codes 0 and 15 are seen on chips that work.
pub(super) const fn transport_lock(view: &View<'_>) -> Option<Hit> {
    let off = matches!(view.zone.use_lock() & 0x0F, 0x0 | 0xF);
    Hit::bytes(Error, USE_LOCK, USE_LOCK).when(!off)
}

/// Blocks 0 to `position` - 1, the key's block, and at least the padding.
pub(super) const fn certificate_format(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let id = view.key(slot).x509_id();
    let format = view.zone.x509_format(id);
    let fits = format == 0 || format >> 4 >= (format & 0x0F) + 2;
    let byte = X509_FORMAT + id;
    Hit::bytes(Error, byte, byte).when(view.needs_validation(slot) && !fits)
}

pub(super) const fn lost_at_config_lock(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Notice, 87, 87).when(!view.zone.is_config_locked())
}

pub(super) const fn lost_at_data_lock(view: &View<'_>) -> Option<Hit> {
    Hit::bytes(Notice, 86, 86).when(!view.zone.is_data_locked())
}
