//! What is locked.

use crate::config::ConfigZone;
use crate::memory::Slot;
use core::fmt;

/// Which zones and slots are locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LockState {
    /// The configuration zone.
    pub config: bool,
    /// The data and OTP zones.
    pub data: bool,
    slots: u16,
}

impl LockState {
    /// As the configuration zone says.
    #[must_use]
    pub fn of(zone: &ConfigZone) -> Self {
        let slots = Slot::all()
            .filter(|slot| zone.is_slot_locked(*slot))
            .fold(0, |slots, slot| slots | 1 << slot.number());
        Self { config: zone.is_config_locked(), data: zone.is_data_locked(), slots }
    }

    /// From its parts: zones, and a bit for each slot.
    #[cfg(feature = "serde")]
    pub(crate) const fn from_parts(config: bool, data: bool, slots: u16) -> Self {
        Self { config, data, slots }
    }

    /// Whether a slot is locked on its own.
    #[must_use]
    pub const fn slot(self, slot: Slot) -> bool {
        self.slots >> slot.number() & 1 == 1
    }
}

impl fmt::Display for LockState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |locked| if locked { "locked" } else { "unlocked" };
        write!(f, "config zone {}, data zone {}", word(self.config), word(self.data))?;
        for slot in Slot::all().filter(|slot| self.slot(*slot)) {
            write!(f, ", {slot} locked")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::preset;
    use std::string::ToString;

    #[test]
    fn says_what_is_locked() {
        let mut zone = ConfigZone::from_bytes(preset::FACTORY);
        assert_eq!(LockState::of(&zone).to_string(), "config zone unlocked, data zone unlocked");
        zone.set_byte(87, 0);
        zone.set_byte(89, 0x7F);
        let state = LockState::of(&zone);
        assert!(state.config && !state.data && state.slot(Slot::S15) && !state.slot(Slot::S0));
        assert_eq!(state.to_string(), "config zone locked, data zone unlocked, slot 15 locked");
    }
}
