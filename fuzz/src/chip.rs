//! The simulated chip under any traffic: it never panics, and what is locked stays.

use super::{Source, group};
use atecc608_sim::chip::Ack;
use atecc608_sim::{Bus, Chip, ChipId};

/// A chip with a configuration of any bytes, locked as two bits say.
pub fn chip(source: &mut Source<'_>) -> Chip {
    let mut chip = Chip::blank(608);
    let mut zone = *chip.eeprom().config();
    let locks = source.byte();
    if locks & 0x80 != 0 {
        zone[16..].copy_from_slice(&source.array::<112>());
        // At the usual address, never at that of UserExtraAdd.
        zone[16] = 0xC0;
        zone[19] &= !0x01;
    }
    zone[86] = if locks & 0x03 == 0x03 { 0x00 } else { 0x55 };
    zone[87] = if locks & 0x01 == 0x01 { 0x00 } else { 0x55 };
    chip.eeprom_mut().set_config(&zone);
    for slot in 0..8 {
        chip.eeprom_mut().set_private_key(slot, &[slot as u8 + 1; 32]);
    }
    Chip::with_eeprom(chip.eeprom().clone())
}

pub fn run(data: &[u8]) {
    let mut source = Source(data);
    let bus = Bus::new();
    bus.restart_trace(10);
    bus.add(chip(&mut source));
    let config = |bus: &Bus| bus.with_chip(ChipId::FIRST, |chip| *chip.eeprom().config());
    let before = config(&bus);
    let mut master = bus.master();
    bus.hold_sda_low(100_000);
    bus.advance(2_000_000);
    while !source.is_empty() {
        let what = source.byte();
        match what {
            // A whole group with a good CRC.
            0..=0xBF => {
                let group = group(source.bytes(usize::from(what)));
                master.start(0xC0);
                master.write(0x03);
                for byte in &group {
                    master.write(*byte);
                }
                master.stop();
                bus.advance(700_000_000);
                if master.start(0xC1) == Ack::Ack {
                    let count = master.read();
                    let rest: Vec<u8> = (1..count).map(|_| master.read()).collect();
                    if (4..0xFF).contains(&count) {
                        assert_eq!(
                            super::crc(&[&[count], &rest[..rest.len() - 2]].concat()),
                            rest[rest.len() - 2..]
                        );
                    }
                }
                master.stop();
            }
            0xC0..=0xEF => {
                master.start(0xC0);
                for byte in source.bytes(usize::from(what & 0x0F)) {
                    master.write(*byte);
                }
                if what & 0x10 == 0 {
                    master.stop();
                }
            }
            0xF0..=0xF7 => {
                master.start(0xC1);
                for _ in 0..source.byte() % 80 {
                    master.read();
                }
                master.stop();
            }
            _ => {
                master.stop();
                bus.advance(u64::from(source.byte()) * 20_000_000);
                bus.hold_sda_low(100_000);
                bus.advance(2_000_000);
            }
        }
    }
    drop(master);
    bus.advance(3_000_000_000);
    let after = config(&bus);
    assert_eq!(before[..16], after[..16], "the serial number");
    if before[87] == 0x00 {
        assert_eq!(before[20..52], after[20..52], "slot configurations");
        assert_eq!(before[90..], after[90..], "key configurations");
        assert_eq!(after[87], 0x00);
    }
    if before[86] == 0x00 {
        assert_eq!(after[86], 0x00);
    }
}
