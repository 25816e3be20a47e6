//! The configuration zone: 128 bytes, typed (chip reference 4.3 to 4.14).
//!
//! [`ConfigZone`] *is* the 128 bytes: nothing is lost between parsing and rendering, reserved bits
//! included. Accessors give every field a type.
//!
//! [`preset`] has zones that are ready, [`build`] makes one from purposes. [`lint`] finds mistakes and [`explain`] says
//! what each slot permits, both without a chip. [`plan`] shows what writing and locking would change.
//!
//! ```
//! use atecc608::{Slot, config::{ConfigZone, KeyType}};
//!
//! # let bytes = atecc608::config::preset::FACTORY;
//! let zone = ConfigZone::from_bytes(bytes);
//! assert!(zone.key_config(Slot::S0).is_private());
//! assert_eq!(zone.key_config(Slot::S0).key_type(), KeyType::P256);
//! assert!(!zone.is_config_locked());
//! println!("{zone}");
//! ```

pub mod build;
mod chip;
mod contents;
mod counter;
mod describe;
mod error;
pub mod explain;
mod key;
pub mod lint;
mod lock_state;
pub mod plan;
pub mod preset;
pub(crate) mod rule;
mod slot;

pub use chip::{ChipMode, ChipOptions, ClockDivider, OutputProtection, SecureBoot, SecureBootMode};
pub use contents::DataContents;
pub use error::{ConfigError, MISMATCH_SHOWN, Mismatch};
pub use key::{KeyConfig, KeyFlags, KeyType};
pub use lock_state::LockState;
pub use slot::{DerivePolicy, PrivateKeyPermissions, SlotConfig, SlotFlags, WritePolicy};

use crate::address::Address;
use crate::command::{CounterId, Model, Revision};
use crate::memory::Slot;
use crate::serial::SerialNumber;

/// Size of the zone in bytes.
pub const SIZE: usize = 128;

/// What a lock byte says while the zone is unlocked; everything else means locked
/// (chip reference 4.3).
const UNLOCKED: u8 = 0x55;

/// The configuration zone.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ConfigZone([u8; SIZE]);

/// One byte in which two zones differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Difference {
    /// Offset in the zone.
    pub offset: u8,
    /// The byte of the zone that was asked.
    pub left: u8,
    /// The byte of the other.
    pub right: u8,
}

