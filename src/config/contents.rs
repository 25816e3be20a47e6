//! What the data and OTP zones should hold when they are locked.

use crate::config::{ConfigZone, KeyFlags, KeyType};
use crate::memory::Slot;
use crate::wire::crc::Crc;

/// Expected contents of the data and OTP zones, for
/// [`lock_data`](crate::blocking::Atecc608::lock_data): the chip compares their CRC with its own
/// before it locks (chip reference 5.11).
///
/// Whatever is not set is expected to be blank, 0xFF. Private key slots do not count. A slot given
/// fewer bytes than its size is expected to be blank behind them.
///
/// **A public key that must be validated** (slots 8 to 15 with PubInfo): whatever is written there, the chip puts 0xA into the
/// upper half of byte 0, and 0x5 when the key is validated (chip reference 4.16). Contents whose byte 0 is below 0x10, as
/// [`write_public_key`](crate::blocking::Atecc608::write_public_key) writes it, are taken for a key that is not
/// validated; for one that was validated before the lock give 0x50 there.
#[derive(Clone, Copy)]
pub struct DataContents<'a> {
    slots: [&'a [u8]; Slot::COUNT],
    otp: &'a [u8],
}

const OTP_SIZE: usize = 64;
/// Upper half of byte 0 of a public key that was written and not validated.
const NOT_VALIDATED: u8 = 0xA0;

impl<'a> DataContents<'a> {
    /// Nothing written since the factory.
    pub const BLANK: Self = Self { slots: [&[]; Slot::COUNT], otp: &[] };

    /// With these bytes at the start of a slot; `None` if they do not fit.
    #[must_use]
    pub const fn with_slot(mut self, slot: Slot, bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > slot.size() {
            return None;
        }
        self.slots[slot.index() % Slot::COUNT] = bytes;
        Some(self)
    }

    /// With these bytes at the start of OTP; `None` above 64.
    #[must_use]
    pub const fn with_otp(mut self, bytes: &'a [u8]) -> Option<Self> {
        if bytes.len() > OTP_SIZE {
            return None;
        }
        self.otp = bytes;
        Some(self)
    }

    /// What is set at the start of a slot.
    #[cfg(feature = "x509")]
    pub(crate) fn slot(&self, slot: Slot) -> &'a [u8] {
        self.slots.get(slot.index()).copied().unwrap_or_default()
    }

    /// CRC of the zones of a chip with this configuration, low byte first.
    #[must_use]
    pub fn crc(&self, config: &ConfigZone) -> [u8; 2] {
        let slots = Slot::all()
            .zip(self.slots)
            .filter(|(slot, _)| !config.key_config(*slot).is_private())
            .map(|(slot, bytes)| (bytes, slot.size(), must_be_validated(config, slot)));
        let mut crc = Crc::new();
        for (bytes, size, marked) in slots.chain([(self.otp, OTP_SIZE, false)]) {
            match bytes.split_first() {
                Some((first, rest)) if marked && *first < 0x10 => {
                    crc.update(&[NOT_VALIDATED | *first]);
                    crc.update(rest);
                }
                _ => crc.update(bytes),
            }
            for _ in bytes.len()..size {
                crc.update(&[0xFF]);
            }
        }
        crc.finish()
    }
}

/// The chip keeps in byte 0 whether the public key is valid.
fn must_be_validated(config: &ConfigZone, slot: Slot) -> bool {
    let key = config.key_config(slot);
    slot >= Slot::S8 && key.key_type() == KeyType::P256 && key.flags().contains(KeyFlags::PUB_INFO)
}

impl core::fmt::Debug for DataContents<'_> {
    // The contents may be keys.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DataContents").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{KeyConfig, preset};

    #[test]
    fn crc_of_a_blank_chip() {
        // Chip reference 7.4, last row.
        let factory = ConfigZone::from_bytes(preset::FACTORY);
        assert_eq!(DataContents::BLANK.crc(&factory), [0x35, 0x53]);
    }

    /// The first byte of a key that must be validated is what the chip makes of it.
    #[test]
    fn a_public_key_that_must_be_validated_is_marked() {
        let mut config = ConfigZone::from_bytes(preset::FACTORY);
        let crc = |config: &ConfigZone, first: u8| {
            DataContents::BLANK.with_slot(Slot::S14, &[first, 7]).unwrap().crc(config)
        };
        assert_ne!(crc(&config, 0x03), crc(&config, 0xA3));
        config.set_key_config(Slot::S14, KeyConfig::new(KeyType::P256, KeyFlags::PUB_INFO));
        assert_eq!(crc(&config, 0x03), crc(&config, 0xA3));
        assert_ne!(crc(&config, 0x53), crc(&config, 0xA3));
        let given = [0x10, 0x53, 0xFF].map(|first| crc(&config, first));
        config.set_key_config(Slot::S14, KeyConfig::new(KeyType::P256, KeyFlags::empty()));
        assert_ne!(crc(&config, 0x03), crc(&config, 0xA3));
        // With a mark, or what is none, it is as given.
        assert_eq!([0x10, 0x53, 0xFF].map(|first| crc(&config, first)), given);
    }

    #[test]
    fn contents_count_and_private_slots_do_not() {
        let factory = ConfigZone::from_bytes(preset::FACTORY);
        let blank = DataContents::BLANK;
        let crc = |contents: Option<DataContents<'_>>| contents.unwrap().crc(&factory);
        assert_eq!(crc(blank.with_slot(Slot::S8, &[0xFF; 416])), blank.crc(&factory));
        assert_ne!(crc(blank.with_slot(Slot::S8, &[1])), blank.crc(&factory));
        assert_ne!(crc(blank.with_otp(&[1])), blank.crc(&factory));
        assert_eq!(crc(blank.with_slot(Slot::S0, &[1])), blank.crc(&factory), "slot 0 is private");
        assert!(blank.with_slot(Slot::S3, &[0; 37]).is_none());
        assert!(blank.with_otp(&[0; 65]).is_none());
    }
}
