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

pub(super) fn made_for_508a(view: &View<'_>) -> Option<Hit> {
    let (first, last) = match (view.zone.has_last_key_use(), view.zone.has_otp_mode()) {
        (true, _) => (68, 83),
        (_, true) => (18, 18),
        _ => (4, 7),
    };
    view.zone.is_for_508a().then_some(Hit::bytes(Warning, first, last))
}

/// The alternate address is the one that counts.
fn alternate(view: &View<'_>) -> bool {
    view.zone.chip_mode().alternate_address() && view.zone.user_extra_add() != 0
}

fn address(view: &View<'_>) -> Option<Address> {
    if alternate(view) {
        Address::from_config_byte(view.zone.user_extra_add())
    } else {
        view.zone.i2c_address()
    }
}

pub(super) fn address_reserved(view: &View<'_>) -> Option<Hit> {
    let byte = if alternate(view) { OTHER_ADDRESS } else { ADDRESS };
    address(view).is_none().then_some(Hit::bytes(Error, byte, byte))
}

pub(super) fn address_changes(view: &View<'_>) -> Option<Hit> {
    let moved = !alternate(view) && address(view).is_some_and(|address| address != Address::DEFAULT);
    moved.then_some(Hit::bytes(Notice, ADDRESS, ADDRESS).at(address(view)))
}

pub(super) fn address_open(view: &View<'_>) -> Option<Hit> {
    let open = view.zone.chip_mode().alternate_address() && view.zone.user_extra_add() == 0;
    open.then_some(Hit::bytes(Warning, CHIP_MODE, CHIP_MODE))
}

pub(super) fn address_alternate(view: &View<'_>) -> Option<Hit> {
    alternate(view).then_some(Hit::bytes(Notice, OTHER_ADDRESS, OTHER_ADDRESS).at(address(view)))
}

pub(super) fn single_wire(view: &View<'_>) -> Option<Hit> {
    (view.zone.has_own_bytes() && !view.zone.i2c_enabled()).then_some(Hit::bytes(Error, 14, 14))
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

pub(super) fn reserved_bits(view: &View<'_>, offset: u8) -> Option<Hit> {
    let set = view.zone.byte(offset) & reserved(offset) != 0;
    set.then_some(Hit::bytes(Warning, offset, offset))
}

pub(super) fn reserved_key_bits(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let key = view.key(slot);
    let bits = key.bits();
    let stray = bits & 0x2000 != 0
        || !view.has(slot, KeyFlags::REQ_AUTH) && bits & 0x0F00 != 0
        || key.x509_id() != 0 && !view.public_key(slot);
    stray.then_some(Hit::key(Warning, slot))
}

pub(super) fn clock_unknown(view: &View<'_>) -> Option<Hit> {
    let unknown = matches!(view.zone.chip_mode().clock_divider(), ClockDivider::Unknown(_));
    unknown.then_some(Hit::bytes(Warning, CHIP_MODE, CHIP_MODE))
}

pub(super) fn clock_slow(view: &View<'_>) -> Option<Hit> {
    let slow = matches!(view.zone.chip_mode().clock_divider(), ClockDivider::M1 | ClockDivider::M2);
    slow.then_some(Hit::bytes(Notice, CHIP_MODE, CHIP_MODE))
}

pub(super) fn long_watchdog(view: &View<'_>) -> Option<Hit> {
    view.zone.chip_mode().long_watchdog().then_some(Hit::bytes(Notice, CHIP_MODE, CHIP_MODE))
}

pub(super) fn ttl_thresholds(view: &View<'_>) -> Option<Hit> {
    view.zone.chip_mode().ttl_enable().then_some(Hit::bytes(Notice, CHIP_MODE, CHIP_MODE))
}

pub(super) fn self_test(view: &View<'_>) -> Option<Hit> {
    view.zone.chip_options().power_on_self_test().then_some(Hit::bytes(Warning, 90, 90))
}

/// Codes 0 and 15 are seen on chips that work.
pub(super) fn transport_lock(view: &View<'_>) -> Option<Hit> {
    let off = matches!(view.zone.use_lock() & 0x0F, 0x0 | 0xF);
    (!off).then_some(Hit::bytes(Error, USE_LOCK, USE_LOCK))
}

/// Blocks 0 to `position` - 1, the key's block, and at least the padding.
pub(super) fn certificate_format(view: &View<'_>, slot: Slot) -> Option<Hit> {
    let id = view.key(slot).x509_id();
    let format = view.zone.x509_format(id);
    let fits = format == 0 || format >> 4 >= (format & 0x0F) + 2;
    let byte = X509_FORMAT + id;
    (view.needs_validation(slot) && !fits).then_some(Hit::bytes(Error, byte, byte))
}

pub(super) fn lost_at_config_lock(view: &View<'_>) -> Option<Hit> {
    (!view.zone.is_config_locked()).then_some(Hit::bytes(Notice, 87, 87))
}

pub(super) fn lost_at_data_lock(view: &View<'_>) -> Option<Hit> {
    (!view.zone.is_data_locked()).then_some(Hit::bytes(Notice, 86, 86))
}
