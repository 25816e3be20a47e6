//! What the doctor promises about chips, and tries to break it.

mod blank;
mod look;
mod noise;
mod spend;

use atecc608_sim::{Bus, ChipId};

/// All of a chip's memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Memory {
    pub(crate) config: [u8; 128],
    otp: [u8; 64],
    slots: Vec<Vec<u8>>,
}

pub(crate) fn memory(bus: &Bus) -> Memory {
    let now = bus.now();
    bus.with_chip(ChipId::FIRST, |chip| {
        chip.advance(now);
        let eeprom = chip.eeprom();
        Memory {
            config: *eeprom.config(),
            otp: *eeprom.otp(),
            slots: (0..16).map(|slot| eeprom.slot(slot).to_vec()).collect(),
        }
    })
}
