//! Slots, read and written in clear.

use super::rig::{Rig, pattern};
use atecc608::wire::Opcode;
use atecc608::{Argument, Slot};
use testkit::{Locks, bad, refused, set_slot, slot_size};

/// Offsets and lengths that touch words, blocks and ends: all of them in small slots.
fn ranges(slot: usize) -> Vec<(usize, usize)> {
    let size = slot_size(slot);
    let ends: Vec<usize> = match slot {
        0 => (0..=size).collect(),
        8 => vec![0, 1, 3, 4, 31, 32, 33, 36, 63, 64, 100, 255, 256, 260, 383, 384, 385, 411, 412, 416],
        9 => (0..=size).step_by(3).chain([4, 5, 31, 32, 64, 65, 68, 71]).collect(),
        _ => vec![0, 4, 30, 32, 36, 40, 64, 68, 72].into_iter().filter(|end| *end <= size).collect(),
    };
    let pairs = ends.iter().flat_map(|start| ends.iter().map(move |end| (*start, *end)));
    pairs.filter(|(start, end)| start <= end).map(|(start, end)| (start, end - start)).collect()
}

#[test]
fn read_slot() {
    let mut rig = Rig::open(Locks::Both);
    for slot in Slot::all() {
        let expected = pattern(slot.index());
        for (offset, len) in ranges(slot.index()) {
            let mut bytes = vec![0xEE; len];
            assert_eq!(op!(rig.read_slot(slot, offset, &mut bytes)), Ok(()), "{slot} {offset}+{len}");
            assert_eq!(bytes, expected[offset..offset + len], "{slot} {offset}+{len}");
            let blocks = if len == 0 { 0 } else { (offset + len - 1) / 32 - offset / 32 + 1 };
            assert_eq!(rig.executed(), vec![Opcode::Read.to_byte(); blocks], "{slot} {offset}+{len}");
        }
    }
}

#[test]
fn slots_are_not_read_before_the_data_zone_is_locked() {
    for locks in [Locks::Nothing, Locks::Config] {
        let mut rig = Rig::open(locks);
        for slot in Slot::all() {
            for (offset, len) in [(0, 32), (4, 4), (1, 2), (0, slot.size())] {
                let mut bytes = vec![0xEE; len];
                let result = op!(rig.read_slot(slot, offset, &mut bytes));
                assert_eq!(result, Err(refused(Opcode::Read)), "{locks:?} {slot}");
                assert_eq!(bytes, vec![0xEE; len], "{locks:?} {slot}: nothing came");
            }
        }
    }
}

/// IsSecret alone, IsSecret with EncryptRead, EncryptRead alone, private key.
#[test]
fn secret_slots_are_never_read() {
    let configs = [(0x0F8F, 0x003C), (0x0FCF, 0x003C), (0x0F4F, 0x003C), (0x2087, 0x0033)];
    for (slot_config, key_config) in configs {
        for locks in Locks::ALL {
            let mut rig = Rig::uniform(locks, slot_config, key_config);
            for slot in Slot::all() {
                for (offset, len) in [(0, 1), (0, 4), (0, 32), (32, 4), (30, 6)] {
                    let mut bytes = vec![0xEE; len];
                    let result = op!(rig.read_slot(slot, offset, &mut bytes));
                    assert_eq!(result, Err(refused(Opcode::Read)), "{locks:?} {slot_config:04X} {slot}");
                    assert_eq!(bytes, vec![0xEE; len]);
                }
            }
        }
    }
}

#[test]
fn nothing_is_sent_for_a_range_beyond_the_slot() {
    let mut rig = Rig::open(Locks::Both);
    for slot in Slot::all() {
        let size = slot.size();
        let mut bytes = vec![0xEE; size + 4];
        for (offset, len) in
            [(0, size + 4), (size, 4), (size - 4, 8), (size + 4, 0), (usize::MAX - 3, 4), (usize::MAX - 3, 0)]
        {
            let read = rig.silently(|rig| op!(rig.read_slot(slot, offset, &mut bytes[..len])));
            assert_eq!(read, Err(bad(Argument::OutOfRange)), "{slot} {offset}+{len}");
            let write = rig.silently(|rig| op!(rig.write_slot(slot, offset, &bytes[..len])));
            assert_eq!(write, Err(bad(Argument::OutOfRange)), "{slot} {offset}+{len}");
        }
        assert_eq!(op!(rig.read_slot(slot, size, &mut [])), Ok(()), "nothing from the end is no error");
        assert_eq!(op!(rig.write_slot(slot, size, &[])), Ok(()));
    }
}

