//! The bits of each purpose, and which purposes go together.

use super::Purpose;
use crate::config::{KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SlotConfig, SlotFlags};

/// A purpose of which a chip has one.
#[derive(Clone, Copy)]
pub(super) enum Single {
    Limited,
    SecureBoot,
    IoProtection,
}

impl Purpose {
    pub(super) const fn is_single(self, single: Single) -> bool {
        matches!(
            (self, single),
            (Self::LimitedKey { .. }, Single::Limited)
                | (Self::SecureBootKey { .. }, Single::SecureBoot)
                | (Self::IoProtectionKey, Single::IoProtection)
        )
    }

    /// Private keys are no target of ECDH.
    pub(super) const fn may_stand_behind_agreement_key(self) -> bool {
        use Purpose as P;
        matches!(
            self,
            P::Unused | P::SigningKey | P::RenewableSigningKey | P::LimitedKey { .. } | P::AgreementKey
        )
    }

    /// Keys that commands use, but for those of which no source says what ReqAuth does to them.
    pub(super) const fn may_need_authorisation(self) -> bool {
        use Purpose as P;
        matches!(
            self,
            P::SigningKey
                | P::RenewableSigningKey
                | P::LimitedKey { .. }
                | P::AgreementKey
                | P::StorageKey
                | P::ParentKey
                | P::AesKey
                | P::MacKey
        )
    }

    pub(super) const fn slot_config(self) -> SlotConfig {
        use PrivateKeyPermissions as P;
        let secret = SlotConfig::CLOSED.with_flags(SlotFlags::IS_SECRET);
        match self {
            Self::SigningKey => SlotConfig::private_key(P::EXTERNAL_SIGN),
            Self::RenewableSigningKey => SlotConfig::private_key(P::EXTERNAL_SIGN).with_gen_key(),
            Self::LimitedKey { .. } => SlotConfig::private_key(P::EXTERNAL_SIGN)
                .with_flags(SlotFlags::IS_SECRET.union(SlotFlags::LIMITED_USE)),
            Self::AgreementKey => SlotConfig::private_key(P::ECDH),
            // WriteConfig 4: encrypted writes.
            Self::EncryptedStorage { key } => secret
                .with_flags(SlotFlags::IS_SECRET.union(SlotFlags::ENCRYPT_READ).union(SlotFlags::NO_MAC))
                .with_read_key(key)
                .with_write_key(key)
                .with_write_config(0b0100),
            Self::PublicKey | Self::SecureBootKey { .. } => SlotConfig::CLOSED.with_flags(SlotFlags::empty()),
            Self::Data | Self::RenewableCertificate => SlotConfig::OPEN_DATA,
            Self::FixedData | Self::Certificate => SlotConfig::CLOSED.with_flags(SlotFlags::empty()),
            // Without NoMac, as in every product seen: what it does to encrypted access, AES, KDF and I/O protection is
            // UNVERIFIED (chip reference 10).
            Self::MacKey | Self::StorageKey | Self::AesKey | Self::IoProtectionKey => secret,
            // With NoMac: MAC would tell anyone the answer that CheckMac asks for.
            Self::AuthorisationKey | Self::ParentKey | Self::SecureBootDigest | Self::Unused => {
                SlotConfig::CLOSED
            }
        }
    }

    pub(super) const fn key_config(self) -> KeyConfig {
        use KeyFlags as K;
        let private = K::PRIVATE.union(K::PUB_INFO);
        match self {
            Self::SigningKey | Self::LimitedKey { .. } | Self::AgreementKey => {
                KeyConfig::new(KeyType::P256, private)
            }
            Self::RenewableSigningKey => KeyConfig::new(KeyType::P256, private.union(K::LOCKABLE)),
            Self::PublicKey | Self::SecureBootKey { .. } => KeyConfig::new(KeyType::P256, K::empty()),
            Self::AesKey => KeyConfig::new(KeyType::Aes, K::empty()),
            Self::Data | Self::RenewableCertificate => KeyConfig::new(KeyType::ShaOrData, K::LOCKABLE),
            // Nothing recorded can be played back: the chip insists on a nonce of its own.
            Self::StorageKey | Self::AuthorisationKey => KeyConfig::new(KeyType::ShaOrData, K::REQ_RANDOM),
            Self::EncryptedStorage { .. }
            | Self::FixedData
            | Self::Certificate
            | Self::MacKey
            | Self::ParentKey
            | Self::IoProtectionKey
            | Self::SecureBootDigest
            | Self::Unused => KeyConfig::new(KeyType::ShaOrData, K::empty()),
        }
    }
}
