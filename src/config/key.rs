//! KeyConfig: what a slot holds and who may use it (chip reference 4.7).

use crate::memory::Slot;

flags! {
    /// Single-bit fields of KeyConfig.
    pub struct KeyFlags: u16 {
        /// ECC private key: only Sign, GenKey, ECDH and PrivWrite may use the slot.
        const PRIVATE = 1 << 0;
        /// Private key: its public key may be asked for later. Public key in slots 8 to 15: it
        /// must be validated before Verify uses it.
        const PUB_INFO = 1 << 1;
        /// Lock may lock this slot on its own.
        const LOCKABLE = 1 << 5;
        /// TempKey must come from the random number generator (see chip reference 4.8).
        const REQ_RANDOM = 1 << 6;
        /// Use needs a prior authorisation with the auth key.
        const REQ_AUTH = 1 << 7;
        /// The key is dead while the persistent latch is 0.
        const PERSISTENT_DISABLE = 1 << 12;
    }
}

/// Kind of contents of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum KeyType {
    /// P-256 key.
    P256,
    /// AES-128 keys.
    Aes,
    /// SHA key, data, anything else.
    ShaOrData,
    /// A code the chip reserves.
    Reserved(u8),
}

impl KeyType {
    /// From the three bits.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        match bits & 7 {
            4 => Self::P256,
            6 => Self::Aes,
            7 => Self::ShaOrData,
            other => Self::Reserved(other),
        }
    }

    /// The three bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::P256 => 4,
            Self::Aes => 6,
            Self::ShaOrData => 7,
            Self::Reserved(bits) => bits & 7,
        }
    }
}

/// The 16 bits of a slot's KeyConfig.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct KeyConfig(u16);

impl KeyConfig {
    /// From the 16 bits, low byte first in memory.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The 16 bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Contents of this kind with these flags.
    #[must_use]
    pub const fn new(key_type: KeyType, flags: KeyFlags) -> Self {
        Self((key_type.bits() as u16) << 2 | flags.bits())
    }

    /// Kind of contents.
    #[must_use]
    pub const fn key_type(self) -> KeyType {
        KeyType::from_bits((self.0 >> 2) as u8)
    }

    /// Sets the kind of contents.
    #[must_use]
    pub const fn with_key_type(self, key_type: KeyType) -> Self {
        Self(self.0 & !0x001C | (key_type.bits() as u16) << 2)
    }

    /// Single-bit fields.
    #[must_use]
    pub const fn flags(self) -> KeyFlags {
        KeyFlags::from_bits_truncate(self.0)
    }

    /// Sets the single-bit fields.
    #[must_use]
    pub const fn with_flags(self, flags: KeyFlags) -> Self {
        Self(self.0 & !KeyFlags::all().bits() | flags.bits())
    }

    /// Whether the slot holds an ECC private key.
    #[must_use]
    pub const fn is_private(self) -> bool {
        self.flags().contains(KeyFlags::PRIVATE)
    }

    /// The slot that must authorise, if [`KeyFlags::REQ_AUTH`] is set.
    #[must_use]
    pub const fn auth_key(self) -> Option<Slot> {
        if self.flags().contains(KeyFlags::REQ_AUTH) {
            Some(Slot::from_nibble((self.0 >> 8) as u8))
        } else {
            None
        }
    }

    /// Requires authorisation by a slot, or none.
    #[must_use]
    pub const fn with_auth_key(self, slot: Option<Slot>) -> Self {
        let bits = self.0 & !(0x0F00 | KeyFlags::REQ_AUTH.bits());
        match slot {
            Some(slot) => Self(bits | KeyFlags::REQ_AUTH.bits() | (slot.number() as u16) << 8),
            None => Self(bits),
        }
    }

    /// Index of the certificate format (0 to 3) of a public key.
    #[must_use]
    pub const fn x509_id(self) -> u8 {
        (self.0 >> 14) as u8
    }

    /// Sets the index of the certificate format (0 to 3).
    #[must_use]
    pub const fn with_x509_id(self, id: u8) -> Self {
        Self(self.0 & !0xC000 | (id as u16 & 3) << 14)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoded_as_the_reference_decodes() {
        // Chip reference 6.1: slots 0, 5, 14; 6.4: slot 5 of BitBox02 (0x01F3).
        let slot0 = KeyConfig::from_bits(0x0033);
        assert_eq!(slot0.flags(), KeyFlags::PRIVATE | KeyFlags::PUB_INFO | KeyFlags::LOCKABLE);
        assert_eq!((slot0.key_type(), slot0.auth_key()), (KeyType::P256, None));
        let slot5 = KeyConfig::from_bits(0x103A);
        assert_eq!(slot5.key_type(), KeyType::Aes);
        assert!(slot5.flags().contains(KeyFlags::PERSISTENT_DISABLE) && !slot5.is_private());
        assert_eq!(KeyConfig::from_bits(0x01F3).auth_key(), Some(Slot::S1));
        assert_eq!(KeyConfig::from_bits(0x001C).key_type(), KeyType::ShaOrData);
        for bits in 0..8 {
            assert_eq!(KeyType::from_bits(bits).bits(), bits);
        }
    }

    #[test]
    fn built_as_decoded() {
        let flags = KeyFlags::PRIVATE | KeyFlags::PUB_INFO | KeyFlags::LOCKABLE;
        assert_eq!(KeyConfig::new(KeyType::P256, flags).bits(), 0x0033);
        let auth = KeyConfig::from_bits(0x0073).with_auth_key(Some(Slot::S1)).with_x509_id(2);
        assert_eq!(auth.bits(), 0x81F3);
        assert_eq!(auth.x509_id(), 2);
        assert_eq!(auth.with_auth_key(None).with_x509_id(0).bits(), 0x0073);
        assert_eq!(auth.with_flags(KeyFlags::empty()).with_key_type(KeyType::Aes).bits(), 0x8118);
    }
}
