//! Ready-made configurations.

mod trust;
mod x509;

pub use trust::{TFLXTLS, TNGTLS};
pub use x509::{X509_DATA_SLOT, X509_SIGNING_SLOTS, x509_device};

use super::constant::each_slot;
use super::{
    ChipMode, ChipOptions, ConfigZone, KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SIZE, SecureBoot,
    SlotConfig,
};
use crate::memory::Slot;

/// A blank ATECC608A as it leaves the factory, with zeros where each chip has its own bytes
/// (serial number; chip reference 4.14).
pub const FACTORY: [u8; SIZE] = [
    0x01, 0x23, 0x00, 0x00, 0x00, 0x00, 0x60, 0x02, 0x00, 0x00, 0x00, 0x00, 0xEE, 0x01, 0x55, 0x00, // 0
    0xC0, 0x00, 0x00, 0x00, 0x83, 0x20, 0x87, 0x20, 0x8F, 0x20, 0xC4, 0x8F, 0x8F, 0x8F, 0x8F,
    0x8F, // 16
    0x9F, 0x8F, 0xAF, 0x8F, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, // 32
    0x00, 0x00, 0xAF, 0x8F, 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
    0xFF, // 48
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, // 64
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x55, 0x55, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, // 80
    0x33, 0x00, 0x33, 0x00, 0x33, 0x00, 0x1C, 0x00, 0x1C, 0x00, 0x1C, 0x00, 0x1C, 0x00, 0x1C,
    0x00, // 96
    0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x3C, 0x00, 0x1C,
    0x00, // 112
];

/// A preset on a certain chip: its own bytes (0 to 15 and 84 to 87) taken from `chip`, so that the
/// result can be given to `write_config` and `lock_config` of the same chip.
#[must_use]
pub const fn on_chip(preset: &[u8; SIZE], chip: &ConfigZone) -> ConfigZone {
    let mut zone = ConfigZone::from_bytes(*preset);
    let mut offset = 0;
    while offset < SIZE as u8 {
        if matches!(offset, 0..=15 | 84..=87) {
            zone.set_byte(offset, chip.byte(offset));
        }
        offset += 1;
    }
    zone
}

/// The factory's, with all that is not in a slot off; the slots are the caller's.
const fn nothing_special(chip: &ConfigZone) -> ConfigZone {
    let mut zone = on_chip(&FACTORY, chip);
    zone.set_chip_mode(ChipMode::from_bits(0));
    zone.set_chip_options(ChipOptions::from_bits(0));
    zone.set_secure_boot(SecureBoot::DISABLED);
    // 0xF0: KDF's IV special function off (chip reference 4.3).
    zone.set_kdf_iv(0xF0, [0, 0]);
    zone
}

/// The signing slots of [`gcp_device`]: 0 keeps its key for ever, 1 may get a new one.
pub const GCP_SIGNING_SLOTS: [Slot; 2] = [Slot::S0, Slot::S1];
/// The data slot of [`gcp_device`].
pub const GCP_DATA_SLOT: Slot = Slot::S8;

/// A device that signs cloud tokens; nothing else is left open.
///
/// | Slot | Holds | Once the data zone is locked |
/// |---|---|---|
/// | 0 | the device's key | signs digests; public key on request; never replaced |
/// | 1 | a key to rotate to | the same, but GenKey may replace it, until the slot is locked |
/// | 8 | 416 bytes of the application's | read and written in clear by anyone, until the slot is locked |
/// | others | nothing | no read, no write, no use |
///
/// Make the key of slot 0 before the data zone is locked: afterwards it can't be made. No key can
/// be written from outside, sign internal digests, or take part in ECDH; the transport lock,
/// secure boot, I/O protection, CountMatch and the persistent latch are off; I2C address, chip
/// mode (fastest clock, short watchdog) and counters are the factory's.
///
/// The chip's own bytes (0 to 15 and 84 to 87) are taken from `chip`, so the result can be given
/// to `write_config` and `lock_config` of the same chip.
#[must_use]
pub const fn gcp_device(chip: &ConfigZone) -> ConfigZone {
    let mut zone = nothing_special(chip);
    each_slot!(slot {
        zone.set_slot_config(slot, SlotConfig::CLOSED);
        zone.set_key_config(slot, KeyConfig::new(KeyType::ShaOrData, KeyFlags::empty()));
    });
    let signing = SlotConfig::private_key(PrivateKeyPermissions::EXTERNAL_SIGN);
    let key = KeyFlags::PRIVATE.union(KeyFlags::PUB_INFO);
    zone.set_slot_config(Slot::S0, signing);
    zone.set_key_config(Slot::S0, KeyConfig::new(KeyType::P256, key));
    zone.set_slot_config(Slot::S1, signing.with_gen_key());
    zone.set_key_config(Slot::S1, KeyConfig::new(KeyType::P256, key.union(KeyFlags::LOCKABLE)));
    zone.set_slot_config(GCP_DATA_SLOT, SlotConfig::OPEN_DATA);
    zone.set_key_config(GCP_DATA_SLOT, KeyConfig::new(KeyType::ShaOrData, KeyFlags::LOCKABLE));
    zone
}

#[cfg(test)]
mod tests {
    use super::super::{SlotFlags, WritePolicy};
    use super::*;

    #[test]
    fn nothing_is_left_open() {
        let mut chip = ConfigZone::from_bytes(FACTORY);
        chip.set_byte(2, 0x77);
        chip.set_byte(84, 0x11);
        let zone = gcp_device(&chip);
        assert_eq!(zone.serial_number(), chip.serial_number());
        assert!(zone.difference(&chip).all(|d| ConfigZone::is_writable(d.offset)));
        for slot in Slot::all() {
            let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
            if slot == GCP_DATA_SLOT {
                assert_eq!(config.write_policy(), WritePolicy::Always);
                assert_ne!(config.read_key(), Slot::S0, "not a target of CheckMac's copy");
                continue;
            }
            assert!(config.flags().contains(SlotFlags::IS_SECRET));
            assert!(!config.flags().contains(SlotFlags::ENCRYPT_READ));
            assert!(!config.allows_priv_write());
            assert_eq!(config.write_policy(), WritePolicy::Never, "{slot}");
            let signing = GCP_SIGNING_SLOTS.contains(&slot);
            assert_eq!(key.is_private(), signing);
            if signing {
                assert_eq!(config.permissions(), PrivateKeyPermissions::EXTERNAL_SIGN);
                assert_eq!(config.allows_gen_key(), slot == Slot::S1);
            } else {
                assert!(config.flags().contains(SlotFlags::NO_MAC));
            }
        }
    }
}
