//! What a manifest says of a chip.

use super::error::ManifestErrorKind;
use atecc608::x509::DateTime;
use atecc608::{PublicKey, SerialNumber};

/// An organisation and a part of it, for instance who made the chip.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// `organizationName`.
    pub organization: String,
    /// `organizationalUnitName`.
    pub unit: Option<String>,
}

impl Party {
    /// An organisation.
    #[must_use]
    pub fn new(organization: impl Into<String>) -> Self {
        Self { organization: organization.into(), unit: None }
    }
}

/// A chip, as its manifest's entry says: which one, by whom, and its public keys with their certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// `uniqueId`: 9 bytes.
    pub serial: SerialNumber,
    /// `model`, for instance `ATECC608B`.
    pub model: String,
    /// `partNumber`, for instance `ATECC608B-TNGTLS`.
    pub part_number: String,
    /// Who made the chip.
    pub manufacturer: Party,
    /// Who put keys and certificates into it.
    pub provisioner: Party,
    /// Who sold it. The format spells the member `distributer`; `distributor` is read, too.
    pub distributor: Party,
    /// `groupId`, for instance that of a lot.
    pub group: Option<String>,
    /// `provisioningTimestamp`. Parts of a second are dropped.
    pub provisioned: DateTime,
    /// `modelInfo.deviceRevision`.
    pub revision: Option<String>,
    /// `publicKeySet.keys`: 16 at most, each slot once.
    pub keys: Vec<Key>,
    /// `modelInfo.publicData`: 64 at most.
    pub public_data: Vec<PublicData>,
}

/// A public key of a chip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// `kid`: the slot, 0 to 15.
    pub slot: u8,
    /// `x` and `y`.
    pub public_key: PublicKey,
    /// `x5c`: certificates in DER, the key's own first, then that of who signed it, and so on. Empty if it has none.
    /// 8 at most.
    pub certificates: Vec<Vec<u8>>,
}

/// Bytes that are no secret, and where in the chip they stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicData {
    /// The zone.
    pub zone: Zone,
    /// The slot, if the zone is [`Zone::Data`].
    pub slot: Option<u8>,
    /// The first byte's place in slot or zone.
    pub offset: u16,
    /// 416 bytes at most.
    pub data: Vec<u8>,
}

/// A zone of the chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A slot.
    Data,
    /// The one-time programmable zone.
    Otp,
    /// The configuration.
    Config,
}

impl Device {
    /// The most keys.
    pub const MAX_KEYS: usize = 16;
    /// The most certificates of a key.
    pub const MAX_CERTIFICATES: usize = 8;
    /// The most places with public data.
    pub const MAX_PUBLIC_DATA: usize = 64;
    /// The most bytes of one such place: the largest slot.
    pub const MAX_DATA: usize = 416;

    /// The key of a slot.
    #[must_use]
    pub fn key(&self, slot: u8) -> Option<&Key> {
        self.keys.iter().find(|key| key.slot == slot)
    }

    /// The first key with certificates, which clouds are told of.
    #[must_use]
    pub fn certified(&self) -> Option<&Key> {
        self.keys.iter().find(|key| !key.certificates.is_empty())
    }

    /// What reading refuses is not written either.
    pub(super) fn check(&self) -> Result<(), ManifestErrorKind> {
        if self.keys.len() > Self::MAX_KEYS {
            return Err(ManifestErrorKind::member("keys", "more than 16"));
        }
        for (index, key) in self.keys.iter().enumerate() {
            if key.slot > 15 {
                return Err(ManifestErrorKind::member("kid", "no slot of 0 to 15"));
            }
            if self.keys.iter().take(index).any(|other| other.slot == key.slot) {
                return Err(ManifestErrorKind::member("kid", "two keys have the same"));
            }
            if key.certificates.len() > Self::MAX_CERTIFICATES {
                return Err(ManifestErrorKind::member("x5c", "more than 8 certificates"));
            }
        }
        if self.public_data.len() > Self::MAX_PUBLIC_DATA {
            return Err(ManifestErrorKind::member("publicData", "more than 64 places"));
        }
        for place in &self.public_data {
            if place.slot.is_some_and(|slot| slot > 15) || (place.zone == Zone::Data) != place.slot.is_some()
            {
                return Err(ManifestErrorKind::member(
                    "slot",
                    "the data zone has slots 0 to 15, others none",
                ));
            }
            if place.data.len() > Self::MAX_DATA {
                return Err(ManifestErrorKind::member("data", "more than 416 bytes"));
            }
        }
        Ok(())
    }
}