#[test]
fn nothing_is_sent_for_half_words() {
    let mut rig = Rig::open(Locks::Both);
    for slot in Slot::all() {
        for (offset, len) in [(1, 4), (2, 4), (3, 32), (0, 1), (0, 31), (4, 6), (33, 3)] {
            let write = rig.silently(|rig| op!(rig.write_slot(slot, offset, &vec![0; len])));
            assert_eq!(write, Err(bad(Argument::Alignment)), "{slot} {offset}+{len}");
        }
        assert_eq!(rig.eeprom().slot(slot.index()), pattern(slot.index()));
    }
}

#[test]
fn write_slot() {
    let mut rig = Rig::open(Locks::Both);
    for slot in Slot::all() {
        let aligned = ranges(slot.index()).into_iter().filter(|(at, len)| at % 4 == 0 && len % 4 == 0);
        for (turn, (offset, len)) in aligned.enumerate() {
            let before = rig.eeprom();
            let bytes: Vec<u8> = (0..len).map(|i| (turn + 3 * i) as u8).collect();
            assert_eq!(op!(rig.write_slot(slot, offset, &bytes)), Ok(()), "{slot} {offset}+{len}");
            let after = rig.eeprom();
            let mut expected = before.slot(slot.index()).to_vec();
            expected[offset..offset + len].copy_from_slice(&bytes);
            assert_eq!(after.slot(slot.index()), expected, "{slot} {offset}+{len}");
            for other in (0..16).filter(|other| *other != slot.index()) {
                assert_eq!(after.slot(other), before.slot(other), "{slot} must not touch slot {other}");
            }
        }
    }
}

#[test]
fn written_bytes_are_read_back() {
    let mut rig = Rig::gcp(Locks::Both);
    let bytes = testkit::message(416);
    op!(rig.write_slot(Slot::S8, 0, &bytes)).unwrap();
    assert_eq!(rig.executed().len(), 13, "whole blocks as blocks");
    op!(rig.write_slot(Slot::S8, 60, b"eight by")).unwrap();
    let mut back = [0; 416];
    op!(rig.read_slot(Slot::S8, 0, &mut back)).unwrap();
    assert_eq!(back[..60], bytes[..60]);
    assert_eq!(back[60..68], *b"eight by");
    assert_eq!(back[68..], bytes[68..]);
}

/// Before the data zone is locked the chip writes whole blocks only, whatever WriteConfig says; the last,
/// partial one counts as whole.
#[test]
fn write_slot_before_the_data_zone_is_locked() {
    for slot_config in [0x0F0F, 0x8F0F, 0x4F0F] {
        let mut rig = Rig::uniform(Locks::Config, slot_config, 0x003C);
        for slot in Slot::all() {
            let (size, mut expected) = (slot.size(), pattern(slot.index()));
            for (offset, len) in [(0, 32), (0, size), (32, size - 32), (size / 32 * 32, size % 32)] {
                let bytes: Vec<u8> = (0..len).map(|i| (offset + 5 * i) as u8).collect();
                assert_eq!(op!(rig.write_slot(slot, offset, &bytes)), Ok(()), "{slot} {offset}+{len}");
                expected[offset..offset + len].copy_from_slice(&bytes);
                assert_eq!(rig.eeprom().slot(slot.index()), expected, "{slot} {offset}+{len}");
            }
            for (offset, len) in [(0, 4), (4, 28), (28, 4)] {
                let result = op!(rig.write_slot(slot, offset, &[0x77; 32][..len]));
                assert_eq!(result, Err(refused(Opcode::Write)), "{slot} {offset}+{len}");
            }
            assert_eq!(rig.eeprom().slot(slot.index()), expected, "{slot}");
        }
    }
}

