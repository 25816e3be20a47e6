//! What a command changed in the EEPROM, to be done when the command is over.

use super::{Eeprom, KnownKeys};
use crate::chip::memory::layout::{SLOTS, Zone};

/// Bytes that differ, with their places, and the known public keys if they differ.
#[derive(Default)]
pub(crate) struct Changes {
    bytes: Vec<(Zone, usize, u8)>,
    known: Option<KnownKeys>,
}

impl Eeprom {
    /// Where the zones differ from `old`, and what is there now.
    pub(crate) fn changes_since(&self, old: &Eeprom) -> Changes {
        let zones = [Zone::Config, Zone::Otp].into_iter().chain((0..SLOTS).map(Zone::Slot));
        let differing = zones.flat_map(|zone| {
            let bytes = self.zone(zone).iter().zip(old.zone(zone)).enumerate();
            bytes.filter(|(_, (new, old))| new != old).map(move |(offset, (new, _))| (zone, offset, *new))
        });
        let known = (self.known != old.known).then(|| self.known.clone());
        Changes { bytes: differing.collect(), known }
    }

    pub(crate) fn apply(&mut self, changes: &Changes) {
        for (zone, offset, byte) in &changes.bytes {
            self.write(*zone, *offset, &[*byte]);
        }
        if let Some(known) = &changes.known {
            self.known = known.clone();
            self.generation += 1;
        }
    }
}
