//! Whether what a permission needs can ever be had.

use super::action::{Action, Stage};
use super::needs::Needs;
use crate::config::constant::each_slot;
use crate::config::{ConfigZone, SecureBootMode};
use crate::memory::Slot;

/// Authorisations, latch and validity that a configuration lets somebody obtain who knows every key
/// and owns every private key that belongs to a stored public key.
///
/// A slot whose authorising key can't authorise is dead whatever its own permissions say; so is a
/// slot that is encrypted with a key GenDig refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Permitted<'a> {
    zone: &'a ConfigZone,
    stage: Stage,
    /// Slots that can authorise.
    authorise: u16,
    /// Public keys that can be made valid.
    valid: u16,
    latch: bool,
}

impl<'a> Permitted<'a> {
    /// Works out what can be reached at a stage. A key validated between the locks stays valid.
    #[must_use]
    pub const fn new(zone: &'a ConfigZone, stage: Stage) -> Self {
        let mut permitted = Self { zone, stage: Stage::ConfigLocked, authorise: 0, valid: 0, latch: false };
        if matches!(stage, Stage::Unlocked) {
            return Self { stage, ..permitted };
        }
        permitted.grow();
        if matches!(stage, Stage::Locked) {
            permitted = Self { stage, valid: permitted.valid, authorise: 0, latch: false, zone };
            permitted.grow();
        }
        permitted
    }

    /// Whether `slot` can authorise other keys, by CheckMac or Verify (chip reference 5.0.3).
    #[must_use]
    pub const fn can_authorise(&self, slot: Slot) -> bool {
        self.authorise >> slot.number() & 1 == 1
    }

    /// Whether the public key in `slot` can become valid (chip reference 5.22).
    #[must_use]
    pub const fn can_be_valid(&self, slot: Slot) -> bool {
        self.valid >> slot.number() & 1 == 1
    }

    /// Whether the persistent latch can be set (chip reference 5.0.5).
    #[must_use]
    pub const fn can_set_latch(&self) -> bool {
        self.latch
    }

    /// The permission, if all it needs can be had.
    #[must_use]
    pub const fn possible(&self, slot: Slot, action: Action) -> Option<Needs> {
        match self.zone.permission(slot, action, self.stage) {
            Some(needs) if self.satisfies(&needs) => Some(needs),
            _ => None,
        }
    }

    const fn satisfies(&self, needs: &Needs) -> bool {
        let authorised = match needs.authorised_by {
            Some(slot) => self.can_authorise(slot),
            None => true,
        };
        let valid = match needs.valid {
            Some(slot) => self.can_be_valid(slot),
            None => true,
        };
        let latch = !needs.latch || self.latch;
        authorised
            && valid
            && latch
            && match needs.encrypted_with {
                Some(slot) => self.possible(slot, Action::GenDig).is_some(),
                None => true,
            }
    }

    /// Until nothing new is found: each round adds a slot or the latch, or is the last.
    const fn grow(&mut self) {
        loop {
            let (authorise, valid, latch) = (self.authorise, self.valid, self.latch);
            each_slot!(slot {
                let bit = 1 << slot.number();
                let checks = self.possible(slot, Action::CheckMac).is_some();
                if checks || self.possible(slot, Action::Verify).is_some() {
                    self.authorise |= bit;
                }
                let certificate = self.zone.x509_format(self.zone.key_config(slot).x509_id()) != 0;
                if self.possible(slot, Action::Validate).is_some()
                    && (certificate || self.possible(slot, Action::PublicKeyDigest).is_some())
                {
                    self.valid |= bit;
                }
            });
            self.latch = self.latch || self.sets_latch();
            if self.authorise == authorise && self.valid == valid && self.latch == latch {
                return;
            }
        }
    }

    /// With SecureBoot in charge of the latch, Info is not (INF, chip reference 5.9).
    const fn sets_latch(&self) -> bool {
        let boot = self.zone.secure_boot();
        if boot.sets_latch() {
            !matches!(boot.mode(), SecureBootMode::Disabled)
                && self.possible(boot.key_slot(), Action::SecureBootKey).is_some()
        } else {
            matches!(self.zone.volatile_key_permission(), Some(slot) if self.can_authorise(slot))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{KeyConfig, KeyFlags, KeyType, SlotConfig, preset};

    fn chain(links: &[(Slot, Slot)]) -> ConfigZone {
        let mut zone = ConfigZone::from_bytes(preset::FACTORY);
        for slot in Slot::all() {
            zone.set_slot_config(slot, SlotConfig::CLOSED);
            zone.set_key_config(slot, KeyConfig::new(KeyType::ShaOrData, KeyFlags::empty()));
        }
        for (slot, auth) in links {
            zone.set_key_config(*slot, zone.key_config(*slot).with_auth_key(Some(*auth)));
        }
        zone
    }

    #[test]
    fn chains_of_authorisation_end_somewhere_or_nowhere() {
        let zone =
            chain(&[(Slot::S1, Slot::S2), (Slot::S2, Slot::S3), (Slot::S4, Slot::S5), (Slot::S5, Slot::S4)]);
        let permitted = Permitted::new(&zone, Stage::Locked);
        for (slot, expected) in [(Slot::S1, true), (Slot::S2, true), (Slot::S3, true), (Slot::S4, false)] {
            assert_eq!(permitted.can_authorise(slot), expected, "{slot}");
            assert_eq!(permitted.possible(slot, Action::GenDig).is_some(), expected, "{slot}");
        }
        // Nobody asks between the locks.
        assert!(Permitted::new(&zone, Stage::ConfigLocked).can_authorise(Slot::S4));
        assert!(!Permitted::new(&zone, Stage::Unlocked).can_authorise(Slot::S3));
    }

    #[test]
    fn the_latch_needs_a_permission_that_works() {
        let mut zone = chain(&[(Slot::S4, Slot::S4)]);
        let dead = KeyConfig::new(KeyType::ShaOrData, KeyFlags::PERSISTENT_DISABLE);
        zone.set_key_config(Slot::S9, dead);
        for (permission, expected) in
            [(None, false), (Some(Slot::S4), false), (Some(Slot::S9), false), (Some(Slot::S3), true)]
        {
            zone.set_volatile_key_permission(permission);
            let permitted = Permitted::new(&zone, Stage::Locked);
            assert_eq!(permitted.can_set_latch(), expected, "{permission:?}");
            assert_eq!(permitted.possible(Slot::S9, Action::GenDig).is_some(), expected);
        }
    }
}
