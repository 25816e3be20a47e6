//! A locked device with every kind of key, made by the builder; and the same without what stops the attacks.

use crate::eavesdropper::{Attacker, Eavesdropper, Exchange, Recording, Swap};
use atecc608::blocking::{Atecc608, SharedKey};
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::{ConfigZone, KeyConfig, KeyFlags, SlotConfig};
use atecc608::{Secret, Slot};
use atecc608_sim::chip::Readings;
use atecc608_sim::hal::SimDelay;
use atecc608_sim::{Bus, Chip, ChipId};
use p256::ecdsa::SigningKey;
use p256::ecdsa::signature::hazmat::PrehashSigner;

pub(crate) const KEY: [u8; 32] = [0x3B; 32];
pub(crate) const DIGEST: [u8; 32] = [0xD1; 32];

/// Signing key that only an authorisation with slot 7 opens.
pub(crate) const SIGNER: Slot = Slot::S0;
/// Private key that is written encrypted under slot 4.
pub(crate) const WRITTEN: Slot = Slot::S1;
pub(crate) const AGREEMENT: Slot = Slot::S2;
pub(crate) const STORAGE_KEY: Slot = Slot::S4;
pub(crate) const MAC_KEY: Slot = Slot::S5;
pub(crate) const IO_KEY: Slot = Slot::S6;
pub(crate) const AUTH_KEY: Slot = Slot::S7;
pub(crate) const STORE: Slot = Slot::S8;
/// Made by DeriveKey from slot 10, with a MAC.
pub(crate) const DERIVED: Slot = Slot::S9;
pub(crate) const PARENT: Slot = Slot::S10;
/// Public key that validates the one in slot 14.
pub(crate) const ROOT: Slot = Slot::S13;
pub(crate) const VALIDATED: Slot = Slot::S14;

/// How the device was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Made {
    /// By the builder as it is; what it has no purpose for, as lint asks.
    Now,
    /// The same without ReqRandom.
    WithoutReqRandom,
    /// With the bits of the builder's first edition: NoMac and no ReqRandom on a storage key, which serves on chips
    /// that take it (chip reference U30).
    AsBefore,
}

/// The configuration, both zones locked.
pub(crate) fn zone(chip: &ConfigZone, made: Made) -> ConfigZone {
    let mut zone = Builder::new(chip)
        .slot(SIGNER, Purpose::SigningKey)
        .authorised_by(SIGNER, AUTH_KEY)
        .slot(AGREEMENT, Purpose::AgreementKey)
        .slot(STORAGE_KEY, Purpose::StorageKey)
        .slot(MAC_KEY, Purpose::MacKey)
        .slot(IO_KEY, Purpose::IoProtectionKey)
        .slot(AUTH_KEY, Purpose::AuthorisationKey)
        .slot(STORE, Purpose::EncryptedStorage { key: STORAGE_KEY })
        .slot(PARENT, Purpose::ParentKey)
        .slot(ROOT, Purpose::PublicKey)
        .build()
        .expect("purposes that go together");
    // What has no purpose of its own.
    let written = SlotConfig::from_bits(0x4481);
    zone.set_slot_config(WRITTEN, written);
    zone.set_key_config(WRITTEN, KeyConfig::from_bits(0x0013));
    zone.set_slot_config(DERIVED, SlotConfig::from_bits(0xBA8F));
    zone.set_key_config(DERIVED, KeyConfig::from_bits(0x001C));
    zone.set_slot_config(VALIDATED, SlotConfig::from_bits(0x1F0D));
    zone.set_key_config(VALIDATED, KeyConfig::from_bits(0x0012));
    for key in [PARENT, ROOT] {
        let config = zone.key_config(key);
        zone.set_key_config(key, config.with_flags(config.flags() | KeyFlags::REQ_RANDOM));
    }
    if made != Made::Now {
        for slot in Slot::all() {
            let config = zone.key_config(slot);
            zone.set_key_config(slot, config.with_flags(config.flags() - KeyFlags::REQ_RANDOM));
        }
    }
    if made == Made::AsBefore {
        zone.set_slot_config(STORAGE_KEY, SlotConfig::CLOSED);
    }
    zone.set_byte(86, 0);
    zone.set_byte(87, 0);
    zone
}

