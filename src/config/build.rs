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
//! # When the program is compiled
//!
//! All of it works in a `const`, lint included. A configuration that is wrong does not compile:
//!
//! ```
//! use atecc608::Slot;
//! use atecc608::config::{ConfigZone, preset};
//! use atecc608::config::build::{Builder, Purpose};
//!
//! const WANTED: ConfigZone = match Builder::for_factory_chip()
//!     .slot(Slot::S0, Purpose::SigningKey)
//!     .slot(Slot::S4, Purpose::StorageKey)
//!     .slot(Slot::S8, Purpose::EncryptedStorage { key: Slot::S4 })
//!     .build()
//! {
//!     Ok(zone) => zone,
//!     Err(error) => panic!("{}", error.name()),
//! };
//! const _: () = assert!(WANTED.lint_errors() == 0);
//!
//! # let chip = ConfigZone::from_bytes(preset::FACTORY);
//! // The chip's own bytes are known when it is there.
//! let zone = preset::on_chip(WANTED.as_bytes(), &chip); // &chip.read_config()?
//! # assert_eq!(zone.lint_errors(), 0);
//! ```
//!
//! Slot 5 is no storage key, so this stops the compiler, which says `NoStorageKey`:
//!
//! ```compile_fail,E0080
//! # use atecc608::Slot;
//! # use atecc608::config::ConfigZone;
//! # use atecc608::config::build::{Builder, Purpose};
//! const WANTED: ConfigZone = match Builder::for_factory_chip()
//!     .slot(Slot::S4, Purpose::StorageKey)
//!     .slot(Slot::S8, Purpose::EncryptedStorage { key: Slot::S5 })
//!     .build()
//! {
//!     Ok(zone) => zone,
//!     Err(error) => panic!("{}", error.name()),
//! };
//! # let _ = WANTED;
//! ```
//!
//! What comes out has no finding of [`lint`](super::lint) above a notice. Keys that encrypt for others or authorise
//! ask for random nonces (ReqRandom): without it a recorded write or authorisation can be played back. Where a bit can be
//! chosen so that it works on every reading of the public sources, it is: `docs/chip-reference.md`, section 10.

mod bits;
mod error;
mod purpose;

pub use error::BuildError;
pub use purpose::{Purpose, UnknownPurpose};

use super::constant::{each_slot, ok};
use super::explain::COUNTER_MAX;
use super::{ChipOptions, ConfigZone, SecureBoot, SecureBootMode, preset};
use crate::command::CounterId;
use crate::memory::Slot;
use bits::Single;

