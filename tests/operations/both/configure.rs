//! Reading and writing the configuration zone.

use super::rig::Rig;
use atecc608::config::{ConfigZone, preset};
use atecc608::wire::Opcode;
use atecc608::{Address, Error, ErrorKind, LockState, Slot, config::ConfigError};
use atecc608_sim::Fault;
use atecc608_sim::chip::Executed;
use testkit::{Failure, Locks};

/// The 4-byte words in which two zones differ.
fn words(a: &ConfigZone, b: &ConfigZone) -> Vec<u16> {
    let pairs = a.as_bytes().chunks(4).zip(b.as_bytes().chunks(4));
    (0..).zip(pairs).filter(|(_, (a, b))| a != b).map(|(word, _)| word).collect()
}

/// What is written to change these words: p1 and address. Blocks 1 and 3 as a whole if that is
/// shorter (chip reference 4.3).
fn writes(words: &[u16]) -> Vec<(u8, u16)> {
    let blocks = words.chunk_by(|a, b| a / 8 == b / 8);
    let write = |block: &[u16]| match block {
        [first, _, ..] if first / 8 % 2 == 1 => vec![(0x80, first / 8 * 8)],
        words => words.iter().map(|&word| (0, word)).collect(),
    };
    blocks.flat_map(write).collect()
}

/// What was written: p1 and address.
fn written(log: &[Executed]) -> Vec<(u8, u16)> {
    let writes = log.iter().filter(|command| command.opcode == Opcode::Write.to_byte());
    writes.map(|command| (command.p1, command.p2)).collect()
}

#[test]
fn read_config() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench(locks);
        let zone = op!(rig.read_config()).unwrap();
        assert_eq!(zone, rig.config(), "{locks:?}");
        assert_eq!(rig.executed(), [Opcode::Read.to_byte(); 4]);
    }
}

#[test]
fn lock_state() {
    for locks in Locks::ALL {
        let mut rig = Rig::workbench_but(locks, |zone| zone[89] = 0x7F);
        let state: LockState = op!(rig.lock_state()).unwrap();
        assert_eq!(state.config, locks != Locks::Nothing, "{locks:?}");
        assert_eq!(state.data, locks == Locks::Both, "{locks:?}");
        for slot in Slot::all() {
            assert_eq!(state.slot(slot), slot == Slot::S15, "{locks:?} {slot}");
        }
    }
}

#[test]
fn from_the_factory_to_the_preset() {
    let mut rig = Rig::blank();
    let factory = op!(rig.read_config()).unwrap();
    rig.log();
    let wanted = preset::gcp_device(&factory);
    let words = words(&factory, &wanted);
    assert_eq!(op!(rig.write_config(&wanted)), Ok(words.len() as u8));
    assert_eq!(rig.config(), wanted);
    let log = rig.log();
    assert_eq!(written(&log), writes(&words), "each word that differs, once, and no other");
    assert!(writes(&words).len() < words.len() / 2, "in blocks where that is shorter");
    assert_eq!(log.len(), writes(&words).len() + 8, "read before and after");

    assert_eq!(op!(rig.write_config(&wanted)), Ok(0), "nothing left to do");
    assert_eq!(rig.executed(), [Opcode::Read.to_byte(); 4]);
}

/// Every byte that Write can change, and none that it can't.
#[test]
fn every_byte_is_written_or_refused() {
    let mut rig = Rig::blank();
    for offset in 0..128 {
        let before = rig.config();
        let mut wanted = before;
        wanted.set_byte(offset, before.byte(offset) ^ 0x24);
        let result = op!(rig.write_config(&wanted));
        if matches!(offset, 16..=83 | 88..=127) {
            assert_eq!(result, Ok(1), "{offset}");
            assert_eq!(rig.config(), wanted, "{offset}");
            // Puts it back while the chip still answers to its old address.
            rig.poke(|eeprom| eeprom.set_config(before.as_bytes()));
        } else {
            assert_eq!(result, Err(ConfigError::NotWritable { offset }));
            assert_eq!(rig.config(), before, "{offset}");
        }
        rig.log();
    }
}

#[test]
fn nothing_is_written_when_a_byte_is_not_writable() {
    let mut rig = Rig::blank();
    let factory = rig.config();
    let mut wanted = preset::gcp_device(&factory);
    wanted.set_byte(85, 0x6A);
    assert_eq!(op!(rig.write_config(&wanted)), Err(ConfigError::NotWritable { offset: 85 }));
    assert_eq!(rig.config(), factory);
    assert_eq!(rig.executed(), [Opcode::Read.to_byte(); 4]);
}

