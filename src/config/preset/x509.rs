//! A device with certificates.

use super::nothing_special;
use crate::config::constant::each_slot;
use crate::config::{ConfigZone, KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SlotConfig, SlotFlags};
use crate::memory::Slot;

/// The keys of [`x509_device`]: slot 0 keeps its key for ever, slots 1 and 2 may get new ones.
pub const X509_SIGNING_SLOTS: [Slot; 3] = [Slot::S0, Slot::S1, Slot::S2];
/// The data slot of [`x509_device`], which has room for the certificates of slot 2.
pub const X509_DATA_SLOT: Slot = Slot::S8;

/// A device that is known by its certificate, and can get another one in the field.
///
/// | Slot | Holds | Once the data zone is locked |
/// |---|---|---|
/// | 0 | the device's key | signs digests; public key on request; never replaced |
/// | 1, 2 | keys to renew, in turn | the same, but GenKey may replace them, until the slot is locked |
/// | 8 | 416 bytes of the application's, or 216 for the certificates of the key in slot 2 | read and written in clear by anyone, until the slot is locked |
/// | 10 | certificate of the key in slot 0 | read by anyone; never written |
/// | 11 | public key of its signer | read and used by Verify by anyone; never written |
/// | 12 | certificate of that signer | read by anyone; never written |
/// | 13 | certificate of the key in slot 1 | read and written in clear by anyone, until the slot is locked |
/// | 14 | public key of its signer | the same |
/// | 15 | certificate of that signer | the same |
/// | others | nothing | no read, no write, no use |
///
/// Slots 0, 10, 11 and 12 are those of a Trust&GO chip. Certificates are compressed to 72 bytes, signers' keys are
/// padded to as many (chip reference 4.16). Make the key of slot 0 and write slots 10 to 12 before the data zone is
/// locked: afterwards they can't be made or written. [`provision_with_certificate`] does all of it.
///
/// A device that renews its certificate makes the new key in whichever of slots 1 and 2 is not in use, so the old
/// identity works until the server has taken the new one. Slot 8 then holds the certificate at byte 0, the signer's key at
/// 72 and the signer's certificate at 144, as LoRaWAN parts have it.
///
/// Slots 13 to 15 start blank. Anyone on the bus can write them and slot 8, and make new keys in slots 1 and 2: that ends an
/// identity until its certificate is written again, and forges nothing, since a certificate counts only if its signature verifies with
/// a root key that the reader has from elsewhere. That is also why slot 14 is plain data, which Verify does not take: a
/// key that anyone can replace is no anchor. Where an identity is final, lock its slots.
///
/// No key can be written from outside, sign internal digests, or take part in ECDH; the transport lock,
/// secure boot, I/O protection, CountMatch and the persistent latch are off; I2C address, chip
/// mode (fastest clock, short watchdog) and counters are the factory's.
///
/// The chip's own bytes (0 to 15 and 84 to 87) are taken from `chip`, so the result can be given
/// to `write_config` and `lock_config` of the same chip.
///
/// [`provision_with_certificate`]: https://docs.rs/atecc608/latest/atecc608/blocking/struct.Atecc608.html#method.provision_with_certificate
#[must_use]
pub const fn x509_device(chip: &ConfigZone) -> ConfigZone {
    let mut zone = nothing_special(chip);
    each_slot!(slot {
        let (config, key) = slot_of(slot);
        zone.set_slot_config(slot, config);
        zone.set_key_config(slot, key);
    });
    zone
}

const fn slot_of(slot: Slot) -> (SlotConfig, KeyConfig) {
    let signing = SlotConfig::private_key(PrivateKeyPermissions::EXTERNAL_SIGN);
    let private = KeyFlags::PRIVATE.union(KeyFlags::PUB_INFO);
    let fixed = SlotConfig::CLOSED.with_flags(SlotFlags::empty());
    let data = KeyConfig::new(KeyType::ShaOrData, KeyFlags::empty());
    match slot.number() {
        0 => (signing, KeyConfig::new(KeyType::P256, private)),
        1 | 2 => (signing.with_gen_key(), KeyConfig::new(KeyType::P256, private.union(KeyFlags::LOCKABLE))),
        10 | 12 => (fixed, data),
        11 => (fixed, KeyConfig::new(KeyType::P256, KeyFlags::empty())),
        8 | 13..=15 => (SlotConfig::OPEN_DATA, KeyConfig::new(KeyType::ShaOrData, KeyFlags::LOCKABLE)),
        _ => (SlotConfig::CLOSED, data),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::build::{Builder, Purpose};
    use crate::config::lint::{Kind, Severity};
    use crate::config::preset::FACTORY;

    /// Bit by bit, and by purposes.
    #[test]
    fn as_the_table_says() {
        const FACTORY_CHIP: ConfigZone = ConfigZone::from_bytes(FACTORY);
        const WANTED: ConfigZone = x509_device(&FACTORY_CHIP);
        let bits = |slot: Slot| (WANTED.slot_config(slot).bits(), WANTED.key_config(slot).bits());
        for slot in Slot::all() {
            let expected = match slot.number() {
                0 => (0x8081, 0x0013),
                1 | 2 => (0x2081, 0x0033),
                10 | 12 => (0x8F0F, 0x001C),
                11 => (0x8F0F, 0x0010),
                8 | 13..=15 => (0x0F0F, 0x003C),
                _ => (0x8F9F, 0x001C),
            };
            assert_eq!(bits(slot), expected, "{slot}");
        }
        let built = Builder::new(&FACTORY_CHIP)
            .slot(Slot::S0, Purpose::SigningKey)
            .slot(Slot::S1, Purpose::RenewableSigningKey)
            .slot(Slot::S2, Purpose::RenewableSigningKey)
            .slot(Slot::S8, Purpose::Data)
            .slot(Slot::S10, Purpose::Certificate)
            .slot(Slot::S11, Purpose::PublicKey)
            .slot(Slot::S12, Purpose::Certificate)
            .slot(Slot::S13, Purpose::RenewableCertificate)
            .slot(Slot::S14, Purpose::RenewableCertificate)
            .slot(Slot::S15, Purpose::RenewableCertificate)
            .build();
        assert_eq!(built, Ok(WANTED));
    }

    /// What it keeps of the chip, and what lint says of it.
    #[test]
    fn nothing_but_notices() {
        let mut chip = ConfigZone::from_bytes(FACTORY);
        chip.set_byte(2, 0x77);
        chip.set_byte(84, 0x11);
        let zone = x509_device(&chip);
        assert_eq!(zone.serial_number(), chip.serial_number());
        assert!(zone.difference(&chip).all(|d| ConfigZone::is_writable(d.offset)));
        let mut said = std::vec::Vec::new();
        for finding in zone.lint() {
            assert_eq!(finding.severity, Severity::Notice, "{finding}");
            if !said.contains(&finding.kind) {
                said.push(finding.kind);
            }
        }
        // The documentation says why: made and written once, replaceable on purpose, locked by who wants to.
        let explained = [
            Kind::PrivateKeyReplaceable,
            Kind::PrivateKeyMadeOnce,
            Kind::DataWritable,
            Kind::ContentsWrittenOnce,
            Kind::LockableOpen,
            Kind::LostAtConfigLock,
            Kind::LostAtDataLock,
        ];
        assert_eq!(said, explained);
    }
}
