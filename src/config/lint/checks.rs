//! Which check finds which kind, and where it looks.

use super::kind::Kind;
use super::view::{Hit, View};
use super::{chip, contents, counters, private, protection, references, replay};
use crate::memory::Slot;

/// Where a check looks.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// Once.
    Chip,
    /// In each slot.
    Slot,
    /// At each byte.
    Byte,
}

impl Place {
    /// The last position.
    pub(super) const fn last(self) -> u8 {
        match self {
            Self::Chip => 0,
            Self::Slot => 15,
            Self::Byte => 127,
        }
    }

    /// The slot at a position.
    pub(super) const fn slot(self, position: u8) -> Option<Slot> {
        match self {
            Self::Slot => Some(Slot::from_nibble(position)),
            Self::Chip | Self::Byte => None,
        }
    }
}

macro_rules! checks {
    ($($kind:ident => $place:ident($check:path),)*) => {
        impl Kind {
            pub(super) const fn place(self) -> Place {
                match self { $(Self::$kind => Place::$place,)* }
            }

            /// What there is at a position.
            pub(super) const fn check(self, view: &View<'_>, position: u8) -> Option<Hit> {
                match self { $(Self::$kind => checks!(@ $place $check, view, position),)* }
            }
        }
    };
    (@ Chip $check:path, $view:expr, $position:expr) => { $check($view) };
    (@ Slot $check:path, $view:expr, $position:expr) => { $check($view, Slot::from_nibble($position)) };
    (@ Byte $check:path, $view:expr, $position:expr) => { $check($view, $position) };
}

checks! {
    MadeFor508A => Chip(chip::made_for_508a),
    PrivateKeyType => Slot(private::key_type),
    PrivateKeyNotSecret => Slot(private::not_secret),
    PrivateKeyCopied => Slot(private::copied),
    PrivateKeyUseless => Slot(private::useless),
    PrivateKeyReplaceable => Slot(private::replaceable),
    PrivateKeyWritten => Slot(private::written),
    PrivateKeyMadeOnce => Slot(private::made_once),
    PublicKeyLost => Slot(private::public_key_lost),
    NoRoomForCertificate => Slot(private::no_room_for_certificate),
    EcdhTarget => Slot(private::ecdh_target),
    EcdhTargetReadable => Slot(private::ecdh_target_readable),
    EcdhOverwrites => Slot(private::ecdh_overwrites),
    EcdhBitAlone => Slot(private::ecdh_bit_alone),
    EcdhClear => Slot(private::ecdh_clear),
    ReqRandomIgnored => Slot(private::req_random),
    ReservedKeyType => Slot(contents::reserved_type),
    PublicKeyTooSmall => Slot(contents::too_small),
    PublicKeyReplaceable => Slot(contents::public_key_replaceable),
    AesKeyReadable => Slot(contents::aes_readable),
    AesDisabled => Slot(contents::aes_disabled),
    SecretReplaceable => Slot(contents::secret_replaceable),
    DataWritable => Slot(contents::data_writable),
    EncryptReadWithoutSecret => Slot(contents::encrypt_read),
    ContentsWrittenOnce => Slot(contents::written_once),
    EncryptedTail => Slot(contents::encrypted_tail),
    DerivedByAnyone => Slot(contents::derived_by_anyone),
    KeyUnusable => Slot(contents::unusable),
    CopyTarget => Slot(contents::copy_target),
    GuessableByMac => Slot(contents::guessable),
    GuessableByGenDig => Slot(contents::guessable_by_gen_dig),
    ResultReadable => Slot(contents::result_readable),
    ReadableByKdf => Slot(contents::readable_by_kdf),
    LockableOpen => Slot(contents::lockable_open),
    LockedEarly => Slot(contents::locked_early),
    ReadKeyUnusable => Slot(references::read_key_unusable),
    ReadKeySelf => Slot(references::read_key_self),
    ReadKeyExposed => Slot(references::read_key_exposed),
    WriteKeyUnusable => Slot(references::write_key_unusable),
    WriteKeySelf => Slot(references::write_key_self),
    WriteKeyExposed => Slot(references::write_key_exposed),
    EncryptsWithNoMac => Slot(replay::encrypts_with_no_mac),
    EncryptedAccessReplayed => Slot(replay::encrypted_access),
    DeriveReplayed => Slot(replay::derive),
    DeriveMacReplayed => Slot(replay::derive_mac),
    AuthorisationReplayed => Slot(replay::authorisation),
    AuthorisedByMac => Slot(replay::authorised_by_mac),
    ValidationReplayed => Slot(replay::validation),
    DeriveUnusable => Slot(references::derive_unusable),
    DeriveParentExposed => Slot(references::derive_parent_exposed),
    AuthKeyUnusable => Slot(references::auth_key_unusable),
    AuthKeySelf => Slot(references::auth_key_self),
    AuthKeyExposed => Slot(references::auth_key_exposed),
    KeyTypeUnproven => Slot(references::key_type_unproven),
    ParentUnusable => Slot(references::parent_unusable),
    ParentSelf => Slot(references::parent_self),
    ParentExposed => Slot(references::parent_exposed),
    ReqRandomPublicKey => Slot(references::req_random_public),
    LimitWithoutLimit => Slot(counters::without_limit),
    LimitSpent => Slot(counters::spent),
    LimitShared => Chip(counters::shared),
    CounterPattern => Byte(counters::pattern),
    CountMatchUnused => Chip(counters::match_unused),
    CountMatchSlot => Chip(counters::match_slot),
    CountMatchExposed => Chip(counters::match_exposed),
    SecureBootKey => Chip(protection::boot_key),
    SecureBootKeyExposed => Chip(protection::boot_key_exposed),
    SecureBootStore => Chip(protection::boot_store),
    SecureBootStoreExposed => Chip(protection::boot_store_exposed),
    SecureBootSameSlot => Chip(protection::boot_same_slot),
    IoKeyPrivate => Chip(protection::io_key_private),
    IoKeyReadable => Chip(protection::io_key_readable),
    IoKeyReplaceable => Chip(protection::io_key_replaceable),
    IoKeyMissing => Chip(protection::io_key_missing),
    OutputProtectionInvalid => Chip(protection::protection_invalid),
    IvFunction => Chip(protection::iv_function),
    LatchNeverSet => Slot(protection::latch_never_set),
    LatchKeyUnusable => Chip(protection::latch_key),
    LatchUnused => Chip(protection::latch_unused),
    AddressReserved => Chip(chip::address_reserved),
    AddressChanges => Chip(chip::address_changes),
    AddressOpen => Chip(chip::address_open),
    AddressAlternate => Chip(chip::address_alternate),
    SingleWire => Chip(chip::single_wire),
    ReservedBits => Byte(chip::reserved_bits),
    ReservedKeyBits => Slot(chip::reserved_key_bits),
    ClockUnknown => Chip(chip::clock_unknown),
    ClockSlow => Chip(chip::clock_slow),
    LongWatchdog => Chip(chip::long_watchdog),
    TtlThresholds => Chip(chip::ttl_thresholds),
    SelfTestAtWake => Chip(chip::self_test),
    TransportLock => Chip(chip::transport_lock),
    CertificateFormat => Slot(chip::certificate_format),
    LostAtConfigLock => Chip(chip::lost_at_config_lock),
    LostAtDataLock => Chip(chip::lost_at_data_lock),
}