/// Gathers purposes. Slots without one are closed to everything.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
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

    /// For chips as they leave the factory, with zeros for their own bytes: for a `const`. Before such a configuration is
    /// written, [`on_chip`](super::preset::on_chip) puts in the own bytes of the chip.
    #[must_use]
    pub const fn for_factory_chip() -> Self {
        Self::new(&ConfigZone::from_bytes(preset::FACTORY))
    }

    /// Gives a slot a purpose, in place of the one it had.
    #[must_use]
    pub const fn slot(mut self, slot: Slot, purpose: Purpose) -> Self {
        self.purposes[slot.index() % Slot::COUNT] = purpose;
        self
    }

    /// Each use of the key in `slot` needs an authorisation with the [`Purpose::AuthorisationKey`] in `key`
    /// (ReqAuth): `Session::authorise` (feature `host`) in the same session.
    #[must_use]
    pub const fn authorised_by(mut self, slot: Slot, key: Slot) -> Self {
        self.authorised[slot.index() % Slot::COUNT] = Some(key);
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
    pub const fn build(&self) -> Result<ConfigZone, BuildError> {
        let mut zone = preset::on_chip(&preset::FACTORY, &self.chip);
        // 0xF0: KDF's IV special function off (chip reference 4.3).
        zone.set_kdf_iv(0xF0, [0, 0]);
        each_slot!(slot {
            let purpose = self.purpose(slot);
            ok!(self.check(slot, purpose));
            zone.set_slot_config(slot, purpose.slot_config());
            let auth_key = ok!(self.auth_key(slot));
            zone.set_key_config(slot, purpose.key_config().with_auth_key(auth_key));
        });
        if let Some(uses) = ok!(self.limit()) {
            // A counter that starts at 0 has no limit of its own.
            let start = COUNTER_MAX.saturating_sub(uses);
            if start == 0 || zone.set_counter(CounterId::Counter0, start).is_none() {
                return Err(BuildError::TooManyUses);
            }
        }
        let io_key = ok!(self.only(Single::IoProtection));
        zone.set_chip_options(self.chip_options(io_key));
        if let Some((key, digest)) = ok!(self.secure_boot()) {
            let boot = SecureBoot::new(SecureBootMode::FullDigest, digest, key);
            zone.set_secure_boot(if io_key.is_some() { boot.with_random_nonce() } else { boot });
        }
        Ok(zone)
    }

    const fn purpose(&self, slot: Slot) -> Purpose {
        self.purposes[slot.index() % Slot::COUNT]
    }

    const fn check(&self, slot: Slot, purpose: Purpose) -> Result<(), BuildError> {
        match purpose {
            Purpose::EncryptedStorage { key } if !matches!(self.purpose(key), Purpose::StorageKey) => {
                Err(BuildError::NoStorageKey { slot, key })
            }
            Purpose::SecureBootKey { .. } | Purpose::PublicKey if slot.number() < 8 => {
                Err(BuildError::TooSmall { slot })
            }
            Purpose::Certificate | Purpose::RenewableCertificate if slot.number() < 8 => {
                Err(BuildError::TooSmallForCertificate { slot })
            }
            Purpose::SecureBootKey { digest }
                if !matches!(self.purpose(digest), Purpose::SecureBootDigest) =>
            {
                Err(BuildError::NoDigestSlot { slot, digest })
            }
            Purpose::AesKey if !self.chip.aes_enabled() => Err(BuildError::NoAes { slot }),
            Purpose::Data | Purpose::RenewableCertificate if self.inside => {
                Err(BuildError::ResultReadable { slot })
            }
            _ if self.behind_agreement_key(slot) && !purpose.may_stand_behind_agreement_key() => {
                Err(BuildError::BehindAgreementKey { slot })
            }
            _ => Ok(()),
        }
    }

    const fn auth_key(&self, slot: Slot) -> Result<Option<Slot>, BuildError> {
        let key = self.authorised[slot.index() % Slot::COUNT];
        match key {
            Some(_) if !self.purpose(slot).may_need_authorisation() => {
                Err(BuildError::NotAuthorised { slot })
            }
            Some(key) if !matches!(self.purpose(key), Purpose::AuthorisationKey) => {
                Err(BuildError::NoAuthorisationKey { slot, key })
            }
            key => Ok(key),
        }
    }

    /// Even slots only: what goes into "the next slot" of an odd one is refused.
    const fn behind_agreement_key(&self, slot: Slot) -> bool {
        let before = Slot::from_nibble(slot.number() & 0xE);
        !before.is(slot) && matches!(self.purpose(before), Purpose::AgreementKey)
    }

    /// The slot with a purpose of which a chip has one.
    const fn only(&self, purpose: Single) -> Result<Option<Slot>, BuildError> {
        let mut found = None;
        each_slot!(slot {
            if self.purpose(slot).is_single(purpose) {
                if found.is_some() {
                    return Err(BuildError::SecondOne { slot });
                }
                found = Some(slot);
            }
        });
        Ok(found)
    }

    /// One counter serves all limited keys, hence one key.
    const fn limit(&self) -> Result<Option<u32>, BuildError> {
        match ok!(self.only(Single::Limited)) {
            Some(slot) => match self.purpose(slot) {
                Purpose::LimitedKey { uses: 0 } => Err(BuildError::TooFewUses),
                Purpose::LimitedKey { uses } => Ok(Some(uses)),
                _ => Ok(None),
            },
            None => Ok(None),
        }
    }

    /// Key and digest.
    const fn secure_boot(&self) -> Result<Option<(Slot, Slot)>, BuildError> {
        match ok!(self.only(Single::SecureBoot)) {
            Some(slot) => match self.purpose(slot) {
                Purpose::SecureBootKey { digest } => Ok(Some((slot, digest))),
                _ => Ok(None),
            },
            None => Ok(None),
        }
    }

    const fn chip_options(&self, io_key: Option<Slot>) -> ChipOptions {
        // Chip reference 4.13.
        let io = match io_key {
            Some(slot) => 0x0002 | (slot.number() as u16) << 12,
            None => 0,
        };
        ChipOptions::from_bits(io | if self.inside { 0x0A00 } else { 0 })
    }
}
