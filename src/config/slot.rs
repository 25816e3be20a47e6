//! SlotConfig: what may be done with a slot (chip reference 4.5, 4.6).

use crate::memory::Slot;

flags! {
    /// Single-bit fields of SlotConfig.
    pub struct SlotFlags: u16 {
        /// The key can't be used by MAC nor by SHA's HMAC.
        const NO_MAC = 1 << 4;
        /// Each use consumes a count of Counter0.
        const LIMITED_USE = 1 << 5;
        /// Reads are encrypted with the read key.
        const ENCRYPT_READ = 1 << 6;
        /// No clear reads and no 4-byte accesses; needed for every key.
        const IS_SECRET = 1 << 7;
    }
}

flags! {
    /// What a private key may do: the ReadKey field of a private slot.
    pub struct PrivateKeyPermissions: u8 {
        /// Sign digests from outside.
        const EXTERNAL_SIGN = 1 << 0;
        /// Sign statements of the chip (GenDig, GenKey digests).
        const INTERNAL_SIGN = 1 << 1;
        /// ECDH.
        const ECDH = 1 << 2;
        /// ECDH's result goes into the next slot instead of out (even slots only).
        const ECDH_TO_NEXT_SLOT = 1 << 3;
    }
}

/// Who may write a slot with Write, once the data zone is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WritePolicy {
    /// Anyone, in clear.
    Always,
    /// Anyone, in clear, unless the slot holds a validated public key.
    UnlessValidated,
    /// Nobody.
    Never,
    /// Who knows the write key, encrypted and with MAC.
    Encrypted,
}

/// Whether and how DeriveKey may make a key in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum DerivePolicy {
    /// Not at all.
    Never,
    /// From the slot's own key.
    Roll {
        /// A MAC under the write key is asked for.
        mac: bool,
    },
    /// From the write key.
    Create {
        /// A MAC under the write key is asked for.
        mac: bool,
    },
}

/// The 16 bits of a slot's SlotConfig. What a field means depends on the slot's KeyConfig and on
/// the command, hence several readings of the same bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct SlotConfig(u16);

impl SlotConfig {
    /// Nobody reads, writes or uses the contents as a MAC key: for unused slots. Read and write
    /// key are slot 15.
    pub const CLOSED: Self = Self(0x8F9F);
    /// Data anyone may read and write in clear, 4 or 32 bytes at a time. The read key is slot 15,
    /// so that CheckMac's copy (read key 0) stays off.
    pub const OPEN_DATA: Self = Self(0x0F0F);

    const GEN_KEY: u16 = 1 << 13;
    const PRIV_WRITE: u16 = 1 << 14;

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

    /// A private key that may do this and that can be made while the data zone is unlocked only.
    #[must_use]
    pub const fn private_key(permissions: PrivateKeyPermissions) -> Self {
        Self(0x8000 | SlotFlags::IS_SECRET.bits() | permissions.bits() as u16)
    }

    /// The same private key, but GenKey may replace it later.
    #[must_use]
    pub const fn with_gen_key(self) -> Self {
        Self(self.0 & 0x0FFF | Self::GEN_KEY)
    }

    /// Single-bit fields.
    #[must_use]
    pub const fn flags(self) -> SlotFlags {
        SlotFlags::from_bits_truncate(self.0)
    }

    /// Sets the single-bit fields.
    #[must_use]
    pub const fn with_flags(self, flags: SlotFlags) -> Self {
        Self(self.0 & !SlotFlags::all().bits() | flags.bits())
    }

    /// ReadKey of a slot that is no private key: the key that encrypts reads, or the parent that
    /// validates a public key. Slot 0 also makes the slot a target of CheckMac's copy.
    #[must_use]
    pub const fn read_key(self) -> Slot {
        Slot::from_nibble(self.0 as u8)
    }

    /// Sets ReadKey.
    #[must_use]
    pub const fn with_read_key(self, slot: Slot) -> Self {
        Self(self.0 & !0x000F | slot.number() as u16)
    }

    /// ReadKey of a private key: what the key may do.
    #[must_use]
    pub const fn permissions(self) -> PrivateKeyPermissions {
        PrivateKeyPermissions::from_bits_truncate(self.0 as u8)
    }

    /// WriteKey: the key for encrypted writes, the parent and MAC key of DeriveKey.
    #[must_use]
    pub const fn write_key(self) -> Slot {
        Slot::from_nibble((self.0 >> 8) as u8)
    }

    /// Sets WriteKey.
    #[must_use]
    pub const fn with_write_key(self, slot: Slot) -> Self {
        Self(self.0 & !0x0F00 | (slot.number() as u16) << 8)
    }

    /// The four WriteConfig bits.
    #[must_use]
    pub const fn write_config(self) -> u8 {
        (self.0 >> 12) as u8
    }

