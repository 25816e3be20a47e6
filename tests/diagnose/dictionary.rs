//! From the chip's names of its rules to the driver's.

use atecc608::Slot;
use atecc608::diagnose::Rule;
use atecc608_sim::chip::Rule as Chip;

/// From what a rule can be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// From configuration, locks and command alone.
    Fixed,
    /// From what the chip tells when it is asked before the command.
    Told,
    /// From nothing: what was sent, secrets, registers that nothing shows.
    Hidden,
}

fn is(slot: Slot, number: usize) -> bool {
    slot.index() == number
}

// Each line: the chip's rule, its kind, and the driver's for it.
macro_rules! dictionary {
    ($rule:ident; $($name:ident $(($number:ident))?, $kind:ident, $driver:pat $(if $guard:expr)?,)*) => {
        /// The chip's rules.
        pub(crate) const NAMES: [&str; [$(stringify!($name)),*].len()] = [$(stringify!($name)),*];

        /// The name of the chip's rule, its kind, and whether the driver's rule is the same.
        pub(crate) fn translate(chip: Chip, $rule: Rule) -> (&'static str, Kind, bool) {
            match chip {
                $(Chip::$name $(($number))? => {
                    (stringify!($name), Kind::$kind, matches!($rule, $driver $(if $guard)?))
                })*
                other => panic!("a rule of the chip that is in no dictionary: {other:?}"),
            }
        }
    };
}

