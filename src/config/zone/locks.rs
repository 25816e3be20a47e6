//! Locks and the bytes that are set once (chip reference 4.3).

use crate::config::ConfigZone;
use crate::memory::Slot;

/// What a lock byte says while the zone is unlocked; everything else means locked.
const UNLOCKED: u8 = 0x55;

impl ConfigZone {
    /// Whether the data and OTP zones are locked (byte 86).
    #[must_use]
    pub const fn is_data_locked(&self) -> bool {
        self.byte(86) != UNLOCKED
    }

    /// Whether this zone is locked (byte 87).
    #[must_use]
    pub const fn is_config_locked(&self) -> bool {
        self.byte(87) != UNLOCKED
    }

    /// Whether a slot is locked on its own (bytes 88, 89).
    #[must_use]
    pub const fn is_slot_locked(&self, slot: Slot) -> bool {
        self.word16(88) >> slot.number() & 1 == 0
    }

    /// UserExtra (byte 84), set once by UpdateExtra.
    #[must_use]
    pub const fn user_extra(&self) -> u8 {
        self.byte(84)
    }

    /// UserExtraAdd (byte 85), set once by UpdateExtra: another I2C address if ChipMode says so.
    #[must_use]
    pub const fn user_extra_add(&self) -> u8 {
        self.byte(85)
    }
}
