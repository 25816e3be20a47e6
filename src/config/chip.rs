//! Fields that concern the whole chip (chip reference 4.4, 4.12, 4.13).

use crate::memory::Slot;

/// Speed of the crypto engine. Slower saves peak current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ClockDivider {
    /// Fastest.
    M0,
    /// Slower.
    M1,
    /// Slowest.
    M2,
    /// A value the reference does not know.
    Unknown(u8),
}

/// ChipMode, byte 19.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChipMode(u8);

impl ChipMode {
    /// From the byte.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The byte.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// UserExtraAdd (byte 85) is the I2C address when it is not zero.
    #[must_use]
    pub const fn alternate_address(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// Input thresholds follow VCC instead of being fixed.
    #[must_use]
    pub const fn ttl_enable(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The watchdog bites after about 10 s instead of 1.3 s.
    #[must_use]
    pub const fn long_watchdog(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Speed of the crypto engine.
    #[must_use]
    pub const fn clock_divider(self) -> ClockDivider {
        match self.0 >> 3 {
            0x00 => ClockDivider::M0,
            0x05 => ClockDivider::M1,
            0x0D => ClockDivider::M2,
            other => ClockDivider::Unknown(other),
        }
    }

    /// Sets the speed of the crypto engine.
    #[must_use]
    pub const fn with_clock_divider(self, divider: ClockDivider) -> Self {
        let code = match divider {
            ClockDivider::M0 => 0x00,
            ClockDivider::M1 => 0x05,
            ClockDivider::M2 => 0x0D,
            ClockDivider::Unknown(code) => code,
        };
        Self(self.0 & 0x07 | code << 3)
    }
}

/// How secure boot checks an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum SecureBootMode {
    /// Not at all.
    Disabled = 0,
    /// Digest and signature every time.
    FullBoth = 1,
    /// The signature is stored.
    FullSignature = 2,
    /// The digest is stored.
    FullDigest = 3,
}

/// SecureBoot, bytes 70 and 71.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SecureBoot(u16);

impl SecureBoot {
    /// Off.
    pub const DISABLED: Self = Self(0);

    /// From the word, low byte first in memory.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The word.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// How images are checked.
    #[must_use]
    pub const fn mode(self) -> SecureBootMode {
        match self.0 & 3 {
            0 => SecureBootMode::Disabled,
            1 => SecureBootMode::FullBoth,
            2 => SecureBootMode::FullSignature,
            _ => SecureBootMode::FullDigest,
        }
    }

    /// Success sets the persistent latch.
    #[must_use]
    pub const fn sets_latch(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The encrypted form needs a random nonce.
    #[must_use]
    pub const fn needs_random_nonce(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Slot of the stored digest or signature.
    #[must_use]
    pub const fn digest_slot(self) -> Slot {
        Slot::from_nibble((self.0 >> 8) as u8)
    }

    /// Slot of the code signer's public key.
    #[must_use]
    pub const fn key_slot(self) -> Slot {
        Slot::from_nibble((self.0 >> 12) as u8)
    }

    /// The same, but the encrypted form needs a random nonce.
    #[must_use]
    pub const fn with_random_nonce(self) -> Self {
        Self(self.0 | 0x10)
    }

    /// On, with these slots.
    #[must_use]
    pub const fn new(mode: SecureBootMode, digest_slot: Slot, key_slot: Slot) -> Self {
        Self(mode as u16 | (digest_slot.number() as u16) << 8 | (key_slot.number() as u16) << 12)
    }
}

/// Who sees the result of ECDH or KDF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[repr(u8)]
pub enum OutputProtection {
    /// Clear output is allowed.
    Clear = 0,
    /// Output must be encrypted with the I/O protection key.
    Encrypted = 1,
    /// The result may not leave the chip.
    Inside = 2,
    /// An invalid code.
    Invalid = 3,
}

impl OutputProtection {
    const fn from_bits(bits: u16) -> Self {
        match bits & 3 {
            0 => Self::Clear,
            1 => Self::Encrypted,
            2 => Self::Inside,
            _ => Self::Invalid,
        }
    }
}

/// ChipOptions, bytes 90 and 91.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ChipOptions(u16);

impl ChipOptions {
    /// From the word, low byte first in memory.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The word.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Self tests run at power-up and wake, which then take up to 20 ms.
    #[must_use]
    pub const fn power_on_self_test(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// The slot of the I/O protection key, if its functions are on.
    #[must_use]
    pub const fn io_protection_key(self) -> Option<Slot> {
        if self.0 & 0x02 != 0 { Some(Slot::from_nibble((self.0 >> 12) as u8)) } else { None }
    }

    /// KDF may use AES.
    #[must_use]
    pub const fn kdf_aes(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// A failed health test clears itself once reported.
    #[must_use]
    pub const fn auto_clear_first_fail(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// Who sees the result of ECDH.
    #[must_use]
    pub const fn ecdh_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 8)
    }

    /// Who sees the result of KDF.
    #[must_use]
    pub const fn kdf_protection(self) -> OutputProtection {
        OutputProtection::from_bits(self.0 >> 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_the_reference() {
        // Chip reference 4.4.
        for (byte, divider) in [(0x00, ClockDivider::M0), (0x28, ClockDivider::M1), (0x68, ClockDivider::M2)]
        {
            assert_eq!(ChipMode::from_bits(byte).clock_divider(), divider);
            assert_eq!(ChipMode::from_bits(0x07).with_clock_divider(divider).bits(), byte | 0x07);
        }
        let mode = ChipMode::from_bits(0x05);
        assert!(mode.alternate_address() && !mode.ttl_enable() && mode.long_watchdog());
        // 4.12: bytes 03 F7 of TFLXTLS.
        let boot = SecureBoot::from_bits(0xF703);
        assert_eq!(boot, SecureBoot::new(SecureBootMode::FullDigest, Slot::S7, Slot::S15));
        assert_eq!((boot.mode(), boot.sets_latch()), (SecureBootMode::FullDigest, false));
        assert!(
            SecureBoot::from_bits(0x0018).sets_latch() && SecureBoot::from_bits(0x0018).needs_random_nonce()
        );
        // 4.13: 0E 60 of the Trust parts, 02 04 of BitBox02.
        let trust = ChipOptions::from_bits(0x600E);
        assert_eq!(trust.io_protection_key(), Some(Slot::S6));
        assert!(trust.kdf_aes() && trust.auto_clear_first_fail() && !trust.power_on_self_test());
        let bitbox = ChipOptions::from_bits(0x0402);
        assert_eq!(bitbox.io_protection_key(), Some(Slot::S0));
        assert_eq!(bitbox.ecdh_protection(), OutputProtection::Clear);
        assert_eq!(bitbox.kdf_protection(), OutputProtection::Encrypted);
        assert_eq!(ChipOptions::from_bits(0).io_protection_key(), None);
    }
}
