//! Findings on what slots hold.

use super::Row;
use atecc608::config::lint::Kind;
use atecc608::config::lint::Severity::{Error, Notice, Warning};

pub(super) const PRIVATE: [Row; 15] = [
    (Kind::PrivateKeyType, Error, Some(2), |d| d.slot(2, 0x8081, 0x001F), |d| d.slot(2, 0x8081, 0x0013)),
    (Kind::PrivateKeyNotSecret, Error, Some(2), |d| d.slot(2, 0x8001, 0x0013), |d| d.slot(2, 0x8081, 0x0013)),
    (
        Kind::PrivateKeyCopied,
        Error,
        Some(3),
        |d| d.slot(3, 0x8080, 0x0013).slot(2, 0x8F8F, 0x001C),
        |d| d.slot(3, 0x8081, 0x0013).slot(2, 0x8F8F, 0x001C),
    ),
    (Kind::PrivateKeyUseless, Error, Some(2), |d| d.slot(2, 0x8088, 0x0013), |d| d.slot(2, 0x8084, 0x0013)),
    (
        Kind::PrivateKeyReplaceable,
        Warning,
        Some(2),
        |d| d.slot(2, 0x2081, 0x0013),
        |d| d.slot(2, 0x8081, 0x0013),
    ),
    (
        Kind::PrivateKeyWritten,
        Warning,
        Some(2),
        |d| d.good_key().slot(2, 0x4981, 0x0013),
        |d| d.good_key().slot(2, 0x8981, 0x0013),
    ),
    (Kind::PrivateKeyMadeOnce, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0013), |d| d.slot(2, 0x2081, 0x0013)),
    (Kind::PublicKeyLost, Warning, Some(2), |d| d.slot(2, 0x8081, 0x0011), |d| d.slot(2, 0x2081, 0x0011)),
    (
        Kind::NoRoomForCertificate,
        Notice,
        Some(2),
        // Slot 7 is too small, slot 9 secret, slot 10 fixed.
        |d| d.good_key().slot(2, 0x2081, 0x0013).slot(7, 0x0F0F, 0x001C).slot(10, 0x8F0F, 0x001C),
        |d| d.good_key().slot(2, 0x2081, 0x0013).slot(10, 0x490F, 0x001C),
    ),
    (Kind::EcdhTarget, Error, Some(3), |d| d.slot(3, 0x808C, 0x0013), |d| d.slot(2, 0x808C, 0x0013)),
    (
        Kind::EcdhTargetReadable,
        Error,
        Some(2),
        |d| d.slot(2, 0x808C, 0x0013).slot(3, 0x8F0F, 0x001C),
        |d| d.slot(2, 0x808C, 0x0013).slot(3, 0x8F8F, 0x001C),
    ),
    (
        Kind::EcdhOverwrites,
        Warning,
        Some(3),
        |d| d.slot(2, 0x8084, 0x0013).slot(3, 0x8F8F, 0x001C),
        |d| d.slot(3, 0x8084, 0x0013).slot(4, 0x8F8F, 0x001C),
    ),
    (Kind::EcdhBitAlone, Warning, Some(2), |d| d.slot(2, 0x8089, 0x0013), |d| d.slot(2, 0x808D, 0x0013)),
    (
        Kind::EcdhClear,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8084, 0x0013),
        |d| d.slot(2, 0x8084, 0x0013).byte(91, 2),
    ),
    (Kind::ReqRandomIgnored, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0053), |d| d.slot(2, 0x8F8F, 0x005C)),
];

pub(super) const CONTENTS: [Row; 19] = [
    (Kind::ReservedKeyType, Error, Some(2), |d| d.slot(2, 0x8F8F, 0x0014), |d| d.slot(2, 0x8F8F, 0x0018)),
    (Kind::PublicKeyTooSmall, Error, Some(7), |d| d.slot(7, 0x8F0F, 0x0010), |d| d.slot(8, 0x8F0F, 0x0010)),
    (
        Kind::PublicKeyReplaceable,
        Error,
        Some(9),
        |d| d.slot(9, 0x0F0F, 0x0010),
        |d| d.slot(9, 0x8F0F, 0x0010),
    ),
    (Kind::AesKeyReadable, Error, Some(2), |d| d.slot(2, 0x8F1F, 0x0018), |d| d.slot(2, 0x8F9F, 0x0018)),
    (
        Kind::AesDisabled,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F9F, 0x0018).byte(13, 0),
        |d| d.slot(2, 0x8F9F, 0x0018),
    ),
    (Kind::SecretReplaceable, Warning, Some(2), |d| d.slot(2, 0x0F8F, 0x001C), |d| d.slot(2, 0x8F8F, 0x001C)),
    (Kind::DataWritable, Notice, Some(8), |d| d.slot(8, 0x0F0F, 0x001C), |d| d.slot(8, 0x8F0F, 0x001C)),
    (
        Kind::EncryptReadWithoutSecret,
        Warning,
        Some(2),
        |d| d.good_key().slot(2, 0x8F49, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ContentsWrittenOnce,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x001C),
        |d| d.slot(2, 0x0F8F, 0x001C),
    ),
    (
        Kind::EncryptedTail,
        Notice,
        Some(10),
        |d| d.good_key().slot(10, 0x490F, 0x001C),
        // Slot 8 ends with a whole block; slot 11 can't be read in clear.
        |d| d.good_key().slot(8, 0x490F, 0x001C).slot(11, 0x49CF, 0x001C),
    ),
    (Kind::DerivedByAnyone, Warning, Some(2), |d| d.slot(2, 0x228F, 0x001C), |d| d.slot(2, 0xA28F, 0x001C)),
    (
        Kind::KeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x029C),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (
        Kind::CopyTarget,
        Warning,
        Some(3),
        |d| d.slot(3, 0x8F80, 0x001C),
        |d| d.slot(3, 0x8F8F, 0x001C).slot(4, 0x8F80, 0x001C),
    ),
    (
        Kind::GuessableByMac,
        Notice,
        Some(2),
        |d| d.good_key().slot(2, 0x49C9, 0x001C),
        |d| d.good_key().slot(2, 0x49D9, 0x001C),
    ),
    (
        Kind::GuessableByGenDig,
        Notice,
        Some(2),
        |d| d.good_key().slot(2, 0x49D9, 0x001C),
        |d| d.good_key().slot(2, 0x49D9, 0x099C),
    ),
    (
        Kind::ResultReadable,
        Error,
        Some(8),
        |d| d.slot(8, 0x0F0F, 0x001C).byte(91, 0x08),
        |d| d.slot(8, 0x0F0F, 0x001C),
    ),
    (
        Kind::ReadableByKdf,
        Notice,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x001C),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(2, 0x8F8F, 0x099C),
    ),
    (Kind::LockableOpen, Notice, Some(2), |d| d.slot(2, 0x8081, 0x0033), |d| d.slot(2, 0x8081, 0x0013)),
    (Kind::LockedEarly, Error, Some(2), |d| d.slot(2, 0x8081, 0x0033).byte(88, 0xFB), |d| d.byte(88, 0xFB)),
];
