//! Which check finds which kind.

use super::kind::Kind;
use super::view::{Hit, View};
use super::{chip, contents, counters, private, protection, references};
use crate::slot::Slot;

/// Where a check looks.
pub(super) enum Check {
    /// Once.
    Chip(fn(&View<'_>) -> Option<Hit>),
    /// In each slot.
    Slot(fn(&View<'_>, Slot) -> Option<Hit>),
    /// At each byte.
    Byte(fn(&View<'_>, u8) -> Option<Hit>),
}

impl Kind {
    pub(super) const fn check(self) -> Check {
        use Check::{Byte, Chip, Slot};
        match self {
            Self::PrivateKeyType => Slot(private::key_type),
            Self::PrivateKeyNotSecret => Slot(private::not_secret),
            Self::PrivateKeyCopied => Slot(private::copied),
            Self::PrivateKeyUseless => Slot(private::useless),
            Self::PrivateKeyReplaceable => Slot(private::replaceable),
            Self::PrivateKeyWritten => Slot(private::written),
            Self::PrivateKeyMadeOnce => Slot(private::made_once),
            Self::EcdhTarget => Slot(private::ecdh_target),
            Self::EcdhTargetReadable => Slot(private::ecdh_target_readable),
            Self::EcdhOverwrites => Slot(private::ecdh_overwrites),
            Self::EcdhBitAlone => Slot(private::ecdh_bit_alone),
            Self::EcdhClear => Slot(private::ecdh_clear),
            Self::ReqRandomIgnored => Slot(private::req_random),
            Self::ReservedKeyType => Slot(contents::reserved_type),
            Self::PublicKeyTooSmall => Slot(contents::too_small),
            Self::PublicKeyReplaceable => Slot(contents::public_key_replaceable),
            Self::AesKeyReadable => Slot(contents::aes_readable),
            Self::AesDisabled => Slot(contents::aes_disabled),
            Self::SecretReplaceable => Slot(contents::secret_replaceable),
            Self::DataWritable => Slot(contents::data_writable),
            Self::EncryptReadWithoutSecret => Slot(contents::encrypt_read),
            Self::ContentsWrittenOnce => Slot(contents::written_once),
            Self::DerivedByAnyone => Slot(contents::derived_by_anyone),
            Self::KeyUnusable => Slot(contents::unusable),
            Self::CopyTarget => Slot(contents::copy_target),
            Self::GuessableByMac => Slot(contents::guessable),
            Self::GuessableByGenDig => Slot(contents::guessable_by_gen_dig),
            Self::ResultReadable => Slot(contents::result_readable),
            Self::ReadableByKdf => Slot(contents::readable_by_kdf),
            Self::LockableOpen => Slot(contents::lockable_open),
            Self::LockedEarly => Slot(contents::locked_early),
            Self::ReadKeyUnusable => Slot(references::read_key_unusable),
            Self::ReadKeySelf => Slot(references::read_key_self),
            Self::ReadKeyExposed => Slot(references::read_key_exposed),
            Self::WriteKeyUnusable => Slot(references::write_key_unusable),
            Self::WriteKeySelf => Slot(references::write_key_self),
            Self::WriteKeyExposed => Slot(references::write_key_exposed),
            Self::DeriveUnusable => Slot(references::derive_unusable),
            Self::DeriveParentExposed => Slot(references::derive_parent_exposed),
            Self::AuthKeyUnusable => Slot(references::auth_key_unusable),
            Self::AuthKeySelf => Slot(references::auth_key_self),
            Self::AuthKeyExposed => Slot(references::auth_key_exposed),
            Self::ParentUnusable => Slot(references::parent_unusable),
            Self::ParentSelf => Slot(references::parent_self),
            Self::ParentExposed => Slot(references::parent_exposed),
            Self::ReqRandomPublicKey => Slot(references::req_random_public),
            Self::LimitWithoutLimit => Slot(counters::without_limit),
            Self::LimitSpent => Slot(counters::spent),
            Self::LimitShared => Chip(counters::shared),
            Self::CounterPattern => Byte(counters::pattern),
            Self::CountMatchUnused => Chip(counters::match_unused),
            Self::CountMatchSlot => Chip(counters::match_slot),
            Self::CountMatchExposed => Chip(counters::match_exposed),
            Self::SecureBootKey => Chip(protection::boot_key),
            Self::SecureBootKeyExposed => Chip(protection::boot_key_exposed),
            Self::SecureBootStore => Chip(protection::boot_store),
            Self::SecureBootStoreExposed => Chip(protection::boot_store_exposed),
            Self::SecureBootSameSlot => Chip(protection::boot_same_slot),
            Self::IoKeyPrivate => Chip(protection::io_key_private),
            Self::IoKeyReadable => Chip(protection::io_key_readable),
            Self::IoKeyReplaceable => Chip(protection::io_key_replaceable),
            Self::IoKeyMissing => Chip(protection::io_key_missing),
            Self::OutputProtectionInvalid => Chip(protection::protection_invalid),
            Self::IvFunction => Chip(protection::iv_function),
            Self::LatchNeverSet => Slot(protection::latch_never_set),
            Self::LatchKeyUnusable => Chip(protection::latch_key),
            Self::LatchUnused => Chip(protection::latch_unused),
            Self::AddressReserved => Chip(chip::address_reserved),
            Self::AddressChanges => Chip(chip::address_changes),
            Self::AddressOpen => Chip(chip::address_open),
            Self::AddressAlternate => Chip(chip::address_alternate),
            Self::SingleWire => Chip(chip::single_wire),
            Self::ReservedBits => Byte(chip::reserved_bits),
            Self::ReservedKeyBits => Slot(chip::reserved_key_bits),
            Self::ClockUnknown => Chip(chip::clock_unknown),
            Self::ClockSlow => Chip(chip::clock_slow),
            Self::LongWatchdog => Chip(chip::long_watchdog),
            Self::TtlThresholds => Chip(chip::ttl_thresholds),
            Self::SelfTestAtWake => Chip(chip::self_test),
            Self::TransportLock => Chip(chip::transport_lock),
            Self::CertificateFormat => Slot(chip::certificate_format),
            Self::LostAtConfigLock => Chip(chip::lost_at_config_lock),
            Self::LostAtDataLock => Chip(chip::lost_at_data_lock),
        }
    }
}
