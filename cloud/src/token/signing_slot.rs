//! Which slots of a chip can sign a token, whoever set it up.

use atecc608::Slot;
use atecc608::config::explain::{Action, Stage};
use atecc608::config::{ConfigZone, KeyType, PrivateKeyPermissions, SlotFlags};
use core::fmt;

/// Why a slot can't sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CanNotSign {
    /// The chip signs nothing before its configuration is locked.
    ConfigUnlocked,
    /// The slot is not made for a private key.
    NoPrivateKey,
    /// The key is not of type P-256, or lacks IsSecret: the chip refuses it.
    KeyRefused,
    /// The key may not sign what comes from outside (ReadKey bit 0).
    NotExternal,
    /// Another slot has to authorise it first, with a secret that this program does not have.
    NeedsAuthorisation(Slot),
    /// It works only while the persistent latch is set, which needs a secret that this program does not have.
    NeedsLatch,
    /// Its uses are counted, and used up.
    UsedUp,
}

impl fmt::Display for CanNotSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ConfigUnlocked => "the configuration is not locked yet",
            Self::NoPrivateKey => "not made for a private key",
            Self::KeyRefused => "its key is not of type P-256, or not secret, and the chip refuses it",
            Self::NotExternal => "its key may not sign digests from outside",
            Self::NeedsAuthorisation(slot) => return write!(f, "{slot} has to authorise its key first"),
            Self::NeedsLatch => "its key works only while the persistent latch is set",
            Self::UsedUp => "the uses of its key are used up",
        })
    }
}

/// Whether the chip with this configuration lets the key in `slot` sign a token's digest. Whether there is a key in
/// it, only the chip can tell ([`is_key_valid`](atecc608::blocking::Atecc608::is_key_valid)).
///
/// # Errors
/// [`CanNotSign`].
pub fn may_sign(zone: &ConfigZone, slot: Slot) -> Result<(), CanNotSign> {
    let stage = match (zone.is_config_locked(), zone.is_data_locked()) {
        (false, _) => return Err(CanNotSign::ConfigUnlocked),
        (true, false) => Stage::ConfigLocked,
        (true, true) => Stage::Locked,
    };
    let (config, key) = (zone.slot_config(slot), zone.key_config(slot));
    if !key.is_private() {
        return Err(CanNotSign::NoPrivateKey);
    }
    if key.key_type() != KeyType::P256 || !config.flags().contains(SlotFlags::IS_SECRET) {
        return Err(CanNotSign::KeyRefused);
    }
    if !config.permissions().contains(PrivateKeyPermissions::EXTERNAL_SIGN) {
        return Err(CanNotSign::NotExternal);
    }
    match zone.permission(slot, Action::SignExternal, stage) {
        None => Err(CanNotSign::UsedUp),
        Some(needs) if needs.latch => Err(CanNotSign::NeedsLatch),
        Some(needs) => needs.authorised_by.map_or(Ok(()), |slot| Err(CanNotSign::NeedsAuthorisation(slot))),
    }
}

/// Slots that can sign if they hold a key, in order.
pub fn signing_slots(zone: &ConfigZone) -> impl Iterator<Item = Slot> + '_ {
    Slot::all().filter(|slot| may_sign(zone, *slot).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use atecc608::config::preset;
    use std::vec::Vec;

    fn locked(preset: [u8; 128]) -> ConfigZone {
        let mut zone = ConfigZone::from_bytes(preset);
        zone.set_byte(86, 0);
        zone.set_byte(87, 0);
        zone
    }

    #[test]
    fn slots_of_known_tables() {
        let blank = ConfigZone::from_bytes(preset::FACTORY);
        assert_eq!(may_sign(&blank, Slot::S0), Err(CanNotSign::ConfigUnlocked));
        let slots = |zone: &ConfigZone| signing_slots(zone).map(Slot::number).collect::<Vec<_>>();
        assert!(slots(&blank).is_empty());
        assert_eq!(slots(&locked(*preset::gcp_device(&blank).as_bytes())), [0, 1]);
        assert_eq!(slots(&locked(preset::TNGTLS)), [0, 2, 3, 4]);
        assert_eq!(slots(&locked(preset::TFLXTLS)), [0, 2, 3, 4]);
    }

    #[test]
    fn every_reason() {
        let cause = |slot_config: u16, key_config: u16| {
            let mut bytes = *locked(preset::FACTORY).as_bytes();
            bytes[24..26].copy_from_slice(&slot_config.to_le_bytes());
            bytes[100..102].copy_from_slice(&key_config.to_le_bytes());
            may_sign(&ConfigZone::from_bytes(bytes), Slot::S2)
        };
        assert_eq!(cause(0x2081, 0x0013), Ok(()));
        assert_eq!(cause(0x2081, 0x0012), Err(CanNotSign::NoPrivateKey));
        assert_eq!(cause(0x2081, 0x001F), Err(CanNotSign::KeyRefused));
        assert_eq!(cause(0x2001, 0x0013), Err(CanNotSign::KeyRefused));
        assert_eq!(cause(0x2082, 0x0013), Err(CanNotSign::NotExternal));
        assert_eq!(cause(0x2081, 0x0593), Err(CanNotSign::NeedsAuthorisation(Slot::S5)));
        assert_eq!(cause(0x2081, 0x1013), Err(CanNotSign::NeedsLatch));
        let mut spent = *locked(preset::FACTORY).as_bytes();
        spent[24..26].copy_from_slice(&[0xA1, 0x20]);
        assert_eq!(may_sign(&ConfigZone::from_bytes(spent), Slot::S2), Ok(()));
        spent[52..60].copy_from_slice(&[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]);
        assert_eq!(may_sign(&ConfigZone::from_bytes(spent), Slot::S2), Err(CanNotSign::UsedUp));
    }
}
