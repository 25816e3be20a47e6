//! Level `look` changes nothing.

use atecc608_doctor::guard::Command;
use atecc608_doctor::level::{Level, Stage};
use atecc608_doctor::patient::{Patient, frame};
use atecc608_doctor::plan::Plan;
use atecc608_doctor::probe::Stop;
use atecc608_doctor::record::Record;
use atecc608_sim::chip::{Readings, Timing};
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, Chip, ChipId};

use super::memory;
use crate::chip::{at, blank, line, spent};

/// Chips as people have them: blank, spent, with the configurations of many makers.
fn chips() -> Vec<(Bus, u8)> {
    let mut chips = vec![(blank(Readings::default()), 0x60)];
    for plan in Plan::ALL {
        let bus = blank(Readings::default());
        spent(&bus, plan);
        chips.push((bus, 0x60));
    }
    for preset in Preset::ALL {
        let bus = Bus::new();
        bus.add(preset.chip(3));
        // The same, not data locked.
        let half = Bus::new();
        let mut eeprom = preset.eeprom(3);
        let mut config = *eeprom.config();
        config[86] = 0x55;
        eeprom.set_config(&config);
        half.add(Chip::with_eeprom(eeprom));
        chips.extend([(bus, preset.address()), (half, preset.address())]);
    }
    chips
}

#[test]
fn no_bit_of_any_chip_is_another_afterwards() {
    for (bus, address) in chips() {
        let before = memory(&bus);
        assert!(!at(&bus, address, Level::Look).is_empty());
        assert_eq!(memory(&bus), before);
    }
}

/// Every command that the list allows, with data of every length, on a chip that permits as much as one can; on a
/// counted key, too.
#[test]
fn no_command_of_the_list_changes_a_bit() {
    for data_locked in [false, true] {
        let bus = Bus::new();
        bus.add(Chip::with_eeprom(generous(data_locked)).with_timing(Timing::instant()));
        let before = memory(&bus);
        let mut record = Record::default();
        let mut line = line(&bus);
        let mut patient = Patient::new(&mut line, &mut record, 0x60);
        patient.read_config().unwrap();
        let mut sent = 0;
        for opcode in 0..=0xFF {
            for p1 in 0..=0xFF {
                for p2 in [0, 1, 2, 3, 4, 9, 0x0008, 0x0050, 0x0100, 0x8000, 0xFFFF] {
                    for len in lengths(opcode) {
                        let data = vec![0x02; *len];
                        let command = Command { opcode, p1, p2, data: &data };
                        if command.check(Level::Look, Stage::DataLocked).is_ok() {
                            sent += 1;
                            patient.raw(opcode, p1, p2, &data).unwrap();
                        }
                    }
                }
            }
        }
        assert!(sent > 1_000, "{sent} commands were tried");
        assert_eq!(memory(&bus), before);
    }
}

/// The lengths that a command is known with.
fn lengths(opcode: u8) -> &'static [usize] {
    match opcode {
        0x16 => &[20, 32, 64],
        0x56 => &[20, 36],
        0x47 => &[0, 64],
        0x45 => &[128],
        0x28 => &[77],
        0x51 => &[16],
        0x15 => &[0, 4],
        0x08 => &[0, 32],
        _ => &[0],
    }
}

/// Every slot may be used for everything, and each use is counted.
fn generous(data_locked: bool) -> atecc608_sim::chip::Eeprom {
    let mut eeprom = Chip::blank(5).eeprom().clone();
    let mut config = *eeprom.config();
    for slot in 0..16 {
        config[20 + 2 * slot..][..2].copy_from_slice(&0x002Fu16.to_le_bytes());
        config[96 + 2 * slot..][..2].copy_from_slice(&[if slot < 8 { 0x33 } else { 0x3C }, 0x00]);
    }
    // Data, and secrets.
    config[20 + 2 * 9..][..2].copy_from_slice(&0x0000u16.to_le_bytes());
    config[20 + 2 * 10..][..2].copy_from_slice(&0x80A0u16.to_le_bytes());
    config[87] = 0;
    config[86] = if data_locked { 0 } else { 0x55 };
    eeprom.set_config(&config);
    for slot in 0..8 {
        eeprom.set_private_key(slot, &[slot as u8 + 1; 32]);
    }
    eeprom
}

/// What changes a chip is not sent, whatever it is wrapped in.
#[test]
fn what_is_not_on_the_list_is_not_sent() {
    let bus = Bus::new();
    bus.add(Chip::with_eeprom(generous(true)));
    let (mut record, mut wires) = (Record::default(), line(&bus));
    let mut patient = Patient::new(&mut wires, &mut record, 0x60);
    patient.wake().unwrap();
    for (opcode, p1, p2) in [
        (0x24, 0x01, 0), // Counter: increment
        (0x40, 0x04, 0), // GenKey
        (0x17, 0x02, 0), // Lock slot 0
        (0x20, 0x00, 1), // UpdateExtra
        (0x41, 0x80, 0), // Sign with a key that may be counted
        (0x30, 0x04, 2), // Info: the latch
    ] {
        let whole = frame(opcode, p1, p2, &[]);
        let forbidden = |result: Result<_, Stop>| {
            assert!(matches!(result, Err(Stop::Forbidden(_))), "{opcode:#04x}: {result:?}");
        };
        forbidden(patient.write(&whole));
        forbidden(patient.raw(opcode, p1, p2, &[]).map(|_| true));
        // In two pieces, which a chip may join; and behind a group that is none.
        for start in [&[][..], &[0x05, 1, 2, 3, 4]] {
            let (first, second) = whole[1..].split_at(4);
            let _ = patient.write(&[&[0x03], start].concat());
            patient.write(&[&[0x03], first].concat()).unwrap();
            forbidden(patient.write(&[&[0x03], second].concat()));
            patient.write(&[0x00]).unwrap();
        }
        // Behind a word address of which nobody knows what it does.
        forbidden(patient.write(&[&[0x04], &whole[1..]].concat()));
    }
    let opcodes: Vec<_> =
        bus.with_chip(ChipId::FIRST, |chip| chip.executed().iter().map(|one| one.opcode).collect());
    assert_eq!(opcodes, [0; 0]);
}
