//! Findings on slots that name other slots.

use super::Row;
use atecc608::config::lint::Kind;
use atecc608::config::lint::Severity::{Error, Warning};

pub(super) const REFERENCES: [Row; 15] = [
    (
        Kind::ReadKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8FC9, 0x001C).slot(9, 0x8081, 0x0013),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ReadKeySelf,
        Warning,
        Some(2),
        |d| d.slot(2, 0x8FC2, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::ReadKeyExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0x8FC9, 0x001C).slot(9, 0x0F8F, 0x001C),
        |d| d.good_key().slot(2, 0x8FC9, 0x001C),
    ),
    (
        Kind::WriteKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x498F, 0x001C).slot(9, 0x8F8F, 0x099C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::WriteKeySelf,
        Warning,
        Some(2),
        |d| d.slot(2, 0x428F, 0x001C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::WriteKeyExposed,
        Warning,
        Some(2),
        |d| d.slot(2, 0x498F, 0x001C).slot(9, 0x0F8F, 0x003C),
        |d| d.good_key().slot(2, 0x498F, 0x001C),
    ),
    (
        Kind::DeriveUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x398F, 0x001C).slot(9, 0x8081, 0x0013),
        |d| d.good_key().slot(2, 0x398F, 0x001C),
    ),
    (
        Kind::DeriveParentExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0xB98F, 0x001C).slot(9, 0x8F0F, 0x001C),
        |d| d.good_key().slot(2, 0xB98F, 0x001C),
    ),
    (
        Kind::AuthKeyUnusable,
        Error,
        Some(2),
        |d| d.slot(2, 0x8F8F, 0x099C).slot(9, 0x8F8F, 0x0018),
        |d| d.good_key().slot(2, 0x8F8F, 0x099C),
    ),
    (
        Kind::AuthKeySelf,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x0293),
        |d| d.good_key().slot(2, 0x8081, 0x0993),
    ),
    (
        Kind::AuthKeyExposed,
        Error,
        Some(2),
        |d| d.slot(2, 0x8081, 0x0993).slot(9, 0x0F8F, 0x001C),
        |d| d.good_key().slot(2, 0x8081, 0x0993),
    ),
    (
        Kind::ParentUnusable,
        Error,
        Some(10),
        |d| d.good_key().slot(10, 0x1F09, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ParentSelf,
        Error,
        Some(10),
        |d| d.slot(10, 0x1F0A, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ParentExposed,
        Warning,
        Some(10),
        |d| d.slot(9, 0x0F0F, 0x0030).slot(10, 0x1F09, 0x0012),
        |d| d.slot(9, 0x8F0F, 0x0010).slot(10, 0x1F09, 0x0012),
    ),
    (
        Kind::ReqRandomPublicKey,
        Warning,
        Some(9),
        |d| d.slot(9, 0x8F0F, 0x0050),
        |d| d.slot(9, 0x8F0F, 0x0010),
    ),
];
