//! Configurations made from purposes instead of bits.
//!
//! ```
//! use atecc608::Slot;
//! use atecc608::config::{ConfigZone, preset};
//! use atecc608::config::build::{Builder, Purpose};
//!
//! let chip = ConfigZone::from_bytes(preset::FACTORY); // chip.read_config()?
//! let zone = Builder::new(&chip)
//!     .slot(Slot::S0, Purpose::SigningKey)
//!     .slot(Slot::S4, Purpose::StorageKey)
//!     .slot(Slot::S8, Purpose::EncryptedStorage { key: Slot::S4 })
//!     .slot(Slot::S10, Purpose::Data)
//!     .build()?;
//! assert_eq!(zone.lint_errors(), 0);
//! # Ok::<(), atecc608::config::build::BuildError>(())
//! ```
//!
//! What comes out has no finding of [`lint`](super::lint) above a notice. Keys that encrypt for others or authorise
//! ask for random nonces (ReqRandom): without it a recorded write or authorisation can be played back. Where a bit can be
//! chosen so that it works on every reading of the public sources, it is: `docs/chip-reference.md`, section 10.

mod error;
mod purpose;

pub use error::BuildError;
pub use purpose::{Purpose, UnknownPurpose};

use super::explain::COUNTER_MAX;
use super::{ChipOptions, ConfigZone, KeyConfig, KeyType, SecureBoot, SecureBootMode, SlotConfig, preset};
use crate::command::CounterId;
use crate::memory::Slot;

/// Gathers purposes. Slots without one are closed to everything.
#[derive(Debug, Clone, Copy)]
pub struct Builder {
    chip: ConfigZone,
    purposes: [Purpose; Slot::COUNT],
    authorised: [Option<Slot>; Slot::COUNT],
    inside: bool,
}

impl Builder {
    /// For the chip whose configuration was read: its own bytes (0 to 15 and 84 to 87) are kept. Address
    /// 0x60, fastest clock, short watchdog, no transport lock, no latch.
    #[must_use]
    pub const fn new(chip: &ConfigZone) -> Self {
        Self {
            chip: *chip,
            purposes: [Purpose::Unused; Slot::COUNT],
            authorised: [None; Slot::COUNT],
            inside: false,
        }
    }

    /// Gives a slot a purpose, in place of the one it had.
    #[must_use]
    pub fn slot(mut self, slot: Slot, purpose: Purpose) -> Self {
        if let Some(place) = self.purposes.get_mut(slot.index()) {
            *place = purpose;
        }
        self
    }

    /// Each use of the key in `slot` needs an authorisation with the [`Purpose::AuthorisationKey`] in `key`
    /// (ReqAuth): [`authorise`](crate::blocking::Session::authorise) in the same session.
    #[must_use]
    pub fn authorised_by(mut self, slot: Slot, key: Slot) -> Self {
        if let Some(place) = self.authorised.get_mut(slot.index()) {
            *place = Some(key);
        }
        self
    }

    /// Results of ECDH and KDF never leave the chip (EcdhProt and KdfProt 2): they go to TempKey, for
    /// the chip's own use. No slot may be [`Purpose::Data`] then: a result could be put there and read.
    #[must_use]
    pub const fn results_inside(mut self) -> Self {
        self.inside = true;
        self
    }

