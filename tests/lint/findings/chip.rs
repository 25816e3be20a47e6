//! Findings on counters, protection and the chip as a whole.

use super::{Draft, Row};
use atecc608::config::lint::Kind;
use atecc608::config::lint::Severity::{Error, Notice, Warning};

pub(super) const COUNTERS: [Row; 7] = [
    (
        Kind::LimitWithoutLimit,
        Warning,
        Some(2),
        |d| d.slot(2, 0x80A1, 0x0013),
        |d| d.slot(2, 0x80A1, 0x0013).byte(18, 0xA1),
    ),
    (
        Kind::LimitSpent,
        Error,
        Some(2),
        |d| {
            d.0[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
            d.slot(2, 0x80A1, 0x0013)
        },
        |d| {
            d.0[52..60].copy_from_slice(&[0, 0, 0, 3, 0xFF, 0xFF, 0xFF, 0xFF]);
            d.slot(2, 0x80A1, 0x0013)
        },
    ),
    (
        Kind::LimitShared,
        Notice,
        None,
        |d| d.slot(2, 0x80A1, 0x0013).slot(3, 0x80A1, 0x0013),
        |d| d.slot(2, 0x80A1, 0x0013),
    ),
    (Kind::CounterPattern, Warning, None, |d| d.byte(60, 0x12), |d| d.byte(60, 0x7F)),
    (
        Kind::CountMatchUnused,
        Warning,
        None,
        |d| d.byte(18, 0xA1),
        |d| d.byte(18, 0xA1).slot(2, 0x80A1, 0x0013),
    ),
    (
        Kind::CountMatchSlot,
        Error,
        None,
        |d| d.byte(18, 0x21).slot(2, 0x80A1, 0x0013),
        |d| d.byte(18, 0xA1).slot(2, 0x80A1, 0x0013),
    ),
    (
        Kind::CountMatchExposed,
        Warning,
        None,
        |d| d.byte(18, 0xA1).slot(10, 0x0F0F, 0x003C),
        |d| d.byte(18, 0xA1).slot(10, 0x8F0F, 0x003C),
    ),
];

/// Secure boot with its key in slot 11 and its digest in slot 12.
fn boot(draft: &mut Draft) -> &mut Draft {
    draft.byte(70, 0x03).byte(71, 0xBC).slot(11, 0x8F0F, 0x0010)
}

/// I/O protection key in slot 9.
fn io(draft: &mut Draft) -> &mut Draft {
    draft.good_key().byte(90, 0x02).byte(91, 0x90)
}

pub(super) const PROTECTION: [Row; 14] = [
    (Kind::SecureBootKey, Error, None, |d| boot(d).slot(11, 0x8F0F, 0x001C), boot),
    (Kind::SecureBootKeyExposed, Warning, None, |d| boot(d).slot(11, 0x0F0F, 0x0030), boot),
    (Kind::SecureBootStore, Error, None, |d| boot(d).slot(12, 0x8081, 0x0013), boot),
    (Kind::SecureBootStoreExposed, Error, None, |d| boot(d).slot(12, 0x0F0F, 0x003C), boot),
    (Kind::SecureBootSameSlot, Error, None, |d| boot(d).byte(71, 0xBB), boot),
    (Kind::IoKeyPrivate, Error, None, |d| io(d).slot(9, 0x8081, 0x0013), io),
    (Kind::IoKeyReadable, Error, None, |d| io(d).slot(9, 0x8F0F, 0x001C), io),
    (Kind::IoKeyReplaceable, Warning, None, |d| io(d).slot(9, 0x0F8F, 0x003C), io),
    (Kind::IoKeyMissing, Error, None, |d| d.byte(91, 0x01), |d| io(d).byte(91, 0x91)),
    (Kind::OutputProtectionInvalid, Error, None, |d| d.byte(91, 0x0C), |d| d.byte(91, 0x08)),
    (Kind::IvFunction, Warning, None, |d| d.byte(91, 0x08).byte(72, 9), |d| d.byte(91, 0x08)),
    (
        Kind::LatchNeverSet,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x1013),
        |d| d.good_key().slot(2, 0x8081, 0x1013).byte(69, 0x89),
    ),
    (
        Kind::LatchKeyUnusable,
        Error,
        None,
        |d| d.slot(9, 0x8081, 0x0013).byte(69, 0x89),
        |d| d.slot(9, 0x8F8F, 0x0018).byte(69, 0x89),
    ),
    (
        Kind::LatchUnused,
        Notice,
        None,
        |d| d.good_key().byte(69, 0x89),
        |d| d.good_key().slot(2, 0x8081, 0x1013).byte(69, 0x89),
    ),
];

pub(super) const CHIP: [Row; 16] = [
    (Kind::AddressReserved, Error, None, |d| d.byte(16, 0x00), |d| d.byte(16, 0x10)),
    (Kind::AddressChanges, Notice, None, |d| d.byte(16, 0x6A), |d| d.byte(16, 0xC0)),
    (Kind::AddressOpen, Warning, None, |d| d.byte(19, 0x01), |d| d.byte(19, 0x01).byte(85, 0x6A)),
    (Kind::AddressAlternate, Notice, None, |d| d.byte(19, 0x01).byte(85, 0x6A), |d| d.byte(85, 0x6A)),
    (Kind::SingleWire, Error, None, |d| d.byte(14, 0x54), |d| d.byte(14, 0x6D)),
    (Kind::MadeFor508A, Warning, None, |d| d.byte(18, 0x55), |d| d.byte(18, 0x51)),
    (Kind::ReservedBits, Warning, None, |d| d.byte(77, 0x01), |d| d.byte(77, 0x00)),
    (
        Kind::ReservedKeyBits,
        Warning,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x091C),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (Kind::ClockUnknown, Warning, None, |d| d.byte(19, 0x08), |d| d.byte(19, 0x28)),
    (Kind::ClockSlow, Notice, None, |d| d.byte(19, 0x68), |d| d.byte(19, 0x00)),
    (Kind::LongWatchdog, Notice, None, |d| d.byte(19, 0x04), |d| d.byte(19, 0x02)),
    (Kind::TtlThresholds, Notice, None, |d| d.byte(19, 0x02), |d| d.byte(19, 0x04)),
    (Kind::SelfTestAtWake, Warning, None, |d| d.byte(90, 0x01), |d| d.byte(90, 0x08)),
    (Kind::TransportLock, Error, None, |d| d.byte(68, 0x4A), |d| d.byte(68, 0xFF)),
    (
        Kind::CertificateFormat,
        Error,
        Some(10),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x4012).byte(93, 0x43),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x4012).byte(93, 0x42),
    ),
    (Kind::LostAtConfigLock, Notice, None, |d| d.byte(87, 0x55), |d| d.byte(87, 0x00)),
];

pub(super) const LOCKS: [Row; 1] =
    [(Kind::LostAtDataLock, Notice, None, |d| d.byte(86, 0x55), |d| d.byte(86, 0x00))];