#[test]
fn a_locked_configuration_is_not_written() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::gcp(locks);
        let locked = rig.config();
        assert_eq!(op!(rig.write_config(&locked)), Ok(0), "{locks:?}: it is what was wanted");
        let mut wanted = locked;
        wanted.set_byte(90, 0x0E);
        assert_eq!(op!(rig.write_config(&wanted)), Err(ConfigError::AlreadyLocked), "{locks:?}");
        assert_eq!(rig.config(), locked);
        assert!(!rig.executed().contains(&Opcode::Write.to_byte()), "{locks:?}");
    }
}

/// The supply fails at any moment: writing again gets there, and writes no more than is left.
#[test]
fn interrupted_by_a_power_cut_and_repeated() {
    let wanted = preset::gcp_device(&Rig::blank().config());
    let all = words(&Rig::blank().config(), &wanted);
    for pauses in (0..60).chain((60..2000).step_by(67)) {
        let mut rig = Rig::blank();
        rig.hook.after_pauses(pauses, |bus| bus.power_cycle());
        // Not `op!`: at 100 kHz the address byte that finds the chip asleep wakes it (chip reference 1.3).
        let first = go!(rig.chip.write_config(&wanted));
        rig.hook.clear();
        let present = rig.config();
        let left = words(&present, &wanted);
        assert_eq!(first.is_ok(), first == Ok(all.len() as u8), "{pauses}: {first:?}");
        if first.is_ok() {
            assert_eq!(present, wanted, "{pauses}");
        }
        rig.bus.advance(1_000_000);
        rig.log();
        assert_eq!(op!(rig.write_config(&wanted)), Ok(left.len() as u8), "{pauses}");
        assert_eq!(rig.config(), wanted, "{pauses}");
        assert_eq!(written(&rig.log()), writes(&left), "{pauses}");
    }
}

/// The chip took something else than was sent: the driver reads back and says what.
#[test]
fn what_was_not_taken_is_shown() {
    let mut rig = Rig::blank();
    let wanted = preset::gcp_device(&rig.config());
    let mut done = false;
    rig.hook.before_each_pause(move |bus| {
        bus.with_chip(atecc608_sim::ChipId::FIRST, |chip| {
            let block = |command: &&Executed| command.opcode == 0x12 && command.p1 == 0x80;
            if chip.executed().iter().filter(block).count() == 1 && !done {
                done = true;
                let mut zone = *chip.eeprom().config();
                zone[52] = 0x7F;
                chip.eeprom_mut().set_config(&zone);
            }
        });
    });
    match op!(rig.write_config(&wanted)) {
        Err(ConfigError::Mismatch(mismatch)) => {
            let shown: Vec<_> = mismatch.differences().iter().map(|d| (d.offset, d.left, d.right)).collect();
            assert_eq!((mismatch.total(), shown), (1, vec![(52, 0xFF, 0x7F)]));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_address_counts_from_the_next_operation_on() {
    let rig = Rig::blank();
    let address = Address::from_7bit(0x35).unwrap();
    let mut wanted = preset::gcp_device(&rig.config());
    wanted.set_i2c_address(address);
    let Rig { mut chip, bus, .. } = rig;
    go!(chip.write_config(&wanted)).unwrap();
    let nobody: Failure = Error::new(Opcode::Info, ErrorKind::NoDevice(testkit::NACK));
    assert_eq!(go!(chip.revision()), Err(nobody));
    let mut chip = chip.with_address(address);
    assert_eq!(go!(chip.read_config()), Ok(wanted));
    assert_eq!(go!(chip.write_config(&wanted)), Ok(0));
    drop(bus);
}

/// Damaged bytes on the way in: the chip says 0xFF, the word is sent again, and written once.
#[test]
fn a_word_damaged_on_the_wire_is_sent_again() {
    let factory = Rig::blank().config();
    let mut wanted = factory;
    wanted.set_byte(90, 0x0E);
    // Four reads of the zone, 8 bytes each; of the Write's 12, all but word address and count.
    for nth in 4 * 8 + 2..4 * 8 + 12 {
        let mut rig = Rig::blank().settled();
        rig.bus.inject(Fault::WriteByte { nth, xor: 0x10 });
        assert_eq!(op!(rig.write_config(&wanted)), Ok(1), "{nth}");
        assert_eq!(rig.config(), wanted, "{nth}");
        assert_eq!(written(&rig.log()), [(0, 22)], "{nth}");
    }
}
