//! The 128 bytes, and how two of them differ. Fields by name are in the files below.

mod counters;
mod locks;
mod modes;
mod own;
mod slots;

/// Size of the zone in bytes.
pub const SIZE: usize = 128;

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

impl From<[u8; SIZE]> for ConfigZone {
    fn from(bytes: [u8; SIZE]) -> Self {
        Self(bytes)
    }
}

impl From<ConfigZone> for [u8; SIZE] {
    fn from(zone: ConfigZone) -> Self {
        zone.0
    }
}

impl AsRef<[u8; SIZE]> for ConfigZone {
    fn as_ref(&self) -> &[u8; SIZE] {
        &self.0
    }
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
    pub const fn byte(&self, offset: u8) -> u8 {
        if (offset as usize) < SIZE { self.0[offset as usize] } else { 0 }
    }

    /// Sets any byte; offsets above 127 do nothing.
    pub const fn set_byte(&mut self, offset: u8, value: u8) {
        if (offset as usize) < SIZE {
            self.0[offset as usize] = value;
        }
    }

    pub(super) const fn word16(&self, offset: u8) -> u16 {
        u16::from_le_bytes([self.byte(offset), self.byte(offset + 1)])
    }

    pub(super) const fn set_word16(&mut self, offset: u8, value: u16) {
        let [low, high] = value.to_le_bytes();
        self.set_byte(offset, low);
        self.set_byte(offset + 1, high);
    }

    /// One of the 32 words of 4 bytes.
    pub(crate) const fn word(&self, word: u8) -> [u8; 4] {
        let offset = word * 4;
        [self.byte(offset), self.byte(offset + 1), self.byte(offset + 2), self.byte(offset + 3)]
    }

    /// Replaces one of them.
    pub(super) const fn set_word(&mut self, word: u8, bytes: [u8; 4]) {
        let (offset, [a, b, c, d]) = (word * 4, bytes);
        self.set_byte(offset, a);
        self.set_byte(offset + 1, b);
        self.set_byte(offset + 2, c);
        self.set_byte(offset + 3, d);
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
    use crate::address::Address;
    use crate::command::CounterId;
    use crate::config::{ChipMode, ChipOptions, KeyConfig, SecureBoot, SecureBootMode, SlotConfig, preset};
    use crate::memory::Slot;
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
