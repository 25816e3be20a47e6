//! What survives the loss of power: the three zones and the seed of the random number generator.

mod changes;
mod known;
mod persist;

use super::config::{self, ChipOptions, KeyConfig, SecureBootConfig, SlotConfig, UNLOCKED, at};
use super::layout::{self, DATA_SIZE, SLOTS, Zone};
use crate::chip::crypto::sha256::sha256;
use core::fmt;
use known::KnownKeys;

pub(crate) use changes::Changes;
pub use persist::EepromError;

/// The EEPROM of one chip: config zone, OTP zone, 16 data slots (chip reference 4) and the random number
/// generator's seed. Tests may change it behind the chip's back; the chip looks at it anew with each
/// command, except for what it reads at a wake only (chip reference U43).
#[derive(Clone, PartialEq, Eq)]
pub struct Eeprom {
    config: [u8; 128],
    otp: [u8; 64],
    data: [u8; DATA_SIZE],
    seed: [u8; 32],
    known: KnownKeys,
    generation: u64,
}

impl Eeprom {
    /// Factory default (chip reference 4.14). Serial number and random numbers come from `seed`.
    pub(crate) fn blank(seed: u64) -> Eeprom {
        let serial = sha256(&[b"serial number", &seed.to_le_bytes()]);
        let serial = [serial[0], serial[1], serial[2], serial[3], serial[4], serial[5]];
        Eeprom {
            config: config::factory(serial),
            otp: [0xFF; 64],
            data: [0xFF; DATA_SIZE],
            seed: sha256(&[b"random numbers", &seed.to_le_bytes()]),
            known: KnownKeys::new(),
            generation: 0,
        }
    }

    /// A number that changes with every change of the contents while the chip lives, so that whoever
    /// keeps a copy knows when to renew it. It is not part of [`Eeprom::to_bytes`].
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The config zone (chip reference 4.3).
    pub fn config(&self) -> &[u8; 128] {
        &self.config
    }

    /// The one-time programmable zone (chip reference 4.15).
    pub fn otp(&self) -> &[u8; 64] {
        &self.otp
    }

    /// The bytes of a slot: 36 for slots 0 to 7, 416 for slot 8, 72 for the others.
    ///
    /// # Panics
    /// If `slot` is above 15.
    pub fn slot(&self, slot: usize) -> &[u8] {
        assert!(slot < SLOTS, "no slot {slot}");
        &self.data[layout::slot_range(slot)]
    }

    /// Replaces the config zone, lock bytes and serial number included.
    pub fn set_config(&mut self, config: &[u8; 128]) {
        self.config = *config;
        self.generation += 1;
    }

    /// Replaces the OTP zone.
    pub fn set_otp(&mut self, otp: &[u8; 64]) {
        self.otp = *otp;
        self.generation += 1;
    }

    /// Replaces the first bytes of a slot.
    ///
    /// # Panics
    /// If `slot` is above 15 or `contents` longer than the slot.
    pub fn set_slot(&mut self, slot: usize, contents: &[u8]) {
        assert!(slot < SLOTS, "no slot {slot}");
        self.data[layout::slot_range(slot)][..contents.len()].copy_from_slice(contents);
        self.known.remove(&slot);
        self.generation += 1;
    }

    /// Stores a P-256 private key, big endian, the way GenKey does: behind four pad bytes
    /// (chip reference 4.16).
    ///
    /// # Panics
    /// If `slot` is above 15.
    pub fn set_private_key(&mut self, slot: usize, key: &[u8; 32]) {
        let mut contents = [0; 36];
        contents[4..].copy_from_slice(key);
        self.set_slot(slot, &contents);
    }

    /// Stores X and Y of a P-256 public key, each behind four pad bytes (chip reference 4.16).
    ///
    /// # Panics
    /// If `slot` is not one of 8 to 15, the slots that are large enough.
    pub fn set_public_key(&mut self, slot: usize, key: &[u8; 64]) {
        let mut contents = [0; 72];
        contents[4..36].copy_from_slice(&key[..32]);
        contents[40..].copy_from_slice(&key[32..]);
        self.set_slot(slot, &contents);
    }

    pub(crate) fn seed(&self) -> &[u8; 32] {
        &self.seed
    }

    pub(crate) fn set_seed(&mut self, seed: [u8; 32]) {
        self.seed = seed;
        self.generation += 1;
    }

    pub(crate) fn zone(&self, zone: Zone) -> &[u8] {
        match zone {
            Zone::Config => &self.config,
            Zone::Otp => &self.otp,
            Zone::Slot(slot) => self.slot(slot),
        }
    }

    /// Overwrites bytes of a zone, cutting off what would be past its end.
    pub(crate) fn write(&mut self, zone: Zone, offset: usize, bytes: &[u8]) {
        let target = match zone {
            Zone::Config => &mut self.config[..],
            Zone::Otp => &mut self.otp[..],
            Zone::Slot(slot) => &mut self.data[layout::slot_range(slot)],
        };
        for (old, new) in target[offset..].iter_mut().zip(bytes) {
            *old = *new;
        }
        if let Zone::Slot(slot) = zone {
            self.known.remove(&slot);
        }
        self.generation += 1;
    }

    fn config_word(&self, offset: usize) -> u16 {
        u16::from_le_bytes([self.config[offset], self.config[offset + 1]])
    }

    pub(crate) fn slot_config(&self, slot: usize) -> SlotConfig {
        SlotConfig(self.config_word(at::SLOT_CONFIG + 2 * slot))
    }

    pub(crate) fn key_config(&self, slot: usize) -> KeyConfig {
        KeyConfig(self.config_word(at::KEY_CONFIG + 2 * slot))
    }

    pub(crate) fn chip_options(&self) -> ChipOptions {
        ChipOptions(self.config_word(at::CHIP_OPTIONS))
    }

    pub(crate) fn secure_boot(&self) -> SecureBootConfig {
        SecureBootConfig(self.config_word(at::SECURE_BOOT))
    }

    /// Where KDF's IV function looks in the message, and what it must find there. A location that no message
    /// reaches disables it.
    pub(crate) fn kdf_iv(&self) -> (usize, [u8; 2]) {
        let location = usize::from(self.config[at::KDF_IV_LOCATION]);
        (location, [self.config[at::KDF_IV], self.config[at::KDF_IV + 1]])
    }

    pub(crate) fn config_locked(&self) -> bool {
        self.config[at::LOCK_CONFIG] != UNLOCKED
    }

    pub(crate) fn data_locked(&self) -> bool {
        self.config[at::LOCK_VALUE] != UNLOCKED
    }

    pub(crate) fn slot_locked(&self, slot: usize) -> bool {
        self.config_word(at::SLOT_LOCKED) >> slot & 1 == 0
    }

    pub(crate) fn lock_slot(&mut self, slot: usize) {
        let left = self.config_word(at::SLOT_LOCKED) & !(1 << slot);
        self.write(Zone::Config, at::SLOT_LOCKED, &left.to_le_bytes());
    }

    /// SN[0:8].
    pub(crate) fn serial(&self) -> [u8; 9] {
        let mut serial = [0; 9];
        serial[..4].copy_from_slice(&self.config[..4]);
        serial[4..].copy_from_slice(&self.config[8..13]);
        serial
    }
}

/// Shows the config zone, which anybody may read from the chip, and nothing else.
impl fmt::Debug for Eeprom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Eeprom")
            .field("config", &format_args!("{:02x?}", self.config))
            .field("generation", &self.generation)
            .finish_non_exhaustive()
    }
}