pub(crate) fn secret(slot: Slot) -> [u8; 32] {
    [0xA0 | slot.number(); 32]
}

pub(crate) fn shared(slot: Slot) -> SharedKey {
    SharedKey { slot, key: Secret::new(secret(slot)) }
}

/// 20 bytes that are never the same twice.
pub(crate) fn fresh() -> [u8; 20] {
    use std::sync::atomic::{AtomicU64, Ordering};
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let mut bytes = [0xF5; 20];
    bytes[..8].copy_from_slice(&COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes());
    bytes
}

pub(crate) struct Device {
    pub(crate) chip: Atecc608<Eavesdropper, SimDelay>,
    pub(crate) bus: Bus,
    pub(crate) attacker: Attacker,
    recording: Recording,
    swap: Swap,
}

impl Device {
    pub(crate) fn new(made: Made) -> Device {
        let no_mac_encrypts = made == Made::AsBefore;
        Device::with_readings(made, Readings { no_mac_encrypts, ..Readings::default() })
    }

    pub(crate) fn with_readings(made: Made, readings: Readings) -> Device {
        let mut eeprom = Chip::blank(608).eeprom().clone();
        let zone = zone(&ConfigZone::from_bytes(*eeprom.config()), made);
        eeprom.set_config(zone.as_bytes());
        for slot in [STORAGE_KEY, MAC_KEY, IO_KEY, AUTH_KEY, DERIVED, PARENT] {
            eeprom.set_slot(slot.index(), &secret(slot));
        }
        for slot in [SIGNER, WRITTEN, AGREEMENT] {
            eeprom.set_private_key(slot.index(), &KEY);
        }
        for slot in [ROOT, VALIDATED] {
            eeprom.set_public_key(slot.index(), &public_of(&KEY));
        }
        eeprom.set_slot(VALIDATED.index(), &[0xA0]);
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(eeprom).with_readings(readings));
        let eavesdropper = Eavesdropper::on(&bus);
        let (recording, swap) = (eavesdropper.recording.clone(), eavesdropper.swap.clone());
        Device {
            chip: Atecc608::new(eavesdropper, bus.delay()),
            attacker: Attacker::on(&bus),
            bus,
            recording,
            swap,
        }
    }

    /// What was recorded since the last call.
    pub(crate) fn recorded(&self) -> Vec<Exchange> {
        std::mem::take(&mut self.recording.lock().unwrap())
    }

    /// Answers to the host pass through here from now on.
    pub(crate) fn on_answers(&self, swap: impl FnMut(&Exchange) -> Option<Vec<u8>> + Send + 'static) {
        *self.swap.lock().unwrap() = Some(Box::new(swap));
    }

    pub(crate) fn slot(&self, slot: Slot) -> Vec<u8> {
        self.bus.with_chip(ChipId::FIRST, |chip| chip.eeprom().slot(slot.index()).to_vec())
    }

    /// All slots: what an attack may change.
    pub(crate) fn slots(&self) -> Vec<Vec<u8>> {
        Slot::all().map(|slot| self.slot(slot)).collect()
    }
}

pub(crate) fn public_of(private: &[u8; 32]) -> [u8; 64] {
    let key = SigningKey::from_slice(private).expect("a private key");
    key.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().expect("64 bytes")
}

pub(crate) fn sign(private: &[u8; 32], digest: &[u8; 32]) -> [u8; 64] {
    let signature: p256::ecdsa::Signature =
        SigningKey::from_slice(private).expect("a private key").sign_prehash(digest).expect("32 bytes");
    signature.to_bytes().into()
}
