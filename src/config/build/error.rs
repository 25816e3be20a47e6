//! Purposes that do not go together.

use crate::memory::Slot;
use core::fmt;

/// The purposes make no configuration that works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum BuildError {
    /// The key slot of an encrypted storage is not a storage key.
    NoStorageKey {
        /// The storage.
        slot: Slot,
        /// What should be its key.
        key: Slot,
    },
    /// The slot that should authorise is no authorisation key.
    NoAuthorisationKey {
        /// The key that needs authorisation.
        slot: Slot,
        /// What should be its authorisation key.
        key: Slot,
    },
    /// An authorisation is asked for where none is needed or nobody knows what it does.
    NotAuthorised {
        /// The slot.
        slot: Slot,
    },
    /// The digest slot of a secure-boot key has another purpose.
    NoDigestSlot {
        /// The secure-boot key.
        slot: Slot,
        /// What should be its digest slot.
        digest: Slot,
    },
    /// Slots 0 to 7 are too small for a public key.
    TooSmall {
        /// The slot.
        slot: Slot,
    },
    /// Slots 0 to 7 are too small for a certificate.
    TooSmallForCertificate {
        /// The slot.
        slot: Slot,
    },
    /// There can be one limited key, one secure-boot key and one I/O protection key.
    SecondOne {
        /// The second.
        slot: Slot,
    },
    /// This chip has no AES (byte 13).
    NoAes {
        /// The slot that should hold AES keys.
        slot: Slot,
    },
    /// The counter ends at 2 097 151, and has to start above 0.
    TooManyUses,
    /// A key with no uses.
    TooFewUses,
    /// ECDH with the key in the slot before can write here (chip reference U17).
    BehindAgreementKey {
        /// The slot that could be overwritten.
        slot: Slot,
    },
    /// Results should stay inside, and anyone could have them put here and read them.
    ResultReadable {
        /// The data slot.
        slot: Slot,
    },
}

impl BuildError {
    /// Its name, as in the source: what a `const` can say when it fails.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoStorageKey { .. } => "NoStorageKey",
            Self::NoAuthorisationKey { .. } => "NoAuthorisationKey",
            Self::NotAuthorised { .. } => "NotAuthorised",
            Self::NoDigestSlot { .. } => "NoDigestSlot",
            Self::TooSmall { .. } => "TooSmall",
            Self::TooSmallForCertificate { .. } => "TooSmallForCertificate",
            Self::SecondOne { .. } => "SecondOne",
            Self::NoAes { .. } => "NoAes",
            Self::TooManyUses => "TooManyUses",
            Self::TooFewUses => "TooFewUses",
            Self::BehindAgreementKey { .. } => "BehindAgreementKey",
            Self::ResultReadable { .. } => "ResultReadable",
        }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoStorageKey { slot, key } => {
                write!(f, "{slot} is to be encrypted with {key}, which is no storage key")
            }
            Self::NoAuthorisationKey { slot, key } => {
                write!(f, "{slot} is to be authorised with {key}, which is no authorisation key")
            }
            Self::NotAuthorised { slot } => write!(
                f,
                "{slot} can't be made to need authorisation: that is for signing, agreement, storage, parent, AES and \
                 MAC keys (storage is protected by its storage key)"
            ),
            Self::NoDigestSlot { slot, digest } => {
                write!(f, "the secure-boot key in {slot} names {digest}, which is no secure boot digest")
            }
            Self::TooSmall { slot } => write!(f, "{slot} is too small for a public key: use 8 to 15"),
            Self::TooSmallForCertificate { slot } => {
                write!(f, "{slot} is too small for a certificate, which is 72 bytes: use 8 to 15")
            }
            Self::SecondOne { slot } => {
                write!(f, "{slot} is the second limited, secure-boot or I/O protection key of the chip")
            }
            Self::NoAes { slot } => write!(f, "{slot} is to hold AES keys, but this chip has no AES"),
            Self::TooManyUses => f.write_str("a limited key has at most 2097150 uses"),
            Self::TooFewUses => f.write_str("a limited key needs one use at least"),
            Self::BehindAgreementKey { slot } => write!(
                f,
                "ECDH with the agreement key before {slot} could write there: leave {slot} unused, or use an odd \
                 slot for that key"
            ),
            Self::ResultReadable { slot } => {
                write!(
                    f,
                    "results should stay inside, but KDF could write them to {slot}, where anyone reads"
                )
            }
        }
    }
}

impl core::error::Error for BuildError {}