    /// The configuration, to be written, looked at and locked.
    ///
    /// # Errors
    /// A purpose does not go with its slot, or two purposes do not go together. See [`BuildError`].
    pub fn build(&self) -> Result<ConfigZone, BuildError> {
        let mut zone = preset::on_chip(&preset::FACTORY, &self.chip);
        // 0xF0: KDF's IV special function off (chip reference 4.3).
        zone.set_kdf_iv(0xF0, [0, 0]);
        for (slot, purpose) in Slot::all().zip(self.purposes) {
            self.check(slot, purpose)?;
            zone.set_slot_config(slot, purpose.slot_config());
            let auth_key = self.auth_key(slot)?;
            zone.set_key_config(slot, purpose.key_config().with_auth_key(auth_key));
        }
        if let Some(uses) = self.limit()? {
            // A counter that starts at 0 has no limit of its own.
            let start = COUNTER_MAX.saturating_sub(uses);
            if start == 0 {
                return Err(BuildError::TooManyUses);
            }
            zone.set_counter(CounterId::Counter0, start).ok_or(BuildError::TooManyUses)?;
        }
        let io_key = self.only(|purpose| purpose == Purpose::IoProtectionKey)?;
        zone.set_chip_options(self.chip_options(io_key));
        if let Some((key, digest)) = self.secure_boot()? {
            let boot = SecureBoot::new(SecureBootMode::FullDigest, digest, key);
            zone.set_secure_boot(if io_key.is_some() { boot.with_random_nonce() } else { boot });
        }
        Ok(zone)
    }

    fn purpose(&self, slot: Slot) -> Purpose {
        self.purposes.get(slot.index()).copied().unwrap_or(Purpose::Unused)
    }

    fn check(&self, slot: Slot, purpose: Purpose) -> Result<(), BuildError> {
        match purpose {
            Purpose::EncryptedStorage { key } if self.purpose(key) != Purpose::StorageKey => {
                Err(BuildError::NoStorageKey { slot, key })
            }
            Purpose::SecureBootKey { .. } | Purpose::PublicKey if slot < Slot::S8 => {
                Err(BuildError::TooSmall { slot })
            }
            Purpose::SecureBootKey { digest } if self.purpose(digest) != Purpose::SecureBootDigest => {
                Err(BuildError::NoDigestSlot { slot, digest })
            }
            Purpose::AesKey if !self.chip.aes_enabled() => Err(BuildError::NoAes { slot }),
            Purpose::Data if self.inside => Err(BuildError::ResultReadable { slot }),
            _ if self.behind_agreement_key(slot) && !purpose.may_stand_behind_agreement_key() => {
                Err(BuildError::BehindAgreementKey { slot })
            }
            _ => Ok(()),
        }
    }

    fn auth_key(&self, slot: Slot) -> Result<Option<Slot>, BuildError> {
        let key = self.authorised.get(slot.index()).copied().flatten();
        match key {
            Some(_) if !self.purpose(slot).may_need_authorisation() => {
                Err(BuildError::NotAuthorised { slot })
            }
            Some(key) if self.purpose(key) != Purpose::AuthorisationKey => {
                Err(BuildError::NoAuthorisationKey { slot, key })
            }
            key => Ok(key),
        }
    }

    /// Even slots only: what goes into "the next slot" of an odd one is refused.
    fn behind_agreement_key(&self, slot: Slot) -> bool {
        let before = Slot::from_nibble(slot.number() & 0xE);
        before != slot && self.purpose(before) == Purpose::AgreementKey
    }

    /// The slot with a purpose of which a chip has one.
    fn only(&self, is_it: impl Fn(Purpose) -> bool) -> Result<Option<Slot>, BuildError> {
        let mut slots = Slot::all().filter(|slot| is_it(self.purpose(*slot)));
        match (slots.next(), slots.next()) {
            (_, Some(slot)) => Err(BuildError::SecondOne { slot }),
            (slot, None) => Ok(slot),
        }
    }

    /// One counter serves all limited keys, hence one key.
    fn limit(&self) -> Result<Option<u32>, BuildError> {
        let slot = self.only(|purpose| matches!(purpose, Purpose::LimitedKey { .. }))?;
        match slot.map(|slot| self.purpose(slot)) {
            Some(Purpose::LimitedKey { uses: 0 }) => Err(BuildError::TooFewUses),
            Some(Purpose::LimitedKey { uses }) => Ok(Some(uses)),
            _ => Ok(None),
        }
    }

    /// Key and digest.
    fn secure_boot(&self) -> Result<Option<(Slot, Slot)>, BuildError> {
        let slot = self.only(|purpose| matches!(purpose, Purpose::SecureBootKey { .. }))?;
        Ok(slot.and_then(|slot| match self.purpose(slot) {
            Purpose::SecureBootKey { digest } => Some((slot, digest)),
            _ => None,
        }))
    }

