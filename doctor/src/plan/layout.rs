//! A configuration, slot by slot.

use core::ops::Range;

use atecc608::config::ConfigZone;

/// Bytes 16 to 127 of the configuration zone, but for 84 to 87: the one-time bytes and the locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout([u8; 112]);

/// A blank chip's, as it leaves the factory (chip reference 4.14).
pub const FACTORY: Layout = {
    let slots =
        [0x2083u16, 0x2087, 0x208F, 0x8FC4, 0x8F8F, 0x8F8F, 0x8F9F, 0x8FAF, 0, 0, 0, 0, 0, 0, 0, 0x8FAF];
    let keys = [
        0x0033u16, 0x0033, 0x0033, 0x001C, 0x001C, 0x001C, 0x001C, 0x001C, 0x003C, 0x003C, 0x003C, 0x003C,
        0x003C, 0x003C, 0x003C, 0x001C,
    ];
    let mut layout = Layout([0; 112]).byte(16, 0xC0);
    let mut slot = 0;
    while slot < 16 {
        layout = layout.slot(slot, slots[slot], keys[slot]);
        slot += 1;
    }
    let mut counter = 52;
    while counter < 68 {
        layout = layout.byte(counter, if counter % 8 < 4 { 0x00 } else { 0xFF });
        counter += 1;
    }
    layout.byte(88, 0xFF).byte(89, 0xFF)
};

impl Layout {
    /// What a configuration says, without what is each chip's own: one-time bytes and locks.
    #[must_use]
    pub const fn of(zone: &ConfigZone) -> Self {
        let mut layout = FACTORY;
        let mut place = 16;
        while place < 128 {
            if !matches!(place, 84..=87) {
                layout = layout.byte(place as usize, zone.byte(place));
            }
            place += 1;
        }
        layout
    }

    /// The same with one other byte, by its place in the configuration zone.
    #[must_use]
    pub const fn byte(self, place: usize, value: u8) -> Self {
        let Self(mut bytes) = self;
        bytes[place - 16] = value;
        Self(bytes)
    }

    /// The same with another SlotConfig and KeyConfig.
    #[must_use]
    pub const fn slot(self, slot: usize, slot_config: u16, key_config: u16) -> Self {
        let [slot_low, slot_high] = slot_config.to_le_bytes();
        let [key_low, key_high] = key_config.to_le_bytes();
        self.byte(20 + 2 * slot, slot_low)
            .byte(21 + 2 * slot, slot_high)
            .byte(96 + 2 * slot, key_low)
            .byte(97 + 2 * slot, key_high)
    }

    /// The configuration of this chip with it.
    #[must_use]
    pub fn on(&self, chip: &[u8; 128]) -> [u8; 128] {
        let mut config = *chip;
        config[16..84].copy_from_slice(&self.0[..68]);
        config[88..].copy_from_slice(&self.0[72..]);
        config
    }

    /// Whether it is this chip's, which may have counted, locked slots and set its one-time bytes.
    #[must_use]
    pub fn fits(&self, chip: &[u8; 128]) -> bool {
        let wanted = self.on(chip);
        let same = |bytes: Range<usize>| wanted[bytes.clone()] == chip[bytes];
        same(16..52) && same(68..84) && same(90..128)
    }
}
