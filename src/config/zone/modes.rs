//! What concerns the whole chip: address, modes, limits, protection (chip reference 4.4, 4.11 to 4.13).

use crate::address::Address;
use crate::config::{ChipMode, ChipOptions, ConfigZone, SecureBoot};
use crate::memory::Slot;

impl ConfigZone {
    /// I2C address (byte 16); `None` if I2C reserves it.
    #[must_use]
    pub const fn i2c_address(&self) -> Option<Address> {
        Address::from_config_byte(self.byte(16))
    }

    /// Sets the I2C address, which the chip uses from its next wake from sleep on.
    pub const fn set_i2c_address(&mut self, address: Address) {
        self.set_byte(16, address.to_config_byte());
    }

    /// The slot that holds the limit of Counter0, if CountMatch is on (byte 18,
    /// chip reference 4.11).
    #[must_use]
    pub const fn count_match(&self) -> Option<Slot> {
        let byte = self.byte(18);
        if byte & 1 == 1 { Some(Slot::from_nibble(byte >> 4)) } else { None }
    }

    /// Switches CountMatch on with a slot, or off.
    pub const fn set_count_match(&mut self, slot: Option<Slot>) {
        let byte = match slot {
            Some(slot) => slot.number() << 4 | 1,
            None => 0,
        };
        self.set_byte(18, byte);
    }

    /// Modes of the chip (byte 19).
    #[must_use]
    pub const fn chip_mode(&self) -> ChipMode {
        ChipMode::from_bits(self.byte(19))
    }

    /// Sets the modes of the chip.
    pub const fn set_chip_mode(&mut self, mode: ChipMode) {
        self.set_byte(19, mode.bits());
    }

    /// UseLock, the transport lock (byte 68): enable code in bits 3:0, key slot in bits 7:4. What
    /// the codes mean is UNVERIFIED (chip reference 4.11, U7); 0x00 is off.
    #[must_use]
    pub const fn use_lock(&self) -> u8 {
        self.byte(68)
    }

    /// Sets UseLock.
    pub const fn set_use_lock(&mut self, value: u8) {
        self.set_byte(68, value);
    }

    /// The slot whose authorisation may set the persistent latch, if that is on (byte 69).
    #[must_use]
    pub const fn volatile_key_permission(&self) -> Option<Slot> {
        let byte = self.byte(69);
        if byte & 0x80 != 0 { Some(Slot::from_nibble(byte)) } else { None }
    }

    /// Switches the permission on with a slot, or off.
    pub const fn set_volatile_key_permission(&mut self, slot: Option<Slot>) {
        let byte = match slot {
            Some(slot) => slot.number() | 0x80,
            None => 0,
        };
        self.set_byte(69, byte);
    }

    /// Secure boot (bytes 70, 71).
    #[must_use]
    pub const fn secure_boot(&self) -> SecureBoot {
        SecureBoot::from_bits(self.word16(70))
    }

    /// Sets secure boot.
    pub const fn set_secure_boot(&mut self, secure_boot: SecureBoot) {
        self.set_word16(70, secure_boot.bits());
    }

    /// Offset and the two bytes that KDF's IV special function compares there (bytes 72 to 74);
    /// offset 0xF0 switches it off.
    #[must_use]
    pub const fn kdf_iv(&self) -> (u8, [u8; 2]) {
        (self.byte(72), [self.byte(73), self.byte(74)])
    }

    /// Sets what KDF's IV special function compares.
    pub const fn set_kdf_iv(&mut self, offset: u8, bytes: [u8; 2]) {
        self.set_byte(72, offset);
        self.set_byte(73, bytes[0]);
        self.set_byte(74, bytes[1]);
    }

    /// Options of the chip (bytes 90, 91).
    #[must_use]
    pub const fn chip_options(&self) -> ChipOptions {
        ChipOptions::from_bits(self.word16(90))
    }

    /// Sets the options of the chip.
    pub const fn set_chip_options(&mut self, options: ChipOptions) {
        self.set_word16(90, options.bits());
    }
}