impl ConfigZone {
    /// From the bytes as the chip gives them.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; SIZE]) -> Self {
        Self(bytes)
    }

    /// The bytes as the chip holds them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SIZE] {
        &self.0
    }

    /// Any byte: for fields without a type, and for what the reference does not know. Offsets
    /// above 127 give 0.
    #[must_use]
    pub fn byte(&self, offset: u8) -> u8 {
        self.0.get(usize::from(offset)).copied().unwrap_or(0)
    }

    /// Sets any byte; offsets above 127 do nothing.
    pub fn set_byte(&mut self, offset: u8, value: u8) {
        if let Some(byte) = self.0.get_mut(usize::from(offset)) {
            *byte = value;
        }
    }

    fn word16(&self, offset: u8) -> u16 {
        u16::from_le_bytes([self.byte(offset), self.byte(offset + 1)])
    }

    fn set_word16(&mut self, offset: u8, value: u16) {
        let [low, high] = value.to_le_bytes();
        self.set_byte(offset, low);
        self.set_byte(offset + 1, high);
    }

    /// One of the 32 words of 4 bytes.
    pub(crate) fn word(&self, word: u8) -> [u8; 4] {
        let offset = word * 4;
        [self.byte(offset), self.byte(offset + 1), self.byte(offset + 2), self.byte(offset + 3)]
    }

    /// One of the 4 blocks of 32 bytes.
    pub(crate) fn block(&self, block: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (to, from) in bytes.iter_mut().zip(self.0.iter().skip(usize::from(block) * 32)) {
            *to = *from;
        }
        bytes
    }

    /// Replaces one of them.
    pub(crate) fn set_block(&mut self, block: u8, bytes: &[u8; 32]) {
        for (to, from) in self.0.iter_mut().skip(usize::from(block) * 32).zip(bytes) {
            *to = *from;
        }
    }

    /// Serial number, bytes 0 to 3 and 8 to 12. Never writable.
    #[must_use]
    pub fn serial_number(&self) -> SerialNumber {
        let [a, b, c, d, _, _, _, _, e, f, g, h, i, ..] = self.0;
        SerialNumber([a, b, c, d, e, f, g, h, i])
    }

    /// Revision, bytes 4 to 7. Never writable.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision(self.word(1))
    }

    /// Whether bytes 0 to 15 can be a chip's own. In templates they are 0 or FF; lint and explain then do
    /// without them, as for a chip with I2C and AES.
    #[must_use]
    pub fn has_own_bytes(&self) -> bool {
        self.0.iter().take(16).any(|byte| !matches!(byte, 0x00 | 0xFF))
    }

    /// Whether the table was made for an ATECC508A (chip reference 4.14): by its revision, a value of OTPmode
    /// where CountMatch is now (byte 18), or LastKeyUse where the 608 has UseLock, SecureBoot and others (bytes 68
    /// to 83, all FF). Slots and keys mean the same on both.
    #[must_use]
    pub fn is_for_508a(&self) -> bool {
        self.revision().model() == Model::Atecc508A || self.has_otp_mode() || self.has_last_key_use()
    }

    /// A value of the 508A's OTPmode; as CountMatch it would have reserved bits.
    pub(crate) fn has_otp_mode(&self) -> bool {
        matches!(self.byte(18), 0x55 | 0xAA)
    }

    /// The 508A's LastKeyUse, unused.
    pub(crate) fn has_last_key_use(&self) -> bool {
        self.0.iter().skip(68).take(16).all(|byte| *byte == 0xFF)
    }

    /// The AES command is available, as far as is known.
    pub(crate) fn may_have_aes(&self) -> bool {
        self.aes_enabled() || !self.has_own_bytes()
    }

    /// Whether the AES command is available (byte 13). Never writable.
    #[must_use]
    pub fn aes_enabled(&self) -> bool {
        self.byte(13) & 1 == 1
    }

    /// Whether the interface is I2C, else single wire (byte 14). Never writable.
    #[must_use]
    pub fn i2c_enabled(&self) -> bool {
        self.byte(14) & 1 == 1
    }

    /// I2C address (byte 16); `None` if I2C reserves it.
    #[must_use]
    pub fn i2c_address(&self) -> Option<Address> {
        Address::from_config_byte(self.byte(16))
    }

    /// Sets the I2C address, which the chip uses from its next wake from sleep on.
    pub fn set_i2c_address(&mut self, address: Address) {
        self.set_byte(16, address.to_config_byte());
    }

    /// The slot that holds the limit of Counter0, if CountMatch is on (byte 18,
    /// chip reference 4.11).
    #[must_use]
    pub fn count_match(&self) -> Option<Slot> {
        let byte = self.byte(18);
        (byte & 1 == 1).then(|| Slot::from_nibble(byte >> 4))
    }

    /// Switches CountMatch on with a slot, or off.
    pub fn set_count_match(&mut self, slot: Option<Slot>) {
        self.set_byte(18, slot.map_or(0, |slot| slot.number() << 4 | 1));
    }

    /// Modes of the chip (byte 19).
    #[must_use]
    pub fn chip_mode(&self) -> ChipMode {
        ChipMode::from_bits(self.byte(19))
    }

    /// Sets the modes of the chip.
    pub fn set_chip_mode(&mut self, mode: ChipMode) {
        self.set_byte(19, mode.bits());
    }

    /// What may be done with a slot (bytes 20 to 51).
    #[must_use]
    pub fn slot_config(&self, slot: Slot) -> SlotConfig {
        SlotConfig::from_bits(self.word16(20 + 2 * slot.number()))
    }

    /// Sets what may be done with a slot.
    pub fn set_slot_config(&mut self, slot: Slot, config: SlotConfig) {
        self.set_word16(20 + 2 * slot.number(), config.bits());
    }

    /// What a slot holds and who may use it (bytes 96 to 127).
    #[must_use]
    pub fn key_config(&self, slot: Slot) -> KeyConfig {
        KeyConfig::from_bits(self.word16(96 + 2 * slot.number()))
    }

    /// Sets what a slot holds and who may use it.
    pub fn set_key_config(&mut self, slot: Slot, config: KeyConfig) {
        self.set_word16(96 + 2 * slot.number(), config.bits());
    }

    /// The eight bytes of a counter (52 to 59, 60 to 67).
    #[must_use]
    pub fn counter_bytes(&self, counter: CounterId) -> [u8; 8] {
        let first = 13 + 2 * counter as u8;
        let ([a, b, c, d], [e, f, g, h]) = (self.word(first), self.word(first + 1));
        [a, b, c, d, e, f, g, h]
    }

    /// Value of a counter as its bytes say (chip reference 4.9).
    #[must_use]
    pub fn counter(&self, counter: CounterId) -> u32 {
        counter::decode(self.counter_bytes(counter))
    }

    /// Presets a counter; `None`, without change, above 2 097 151.
    pub fn set_counter(&mut self, counter: CounterId, value: u32) -> Option<()> {
        let bytes = counter::encode(value)?;
        let first = 52 + 8 * counter as u8;
        for (offset, byte) in (first..).zip(bytes) {
            self.set_byte(offset, byte);
        }
        Some(())
    }

    /// UseLock, the transport lock (byte 68): enable code in bits 3:0, key slot in bits 7:4. What
    /// the codes mean is UNVERIFIED (chip reference 4.11, U7); 0x00 is off.
    #[must_use]
    pub fn use_lock(&self) -> u8 {
        self.byte(68)
    }

    /// Sets UseLock.
    pub fn set_use_lock(&mut self, value: u8) {
        self.set_byte(68, value);
    }

    /// The slot whose authorisation may set the persistent latch, if that is on (byte 69).
    #[must_use]
    pub fn volatile_key_permission(&self) -> Option<Slot> {
        let byte = self.byte(69);
        (byte & 0x80 != 0).then(|| Slot::from_nibble(byte))
    }

    /// Switches the permission on with a slot, or off.
    pub fn set_volatile_key_permission(&mut self, slot: Option<Slot>) {
        self.set_byte(69, slot.map_or(0, |slot| slot.number() | 0x80));
    }

    /// Secure boot (bytes 70, 71).
    #[must_use]
    pub fn secure_boot(&self) -> SecureBoot {
        SecureBoot::from_bits(self.word16(70))
    }

    /// Sets secure boot.
    pub fn set_secure_boot(&mut self, secure_boot: SecureBoot) {
        self.set_word16(70, secure_boot.bits());
    }

    /// Offset and the two bytes that KDF's IV special function compares there (bytes 72 to 74);
    /// offset 0xF0 switches it off.
    #[must_use]
    pub fn kdf_iv(&self) -> (u8, [u8; 2]) {
        (self.byte(72), [self.byte(73), self.byte(74)])
    }

    /// Sets what KDF's IV special function compares.
    pub fn set_kdf_iv(&mut self, offset: u8, bytes: [u8; 2]) {
        self.set_byte(72, offset);
        self.set_byte(73, bytes[0]);
        self.set_byte(74, bytes[1]);
    }

    /// UserExtra (byte 84), set once by UpdateExtra.
    #[must_use]
    pub fn user_extra(&self) -> u8 {
        self.byte(84)
    }

    /// UserExtraAdd (byte 85), set once by UpdateExtra: another I2C address if ChipMode says so.
    #[must_use]
    pub fn user_extra_add(&self) -> u8 {
        self.byte(85)
    }

    /// Whether the data and OTP zones are locked (byte 86).
    #[must_use]
    pub fn is_data_locked(&self) -> bool {
        self.byte(86) != UNLOCKED
    }

    /// Whether this zone is locked (byte 87).
    #[must_use]
    pub fn is_config_locked(&self) -> bool {
        self.byte(87) != UNLOCKED
    }

    /// Whether a slot is locked on its own (bytes 88, 89).
    #[must_use]
    pub fn is_slot_locked(&self, slot: Slot) -> bool {
        self.word16(88) >> slot.number() & 1 == 0
    }

    /// Options of the chip (bytes 90, 91).
    #[must_use]
    pub fn chip_options(&self) -> ChipOptions {
        ChipOptions::from_bits(self.word16(90))
    }

    /// Sets the options of the chip.
    pub fn set_chip_options(&mut self, options: ChipOptions) {
        self.set_word16(90, options.bits());
    }

    /// Certificate format `index` (0 to 3, bytes 92 to 95): template length in bits 7:4, position
    /// of the public key in bits 3:0; 0 for none (chip reference 4.10).
    #[must_use]
    pub fn x509_format(&self, index: u8) -> u8 {
        self.byte(92 + (index & 3))
    }

    /// Sets certificate format `index` (0 to 3).
    pub fn set_x509_format(&mut self, index: u8, value: u8) {
        self.set_byte(92 + (index & 3), value);
    }

    /// The bytes in which two zones differ, in order.
    pub fn difference<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = Difference> + 'a {
        (0u8..)
            .zip(self.0.iter().zip(&other.0))
            .filter(|(_, (left, right))| left != right)
            .map(|(offset, (&left, &right))| Difference { offset, left, right })
    }

    /// Whether Write can change this byte while the zone is unlocked (chip reference 4.3).
    #[must_use]
    pub const fn is_writable(offset: u8) -> bool {
        matches!(offset, 16..=83 | 88..=127)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// Every accessor must read back what its setter wrote, and no setter may touch another byte.
    #[test]
    fn setters_touch_their_own_bytes_only() {
        type Set = fn(&mut ConfigZone);
        let cases: [(Set, &[u8]); 12] = [
            (|z| z.set_i2c_address(Address::from_7bit(0x35).unwrap()), &[16]),
            (|z| z.set_count_match(Some(Slot::S10)), &[18]),
            (|z| z.set_chip_mode(ChipMode::from_bits(0xFF)), &[19]),
            (|z| z.set_slot_config(Slot::S15, SlotConfig::from_bits(0x1234)), &[50, 51]),
            (|z| z.set_use_lock(1), &[68]),
            (|z| z.set_volatile_key_permission(Some(Slot::S4)), &[69]),
            (|z| z.set_secure_boot(SecureBoot::from_bits(0xBC03)), &[70, 71]),
            (|z| z.set_kdf_iv(9, [0x69, 0x76]), &[72, 73, 74]),
            (|z| z.set_chip_options(ChipOptions::from_bits(0x600E)), &[90, 91]),
            (|z| z.set_x509_format(3, 0x21), &[95]),
            (|z| z.set_key_config(Slot::S0, KeyConfig::from_bits(0xFFFF)), &[96, 97]),
            (|z| z.set_counter(CounterId::Counter1, 33).unwrap(), &[60, 61, 62, 63, 64, 65, 66, 67]),
        ];
        for (set, offsets) in cases {
            let before = ConfigZone::from_bytes([0xA5; SIZE]);
            let mut after = before;
            set(&mut after);
            let touched: Vec<u8> = before.difference(&after).map(|d| d.offset).collect();
            assert_eq!(touched, offsets);
        }
    }

    /// Chip reference 6.1, the vendor's test configuration, decoded there in words.
    #[test]
    fn the_vendors_test_configuration_reads_as_the_reference_says() {
        let mut zone = ConfigZone::from_bytes(preset::FACTORY);
        for (offset, byte) in (16..).zip([0xC0, 0x00, 0xA1, 0x00]) {
            zone.set_byte(offset, byte);
        }
        for (offset, byte) in (68..).zip([0xFF, 0x84, 0x03, 0xBC, 0x09, 0x69, 0x76]) {
            zone.set_byte(offset, byte);
        }
        zone.set_byte(90, 0x0E);
        zone.set_byte(91, 0x40);
        assert_eq!(zone.i2c_address(), Some(Address::DEFAULT));
        assert_eq!(zone.count_match(), Some(Slot::S10));
        assert_eq!(zone.volatile_key_permission(), Some(Slot::S4));
        assert_eq!(zone.secure_boot().mode(), SecureBootMode::FullDigest);
        assert_eq!(zone.secure_boot().digest_slot(), Slot::S12);
        assert_eq!(zone.secure_boot().key_slot(), Slot::S11);
        assert_eq!(zone.kdf_iv(), (9, *b"iv"));
        assert_eq!(zone.chip_options().io_protection_key(), Some(Slot::S4));
        assert!(zone.chip_options().kdf_aes());
    }

    #[test]
    fn a_blank_chip_is_unlocked() {
        let mut zone = ConfigZone::from_bytes(preset::FACTORY);
        assert!(!zone.is_config_locked() && !zone.is_data_locked());
        assert!(Slot::all().all(|slot| !zone.is_slot_locked(slot)));
        zone.set_byte(87, 0x33);
        assert!(zone.is_config_locked(), "anything but 0x55 is locked");
        zone.set_byte(88, 0xFB);
        assert!(zone.is_slot_locked(Slot::S2) && !zone.is_slot_locked(Slot::S3));
        assert_eq!(zone.counter(CounterId::Counter0), 0);
        assert!(zone.aes_enabled() && zone.i2c_enabled() && zone.revision().is_608());
    }
}