/// Stops at the first access that the chip refuses; what was before it is written.
#[test]
fn a_refused_part_leaves_the_front_written() {
    let mut rig = Rig::open(Locks::Config);
    assert_eq!(op!(rig.write_slot(Slot::S9, 0, &[0xAB; 36])), Err(refused(Opcode::Write)));
    let slot = rig.eeprom().slot(9).to_vec();
    assert_eq!(slot[..32], [0xAB; 32]);
    assert_eq!(slot[32..], pattern(9)[32..]);
    assert_eq!(rig.executed().len(), 2);
}

#[test]
fn slots_that_are_not_written() {
    let open = (0x0F0F, 0x003C);
    // Lock states in which a block can be written: never-writable, encrypted, private.
    let cases = [
        (open, [false, true, true]),
        ((0x8F0F, 0x003C), [false, true, false]),
        ((0x2F0F, 0x003C), [false, true, false]),
        ((0x4F0F, 0x003C), [false, true, false]),
        ((0x2087, 0x0033), [false, false, false]),
    ];
    for ((slot_config, key_config), writable) in cases {
        for (locks, writable) in Locks::ALL.into_iter().zip(writable) {
            let mut rig = Rig::uniform(locks, slot_config, key_config);
            for slot in Slot::all() {
                let result = op!(rig.write_slot(slot, 0, &[0xCD; 32]));
                let expected = if writable { Ok(()) } else { Err(refused(Opcode::Write)) };
                assert_eq!(result, expected, "{locks:?} {slot_config:04X} {slot}");
                assert_eq!(rig.eeprom().slot(slot.index())[..32] == [0xCD; 32], writable);
            }
        }
    }
}

#[test]
fn locked_slots_are_not_written() {
    for locks in [Locks::Config, Locks::Both] {
        let mut rig = Rig::open(locks);
        let mut zone = *rig.eeprom().config();
        (zone[88], zone[89]) = (0x00, 0x00);
        rig.poke(|eeprom| eeprom.set_config(&zone));
        for slot in Slot::all() {
            let result = op!(rig.write_slot(slot, 0, &[0xCD; 32]));
            assert_eq!(result, Err(refused(Opcode::Write)), "{locks:?} {slot}");
        }
    }
}

/// Public keys that must be validated (WriteConfig "unless validated", PubInfo): whole blocks, not while
/// they are valid, and any write makes them invalid (chip reference 4.16).
#[test]
fn public_keys_to_be_validated() {
    let edit = |zone: &mut [u8; 128]| set_slot(zone, 14, 0x1F0F, 0x0032);
    let mut rig = Rig::workbench_but(Locks::Both, edit);
    assert_eq!(op!(rig.write_slot(Slot::S14, 0, &[0x11; 72])), Ok(()));
    assert_eq!(rig.eeprom().slot(14)[..2], [0xA1, 0x11]);
    assert_eq!(op!(rig.write_slot(Slot::S14, 4, &[0x11; 4])), Err(refused(Opcode::Write)));
    rig.poke(|eeprom| eeprom.set_slot(14, &[0x50]));
    assert_eq!(op!(rig.write_slot(Slot::S14, 0, &[0x22; 32])), Err(refused(Opcode::Write)));
    assert_eq!(rig.eeprom().slot(14)[..2], [0x50, 0x11]);
}

/// A secret slot that anyone may write takes whole blocks only.
#[test]
fn secret_slots_are_written_in_blocks() {
    let mut rig = Rig::uniform(Locks::Both, 0x0F8F, 0x003C);
    assert_eq!(op!(rig.write_slot(Slot::S4, 0, &[0x44; 36])), Ok(()));
    assert_eq!(rig.eeprom().slot(4), [0x44; 36]);
    assert_eq!(op!(rig.write_slot(Slot::S4, 4, &[0x55; 4])), Err(refused(Opcode::Write)));
    assert_eq!(rig.eeprom().slot(4), [0x44; 36]);
}
