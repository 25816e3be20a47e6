//! The floor: the fewest commands for a job, and what they take.

use super::{Cost, Device};
use atecc608::config::{ConfigZone, preset};
use atecc608::wire::Opcode;
use atecc608::{DataContents, Slot, irreversible};
use atecc608_sim::Chip;
use atecc608_sim::chip::Timing;

/// A command as the floor counts it: opcode, bytes of data out, bytes of result back.
pub(crate) type Exchange = (Opcode, u64, u64);

/// The configuration that the operations use, for a blank chip that holds `present`.
pub fn configured(present: &ConfigZone) -> ConfigZone {
    preset::gcp_device(present)
}

/// A blank chip becomes an identity.
pub(crate) fn provision(chip: &mut Device) {
    use irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
    let contents = &DataContents::BLANK;
    chip.provision(configured, Slot::S0, contents, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap();
}

/// The whole configuration zone.
pub(crate) const READ_CONFIG: [Exchange; 4] = [(Opcode::Read, 0, 32); 4];

/// Read, the fewest writes that make the zone what it should be (blocks 1 and 3 can be written
/// whole, chip reference 4.3), read back.
pub(crate) fn write_config() -> Vec<Exchange> {
    let present = ConfigZone::from_bytes(*Chip::blank(42).eeprom().config());
    let wanted = configured(&present);
    let mut commands = READ_CONFIG.to_vec();
    for block in 0..4 {
        let part = 32 * block..32 * (block + 1);
        let pairs = present.as_bytes()[part.clone()].chunks(4).zip(wanted.as_bytes()[part].chunks(4));
        let words = pairs.filter(|(present, wanted)| present != wanted).count();
        if block % 2 == 1 && words > 0 {
            commands.push((Opcode::Write, 32, 1));
        } else {
            commands.extend((0..words).map(|_| (Opcode::Write, 4, 1)));
        }
    }
    commands.extend(READ_CONFIG);
    commands
}

/// Wake pulse, tWHI; per command word address, group and answer, each with its address byte, and
/// the chip's time; the rest at the end (chip reference 1.3, 2.1).
pub(crate) fn floor(commands: &[Exchange], hz: u32) -> Cost {
    let timing = Timing::typical();
    let bit_ns = 1_000_000_000 / u64::from(hz);
    let (mut bytes, mut transactions, mut chip_ns) = (2, 1, 0);
    for &(opcode, out, back) in commands {
        bytes += (1 + 1 + 7 + out) + (1 + 3 + back);
        transactions += 2;
        chip_ns += timing.execution(opcode.to_byte(), 0);
    }
    let wake_ns = 60_000 + 1_500_000;
    let wire_ns = (bytes * 9 + transactions * 2) * bit_ns;
    Cost { bytes, transactions, us: (wake_ns + wire_ns + chip_ns) / 1000, chip_us: chip_ns / 1000 }
}