    fn chip_options(&self, io_key: Option<Slot>) -> ChipOptions {
        // Chip reference 4.13.
        let io = io_key.map_or(0, |slot| 0x0002 | u16::from(slot.number()) << 12);
        ChipOptions::from_bits(io | if self.inside { 0x0A00 } else { 0 })
    }
}

impl Purpose {
    /// Private keys are no target of ECDH.
    const fn may_stand_behind_agreement_key(self) -> bool {
        use Purpose as P;
        matches!(
            self,
            P::Unused | P::SigningKey | P::RenewableSigningKey | P::LimitedKey { .. } | P::AgreementKey
        )
    }

    /// Keys that commands use, but for those of which no source says what ReqAuth does to them.
    const fn may_need_authorisation(self) -> bool {
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

    fn slot_config(self) -> SlotConfig {
        use super::{PrivateKeyPermissions as P, SlotFlags};
        let secret = SlotConfig::CLOSED.with_flags(SlotFlags::IS_SECRET);
        match self {
            Self::SigningKey => SlotConfig::private_key(P::EXTERNAL_SIGN),
            Self::RenewableSigningKey => SlotConfig::private_key(P::EXTERNAL_SIGN).with_gen_key(),
            Self::LimitedKey { .. } => SlotConfig::private_key(P::EXTERNAL_SIGN)
                .with_flags(SlotFlags::IS_SECRET | SlotFlags::LIMITED_USE),
            Self::AgreementKey => SlotConfig::private_key(P::ECDH),
            // WriteConfig 4: encrypted writes.
            Self::EncryptedStorage { key } => secret
                .with_flags(SlotFlags::IS_SECRET | SlotFlags::ENCRYPT_READ | SlotFlags::NO_MAC)
                .with_read_key(key)
                .with_write_key(key)
                .with_write_config(0b0100),
            Self::PublicKey | Self::SecureBootKey { .. } => SlotConfig::CLOSED.with_flags(SlotFlags::empty()),
            Self::Data => SlotConfig::OPEN_DATA,
            Self::FixedData => SlotConfig::CLOSED.with_flags(SlotFlags::empty()),
            // Without NoMac, as in every product seen: what it does to encrypted access, AES, KDF and I/O protection is
            // UNVERIFIED (chip reference 10).
            Self::MacKey | Self::StorageKey | Self::AesKey | Self::IoProtectionKey => secret,
            // With NoMac: MAC would tell anyone the answer that CheckMac asks for.
            Self::AuthorisationKey | Self::ParentKey | Self::SecureBootDigest | Self::Unused => {
                SlotConfig::CLOSED
            }
        }
    }

    fn key_config(self) -> KeyConfig {
        use super::KeyFlags as K;
        let private = K::PRIVATE.union(K::PUB_INFO);
        match self {
            Self::SigningKey | Self::LimitedKey { .. } | Self::AgreementKey => {
                KeyConfig::new(KeyType::P256, private)
            }
            Self::RenewableSigningKey => KeyConfig::new(KeyType::P256, private | K::LOCKABLE),
            Self::PublicKey | Self::SecureBootKey { .. } => KeyConfig::new(KeyType::P256, K::empty()),
            Self::AesKey => KeyConfig::new(KeyType::Aes, K::empty()),
            Self::Data => KeyConfig::new(KeyType::ShaOrData, K::LOCKABLE),
            // Nothing recorded can be played back: the chip insists on a nonce of its own.
            Self::StorageKey | Self::AuthorisationKey => KeyConfig::new(KeyType::ShaOrData, K::REQ_RANDOM),
            Self::EncryptedStorage { .. }
            | Self::FixedData
            | Self::MacKey
            | Self::ParentKey
            | Self::IoProtectionKey
            | Self::SecureBootDigest
            | Self::Unused => KeyConfig::new(KeyType::ShaOrData, K::empty()),
        }
    }
}