dictionary! {
    rule;
    Length, Fixed, Rule::Length,
    Param1, Fixed, Rule::Mode,
    Param2, Fixed, Rule::Param2,
    OutsideZone, Fixed, Rule::Address,
    PastEnd(n), Fixed, Rule::KeyBlock { slot } if is(slot, n),
    KdfKeyRange, Fixed, Rule::KeyRange,
    KdfTargetRange, Fixed, Rule::TargetSize,
    KdfMessageRange(n), Fixed, Rule::MessageSize { slot } if is(slot, n),
    HashState, Hidden, Rule::ContextBytes,
    NoAes, Fixed, Rule::NoAes,
    ConfigOpen, Fixed, Rule::ConfigUnlocked,
    ConfigSealed, Fixed, Rule::ConfigLocked,
    DataOpen, Fixed, Rule::DataUnlocked,
    DataSealed, Fixed, Rule::DataLocked,
    ProtectedBytes, Fixed, Rule::ConfigBytes,
    SlotSealed(n), Fixed, Rule::SlotLocked { slot } if is(slot, n),
    NotSealable(n), Fixed, Rule::NotLockable { slot } if is(slot, n),
    Checksum, Hidden, Rule::Summary,
    Private(n), Fixed, Rule::PrivateSlot { slot } if is(slot, n),
    NotPrivate(n), Fixed, Rule::NoPrivateKey { slot } if is(slot, n),
    NotPublic(n), Fixed, Rule::NoPublicKey { slot } if is(slot, n),
    NotAes(n), Fixed, Rule::NotAesKey { slot } if is(slot, n),
    NotValidatable(n), Fixed, Rule::NoValidation { slot } if is(slot, n),
    Transport, Fixed, Rule::TransportKey,
    ExternalSign(n), Fixed, Rule::ExternalSign { slot } if is(slot, n),
    InternalSign(n), Fixed, Rule::InternalSign { slot } if is(slot, n),
    Ecdh(n), Fixed, Rule::Ecdh { slot } if is(slot, n),
    EcdhToSlot(n), Fixed, Rule::EcdhToSlot { slot } if is(slot, n),
    GenKey(n), Fixed, Rule::GenKey { slot } if is(slot, n),
    PubInfo(n), Fixed, Rule::PublicKeyHidden { slot } if is(slot, n),
    PrivWrite(n), Fixed, Rule::PrivWrite { slot } if is(slot, n),
    Derive(n), Fixed, Rule::Derive { slot } if is(slot, n),
    DeriveMacPresence(n), Fixed, Rule::DeriveMac { slot, .. } if is(slot, n),
    NoMac(n), Fixed, Rule::NoMac { slot } if is(slot, n),
    NoMacOtherData(n), Fixed, Rule::OtherData { slot } if is(slot, n),
    ReadSecret(n), Fixed, Rule::Secret { slot } if is(slot, n),
    ReadEncryptedWord(n), Fixed, Rule::ReadWord { slot } if is(slot, n),
    ReadKey(n), Told, Rule::ReadKey { slot, .. } | Rule::OtherReadKey { slot, .. } if is(slot, n),
    ReadNonce(n), Told, Rule::ReadRandom { slot } if is(slot, n),
    WriteUnlockedWord(n), Fixed, Rule::WriteBlock { slot } if is(slot, n),
    WriteOtpWord, Fixed, Rule::WriteOtpBlock,
    WriteNever(n), Fixed, Rule::WriteNever { slot } if is(slot, n),
    WriteSecretWord(n), Fixed, Rule::WriteWordSecret { slot } if is(slot, n),
    WriteEncryptedWord(n), Fixed, Rule::WriteClearOnly { slot } if is(slot, n),
    WriteWord(n), Fixed, Rule::WriteWord { slot } if is(slot, n),
    WriteValidated(n), Told, Rule::Validated { slot } if is(slot, n),
    WriteMacMissing, Fixed, Rule::WriteEncryptedOnly { .. } | Rule::EncryptedForm,
    WriteMacUnasked, Fixed, Rule::WriteClearOnly { .. } | Rule::EncryptedForm,
    WriteKey(n), Told, Rule::WriteKey { slot, .. } | Rule::OtherWriteKey { slot, .. } if is(slot, n),
    ResultTarget(n), Fixed, Rule::TargetClosed { slot } if is(slot, n),
    UsesLeft(n), Hidden, Rule::Spent { slot } | Rule::LimitReached { slot, .. } if is(slot, n),
    Latch(n), Told, Rule::Latch { slot } if is(slot, n),
    Authorise(n), Told, Rule::Authorisation { slot, key: other } | Rule::AuthorisationOfTwo { slot, other }
        if is(slot, n) || rule.name() == "AuthorisationOfTwo" && is(other, n),
    Nonce(n), Told, Rule::Random { slot } if is(slot, n),
    DigestBufferNonce(n), Fixed, Rule::RandomDigest { slot } if is(slot, n),
    NotValid(n), Told, Rule::NotValidated { slot } if is(slot, n),
    EmptyKey(n), Told, Rule::NoKey { slot } if is(slot, n),
    StoredPoint(n), Hidden, Rule::NoPoint { slot } if is(slot, n),
    TempKey, Hidden, Rule::TempKey,
    TempKeySource, Told, Rule::TempKeySource,
    UpperHalf, Hidden, Rule::TempKeyUpper,
    TempKeyNoMac, Told, Rule::TempKeyNoMac | Rule::NoMacKey { .. },
    TempKeyOrigin, Told, Rule::TempKeyOrigin,
    TempKeyDigest(n), Told, Rule::TempKeyDigest { slot } if is(slot, n),
    TempKeyPrivate, Hidden, Rule::TempKeyPrivate,
    BootNonce, Told, Rule::TempKeyRandom,
    DigestBuffer, Hidden, Rule::DigestBuffer,
    AlternateKey, Hidden, Rule::AlternateKey,
    Sha, Hidden, Rule::ShaContext,
    Certificate(n), Hidden, Rule::Certificate { slot } if is(slot, n),
    Mac, Hidden, Rule::Mac,
    SentPoint, Hidden, Rule::Point,
    SentScalar, Hidden, Rule::PrivateKey,
    IoKey, Fixed, Rule::IoKey,
    EcdhOutput, Fixed, Rule::EcdhForbidden,
    KdfOutput, Fixed, Rule::KdfForbidden | Rule::KdfClear,
    KdfAes, Fixed, Rule::KdfAes,
    KdfIv, Fixed, Rule::KdfIv,
    CounterEnd, Fixed, Rule::CounterSpent,
    X509Format(n), Fixed, Rule::ValidateFormat { slot } if is(slot, n),
    ValidityFlag, Fixed, Rule::ValidateFlag,
    BootDisabled, Fixed, Rule::BootDisabled,
    BootMode, Fixed, Rule::BootMode,
    BootInhibited, Hidden, Rule::BootInhibited,
    BootSize(n), Fixed, Rule::BootStore { slot } if is(slot, n),
    LatchPermission, Fixed, Rule::LatchPermission,
    LatchBoot, Fixed, Rule::LatchBySecureBoot,
    LatchAuthorise(n), Told, Rule::LatchAuthorisation { key } if is(key, n),
    ExtraByte, Fixed, Rule::ExtraByte,
    Gpio, Fixed, Rule::Gpio,
}

/// What the chip could tell before the command, and told: a permitted command must not have one of these.
pub(crate) fn is_told(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::ReadKey { .. }
            | Rule::OtherReadKey { .. }
            | Rule::ReadRandom { .. }
            | Rule::Validated { .. }
            | Rule::WriteKey { .. }
            | Rule::OtherWriteKey { .. }
            | Rule::Latch { .. }
            | Rule::Authorisation { .. }
            | Rule::Random { .. }
            | Rule::NotValidated { .. }
            | Rule::NoKey { .. }
            | Rule::TempKeySource
            | Rule::TempKeyNoMac
            | Rule::TempKeyOrigin
            | Rule::TempKeyDigest { .. }
            | Rule::TempKeyRandom
            | Rule::LatchAuthorisation { .. }
    )
}
