//! Slots and certificate formats (chip reference 4.5 to 4.7, 4.10).

use crate::config::{ConfigZone, KeyConfig, SlotConfig};
use crate::memory::Slot;

impl ConfigZone {
    /// What may be done with a slot (bytes 20 to 51).
    #[must_use]
    pub const fn slot_config(&self, slot: Slot) -> SlotConfig {
        SlotConfig::from_bits(self.word16(20 + 2 * slot.number()))
    }

    /// Sets what may be done with a slot.
    pub const fn set_slot_config(&mut self, slot: Slot, config: SlotConfig) {
        self.set_word16(20 + 2 * slot.number(), config.bits());
    }

    /// What a slot holds and who may use it (bytes 96 to 127).
    #[must_use]
    pub const fn key_config(&self, slot: Slot) -> KeyConfig {
        KeyConfig::from_bits(self.word16(96 + 2 * slot.number()))
    }

    /// Sets what a slot holds and who may use it.
    pub const fn set_key_config(&mut self, slot: Slot, config: KeyConfig) {
        self.set_word16(96 + 2 * slot.number(), config.bits());
    }

    /// Certificate format `index` (0 to 3, bytes 92 to 95): template length in bits 7:4, position
    /// of the public key in bits 3:0; 0 for none (chip reference 4.10).
    #[must_use]
    pub const fn x509_format(&self, index: u8) -> u8 {
        self.byte(92 + (index & 3))
    }

    /// Sets certificate format `index` (0 to 3).
    pub const fn set_x509_format(&mut self, index: u8, value: u8) {
        self.set_byte(92 + (index & 3), value);
    }
}
