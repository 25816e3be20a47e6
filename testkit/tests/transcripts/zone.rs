//! The configuration zone that was captured from a real chip (chip reference 7.1), as the driver
//! reads it.

use crate::chip_crc::{crc, group, hex, text};
use crate::script::Script;
use atecc608::config::ConfigZone;

/// The four reads and their answers, CRC included.
pub(crate) const READS: [(&str, &str); 4] = [
    (
        "07 02 80 00 00 09 AD",
        "23 01 23 45 E1 00 00 60 02 23 B1 BD 5B EE 01 55 00 \
            C0 00 00 00 83 20 87 20 8F 20 C4 8F 8F 8F 8F 8F 9D D4",
    ),
    (
        "07 02 80 08 00 0A 4D",
        "23 9F 8F AF 8F 00 00 00 00 00 00 00 00 00 00 00 00 \
            00 00 AF 8F FF FF FF FF 00 00 00 00 FF FF FF FF B2 03",
    ),
    (
        "07 02 80 10 00 0A 1D",
        "23 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 \
            00 00 00 00 00 00 55 55 FF FF 00 00 00 00 00 00 23 A5",
    ),
    (
        "07 02 80 18 00 09 FD",
        "23 33 00 33 00 33 00 1C 00 1C 00 1C 00 1C 00 1C 00 \
            3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 3C 00 1C 00 3A 57",
    ),
];

/// The zone's bytes.
pub(crate) fn captured() -> ConfigZone {
    let blocks = READS.map(|(_, answer)| hex(answer)[1..33].to_vec());
    ConfigZone::from_bytes(blocks.concat().try_into().expect("128 bytes"))
}

/// The captured zone with some bytes changed.
pub(crate) fn captured_with(changes: &[(u8, u8)]) -> ConfigZone {
    let mut zone = captured();
    for (offset, value) in changes {
        zone.set_byte(*offset, *value);
    }
    zone
}

/// Answer to the read of one block of a zone.
pub(crate) fn block_answer(zone: &ConfigZone, block: usize) -> String {
    group(&text(&zone.as_bytes()[32 * block..][..32]))
}

impl Script {
    /// The driver reads the whole zone.
    pub(crate) fn reads_config(self, zone: &ConfigZone) -> Self {
        READS
            .iter()
            .enumerate()
            .fold(self, |script, (block, (read, _))| script.exchange(read, &block_answer(zone, block)))
    }

    /// The driver reads the lock bytes: block 2.
    pub(crate) fn reads_locks(self, zone: &ConfigZone) -> Self {
        self.exchange(READS[2].0, &block_answer(zone, 2))
    }
}

#[test]
fn captured_bytes_are_undamaged() {
    for (read, answer) in READS {
        for group in [hex(read), hex(answer)] {
            let (body, end) = group.split_at(group.len() - 2);
            assert_eq!(crc(body)[..], *end, "{read}");
        }
    }
    // Chip reference 7.2: the CRC that locks this zone.
    assert_eq!(crc(captured().as_bytes()), [0xD2, 0x2A]);
}
