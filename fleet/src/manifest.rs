//! Manifests in Microchip's format: what chips there are, with their public keys and certificates, each entry signed.
//!
//! A manifest is a JSON array. Each entry is a flattened JSON Web Signature about one chip; [`Device`] is what it says.
//! The README has the members. It comes with chips that were bought with keys in them (Trust&GO, TrustFLEX), and a
//! [station](crate::station) writes the same for chips that it provisioned.
//!
//! Reading takes hostile input: sizes are limited, nothing panics, and nothing but the serial number for a search is
//! given out before the signature was verified. The certificate of who signs is the caller's to trust: it must not come
//! with the manifest.

mod device;
mod entry;
mod error;
mod payload;
mod signer;

pub use device::{Device, Key, Party, PublicData, Zone};
pub use entry::Entry;
pub use error::{ManifestError, ManifestErrorKind};
pub use signer::SigningCertificate;

use crate::chain::Roots;
use atecc608::SerialNumber;
use std::collections::BTreeMap;
use std::fmt;

/// A manifest as it stands in a file: **nothing of it is verified yet**.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Manifest {
    entries: Vec<Entry>,
}

impl Manifest {
    /// The most bytes that are read.
    pub const MAX_LEN: usize = 512 * 1024 * 1024;

    /// From JSON.
    ///
    /// # Errors
    ///
    /// [`ManifestErrorKind::TooLarge`], [`ManifestErrorKind::Json`].
    pub fn parse(json: &[u8]) -> Result<Self, ManifestError> {
        if json.len() > Self::MAX_LEN {
            return Err(ManifestErrorKind::TooLarge { what: "manifest", most: Self::MAX_LEN }.into());
        }
        match serde_json::from_slice(json) {
            Ok(entries) => Ok(Self { entries }),
            Err(error) => Err(ManifestErrorKind::json("manifest", &error).into()),
        }
    }

    /// The entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries that *say* they are for this chip. Nothing protects what they say: [verify](Entry::verify) what is
    /// found.
    pub fn find(&self, serial: SerialNumber) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.unverified_serial() == Some(serial))
    }

    /// All devices, once every entry is verified ([`Entry::verify`]) and none is there twice.
    ///
    /// # Errors
    ///
    /// The first entry that is not, and why.
    pub fn verify(&self, signers: &[SigningCertificate], roots: &Roots) -> Result<Devices, ManifestError> {
        let mut devices: Vec<Device> = Vec::new();
        let mut by_serial = BTreeMap::new();
        for (index, entry) in self.entries.iter().enumerate() {
            let device = entry.verify(signers, roots).map_err(|kind| ManifestError::of(index, kind))?;
            if let Some(other) = by_serial.insert(<[u8; 9]>::from(device.serial), index) {
                return Err(ManifestError::of(index, ManifestErrorKind::Twice(other)));
            }
            devices.push(device);
        }
        Ok(Devices { devices, by_serial })
    }
}

impl From<Vec<Entry>> for Manifest {
    fn from(entries: Vec<Entry>) -> Self {
        Self { entries }
    }
}

impl fmt::Display for Manifest {
    /// JSON, an entry a line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, entry) in self.entries.iter().enumerate() {
            f.write_str(if index == 0 { "\n" } else { ",\n" })?;
            f.write_str(&serde_json::to_string(entry).map_err(|_| fmt::Error)?)?;
        }
        f.write_str("\n]\n")
    }
}

/// The devices of a manifest that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    devices: Vec<Device>,
    by_serial: BTreeMap<[u8; 9], usize>,
}

impl Devices {
    /// All, in the order of the manifest.
    #[must_use]
    pub fn all(&self) -> &[Device] {
        &self.devices
    }

    /// The one with this serial number.
    #[must_use]
    pub fn get(&self, serial: SerialNumber) -> Option<&Device> {
        self.devices.get(*self.by_serial.get(&<[u8; 9]>::from(serial))?)
    }
}