    /// Sets the four WriteConfig bits.
    #[must_use]
    pub const fn with_write_config(self, nibble: u8) -> Self {
        Self(self.0 & 0x0FFF | (nibble as u16) << 12)
    }

    /// WriteConfig as the Write command reads it.
    #[must_use]
    pub const fn write_policy(self) -> WritePolicy {
        match self.write_config() {
            0b0000 => WritePolicy::Always,
            0b0001 => WritePolicy::UnlessValidated,
            bits if bits & 0b0100 != 0 => WritePolicy::Encrypted,
            _ => WritePolicy::Never,
        }
    }

    /// WriteConfig as DeriveKey reads it.
    #[must_use]
    pub const fn derive_policy(self) -> DerivePolicy {
        let bits = self.write_config();
        let mac = bits & 0b1000 != 0;
        match bits & 0b0011 {
            0b10 => DerivePolicy::Roll { mac },
            0b11 => DerivePolicy::Create { mac },
            _ => DerivePolicy::Never,
        }
    }

    /// WriteConfig as GenKey reads it: a new private key may be made once the data zone is locked.
    #[must_use]
    pub const fn allows_gen_key(self) -> bool {
        self.0 & Self::GEN_KEY != 0
    }

    /// WriteConfig as PrivWrite reads it: a private key may be written, encrypted.
    #[must_use]
    pub const fn allows_priv_write(self) -> bool {
        self.0 & Self::PRIV_WRITE != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chip reference 6.1, column "decoded use".
    #[test]
    fn decoded_as_the_reference_decodes() {
        use PrivateKeyPermissions as P;
        let slot0 = SlotConfig::from_bits(0x2FAF);
        assert_eq!(slot0.permissions(), P::all());
        assert_eq!(slot0.flags(), SlotFlags::IS_SECRET | SlotFlags::LIMITED_USE);
        assert!(slot0.allows_gen_key() && !slot0.allows_priv_write());
        let slot3 = SlotConfig::from_bits(0xF4C4);
        assert_eq!(slot3.derive_policy(), DerivePolicy::Create { mac: true });
        assert_eq!((slot3.write_policy(), slot3.write_key()), (WritePolicy::Encrypted, Slot::S4));
        assert_eq!(slot3.read_key(), Slot::S4);
        let slot9 = SlotConfig::from_bits(0x64C4);
        assert_eq!(slot9.derive_policy(), DerivePolicy::Roll { mac: false });
        assert_eq!(SlotConfig::from_bits(0x8F9F).write_policy(), WritePolicy::Never);
        assert!(SlotConfig::from_bits(0x8F9F).flags().contains(SlotFlags::NO_MAC));
        assert!(SlotConfig::from_bits(0x6483).allows_priv_write());
        assert_eq!(SlotConfig::from_bits(0x0F0F).write_policy(), WritePolicy::Always);
        // Chip reference 6.3, slot 14.
        let slot14 = SlotConfig::from_bits(0x1F0D);
        assert_eq!((slot14.write_policy(), slot14.read_key()), (WritePolicy::UnlessValidated, Slot::S13));
        assert_eq!(slot14.derive_policy(), DerivePolicy::Never);
    }

    /// The table of chip reference 4.6 in full.
    #[test]
    fn write_config_table() {
        for nibble in 0u8..16 {
            let config = SlotConfig::from_bits(0x0ABC).with_write_config(nibble);
            assert_eq!(config.bits() & 0x0FFF, 0x0ABC);
            let write = match nibble {
                0b0000 => WritePolicy::Always,
                0b0001 => WritePolicy::UnlessValidated,
                0b0010 | 0b0011 | 0b1000..=0b1011 => WritePolicy::Never,
                _ => WritePolicy::Encrypted,
            };
            assert_eq!(config.write_policy(), write, "{nibble:04b}");
            let derive = match nibble {
                0b0010 | 0b0110 => DerivePolicy::Roll { mac: false },
                0b1010 | 0b1110 => DerivePolicy::Roll { mac: true },
                0b0011 | 0b0111 => DerivePolicy::Create { mac: false },
                0b1011 | 0b1111 => DerivePolicy::Create { mac: true },
                _ => DerivePolicy::Never,
            };
            assert_eq!(config.derive_policy(), derive, "{nibble:04b}");
        }
    }

    #[test]
    fn private_keys() {
        let fixed = SlotConfig::private_key(PrivateKeyPermissions::EXTERNAL_SIGN);
        assert_eq!(fixed.bits(), 0x8081);
        assert!(!fixed.allows_gen_key() && !fixed.allows_priv_write());
        let renewable = fixed.with_gen_key();
        assert_eq!(renewable.bits(), 0x2081);
        assert_eq!(renewable.with_flags(SlotFlags::empty()).bits(), 0x2001);
        assert_eq!(renewable.with_write_key(Slot::S7).with_read_key(Slot::S2).bits(), 0x2782);
    }
}
