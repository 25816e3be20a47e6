//! What a command changed in the EEPROM, to be done when the command is over.

use super::Eeprom;
use crate::chip::memory::layout::{SLOTS, Zone};

/// Bytes that differ, with their places.
#[derive(Default)]
pub(crate) struct Changes(Vec<(Zone, usize, u8)>);

impl Eeprom {
    /// Where the zones differ from `old`, and what is there now.
    pub(crate) fn changes_since(&self, old: &Eeprom) -> Changes {
        let zones = [Zone::Config, Zone::Otp].into_iter().chain((0..SLOTS).map(Zone::Slot));
        let differing = zones.flat_map(|zone| {
            let bytes = self.zone(zone).iter().zip(old.zone(zone)).enumerate();
            bytes.filter(|(_, (new, old))| new != old).map(move |(offset, (new, _))| (zone, offset, *new))
        });
        Changes(differing.collect())
    }

    pub(crate) fn apply(&mut self, changes: &Changes) {
        for (zone, offset, byte) in &changes.0 {
            self.write(*zone, *offset, &[*byte]);
        }
    }
}
