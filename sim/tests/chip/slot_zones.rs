//! What a slot's configuration lets Read and Write do (chip reference 4.5, 4.6, 5.16, 5.23).

use crate::rig::*;

const DATA: u16 = 0x003C;
const PRIVATE: u16 = 0x0033;
const BLOCK: u8 = 0x82;
const WORD: u8 = 0x02;

/// Slot 9, configured as told, with counting contents.
fn slot_9(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 9, slot_config);
    set_key_config(&mut config, 9, key_config);
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_slot(9, &counting(0, 72));
    rig
}

const ADDRESS: u16 = 9 << 3;

#[test]
fn clear_slot_reads_back() {
    let mut rig = slot_9(Locks::C1D1, 0x0000, DATA);
    assert_eq!(rig.run(READ, BLOCK, ADDRESS, &[]), counting(0, 32));
    assert_eq!(rig.run(READ, BLOCK, ADDRESS | 0x0100, &[]), counting(32, 32));
    assert_eq!(rig.run(READ, WORD, 0x014D, &[]), counting(52, 4));
    let mut last = counting(64, 8);
    last.resize(32, 0);
    assert_eq!(rig.run(READ, BLOCK, ADDRESS | 0x0200, &[]), last);
    assert_eq!(rig.run(READ, WORD, ADDRESS | 0x0201, &[]), counting(68, 4));
}

#[test]
fn private_slot_never_reads_back() {
    for slot_config in [0x0000, 0x0080, 0x2087, 0x00C0] {
        let mut rig = slot_9(Locks::C1D1, slot_config, PRIVATE);
        rig.random_temp_key();
        for p1 in [BLOCK, WORD] {
            assert_eq!(rig.status(READ, p1, ADDRESS, &[]), REFUSED, "{slot_config:04X}");
        }
    }
}

#[test]
fn secret_slot_does_not_read() {
    let mut rig = slot_9(Locks::C1D1, 0x0080, DATA);
    assert_eq!(rig.status(READ, BLOCK, ADDRESS, &[]), REFUSED);
    assert_eq!(rig.status(READ, WORD, ADDRESS, &[]), REFUSED);
}

/// GenDig is what makes a TempKey to read with; any other is refused and used up (with or without
/// IsSecret, chip reference U6).
#[test]
fn encrypted_slot_does_not_read_with_another_temp_key() {
    for slot_config in [0x00C0, 0x0040] {
        let mut rig = slot_9(Locks::C1D1, slot_config, DATA);
        rig.random_temp_key();
        assert!(rig.temp_key_valid());
        assert_eq!(rig.status(READ, BLOCK, ADDRESS, &[]), REFUSED);
        assert!(!rig.temp_key_valid());
    }
}

#[test]
fn clear_accesses_leave_temp_key() {
    let mut rig = slot_9(Locks::C1D1, 0x0000, DATA);
    rig.random_temp_key();
    rig.run(READ, BLOCK, ADDRESS, &[]);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), OK);
    assert_eq!(rig.status(READ, 0x81, 0x0100, &[]), PARSE);
    assert!(rig.temp_key_valid());
}

#[test]
fn always_writable_slot() {
    let mut rig = slot_9(Locks::C1D1, 0x0000, DATA);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[0xAA; 32]), OK);
    assert_eq!(rig.status(WRITE, WORD, ADDRESS | 0x0001, &[0xBB; 4]), OK);
    // Bit 6 means nothing with a block and forbids a word once data is locked.
    assert_eq!(rig.status(WRITE, 0xC2, ADDRESS | 0x0100, &[0xCC; 32]), OK);
    assert_eq!(rig.status(WRITE, 0x42, ADDRESS, &[0xDD; 4]), REFUSED);
    // A MAC where none is needed.
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[0xEE; 64]), REFUSED);
    let slot = rig.chip.eeprom().slot(9);
    assert_eq!(slot[..4], [0xAA; 4]);
    assert_eq!(slot[4..8], [0xBB; 4]);
    assert_eq!(slot[8..32], [0xAA; 24]);
    assert_eq!(slot[32..64], [0xCC; 32]);
}

#[test]
fn block_write_past_the_end_is_cut() {
    let mut rig = slot_9(Locks::C1D1, 0x0000, DATA);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS | 0x0200, &[0xAA; 32]), OK);
    assert_eq!(rig.chip.eeprom().slot(9)[64..], [0xAA; 8]);
    assert_eq!(rig.chip.eeprom().slot(10), [0xFF; 72]);
    // The word bits of a block access are ignored (chip reference 4.2).
    assert_eq!(rig.status(WRITE, BLOCK, 0x0251, &[0xBB; 32]), OK);
    assert_eq!(rig.chip.eeprom().slot(10)[64..], [0xBB; 8]);
}

#[test]
fn secret_slot_takes_no_words() {
    let mut rig = slot_9(Locks::C1D1, 0x0080, DATA);
    assert_eq!(rig.status(WRITE, WORD, ADDRESS, &[1; 4]), REFUSED);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), OK);
}

#[test]
fn write_config_of_a_locked_chip() {
    for write_config in 0..16u16 {
        for length in [4, 32, 64] {
            let p1 = if length == 4 { WORD } else { BLOCK };
            let mut rig = slot_9(Locks::C1D1, write_config << 12, DATA);
            rig.random_temp_key();
            let allowed = match write_config {
                0 => length < 64,
                1 => length == 32,
                _ => false,
            };
            let expected = if allowed { OK } else { REFUSED };
            let status = rig.status(WRITE, p1, ADDRESS, &vec![1; length]);
            assert_eq!(status, expected, "WriteConfig {write_config}, {length} bytes");
            let changed = rig.chip.eeprom().slot(9) != counting(0, 72);
            assert_eq!(changed, allowed);
            // An encrypted write uses TempKey up.
            assert_eq!(rig.temp_key_valid(), write_config & 4 == 0);
        }
    }
}

#[test]
fn write_config_is_not_looked_at_before_data_lock() {
    for write_config in 0..16u16 {
        let mut rig = slot_9(Locks::C1D0, write_config << 12, DATA);
        assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), OK);
    }
}

#[test]
fn private_slot_takes_no_write() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_9(locks, 0x0000, PRIVATE);
        assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), REFUSED, "{locks:?}");
        assert_eq!(rig.chip.eeprom().slot(9), counting(0, 72));
    }
}

#[test]
fn locked_slot_takes_no_write() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = slot_9(locks, 0x0000, DATA);
        assert_eq!(rig.status(LOCK, 0x02 | 9 << 2, 0, &[]), OK);
        assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), REFUSED, "{locks:?}");
        assert_eq!(rig.chip.eeprom().slot(9), counting(0, 72));
    }
}

#[test]
fn write_makes_a_public_key_invalid() {
    // KeyType 4, PubInfo; block 1 does not even contain the nibble.
    for (locks, address) in [(Locks::C1D0, ADDRESS), (Locks::C1D1, ADDRESS), (Locks::C1D1, ADDRESS | 0x0100)]
    {
        let mut rig = slot_9(locks, 0x0000, 0x0012);
        rig.chip.eeprom_mut().set_slot(9, &[0x5C]);
        assert_eq!(rig.status(WRITE, BLOCK, address, &[0x5C; 32]), OK);
        assert_eq!(rig.chip.eeprom().slot(9)[0], 0xAC);
    }
    // PubInfo has no meaning for data, nor in the small slots (slot 5 of 6.1).
    let mut rig = slot_9(Locks::C1D1, 0x0000, 0x001E);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[0x5C; 32]), OK);
    assert_eq!(rig.chip.eeprom().slot(9)[0], 0x5C);
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.configure(|config| set_key_config(config, 5, 0x0012));
    assert_eq!(rig.status(WRITE, BLOCK, 5 << 3, &[0x5C; 32]), OK);
    assert_eq!(rig.chip.eeprom().slot(5)[0], 0x5C);
}

#[test]
fn pub_invalid_protects_a_validated_key() {
    let mut rig = slot_9(Locks::C1D1, 0x1000, 0x0012);
    rig.chip.eeprom_mut().set_slot(9, &[0x50]);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), REFUSED);
    rig.chip.eeprom_mut().set_slot(9, &[0xA0]);
    assert_eq!(rig.status(WRITE, BLOCK, ADDRESS, &[1; 32]), OK);
    assert_eq!(rig.status(WRITE, WORD, ADDRESS, &[1; 4]), REFUSED);
}

/// Before data lock an encrypted write takes any TempKey, but needs one, and the MAC.
#[test]
fn encrypted_write_before_data_lock() {
    let mut rig = slot_9(Locks::C1D0, 0x0000, DATA);
    assert_eq!(rig.status(WRITE, 0xC2, ADDRESS, &[0; 64]), REFUSED);
    assert_eq!(rig.status(WRITE, 0xC2, ADDRESS, &[0; 32]), REFUSED);
    rig.load_temp_key(&[3; 32]);
    assert_eq!(rig.status(WRITE, 0x82, ADDRESS, &[0; 64]), REFUSED);
    assert!(rig.temp_key_valid());
    let mut data = vec![3 ^ 0x77; 32];
    let parts = [&[3; 32][..], &[WRITE, 0xC2, 0x48, 0, 0xEE, 0x01, 0x23], &[0; 25], &[0x77; 32]];
    data.extend(<sha2::Sha256 as sha2::Digest>::digest(parts.concat()));
    assert_eq!(rig.status(WRITE, 0xC2, ADDRESS, &data), OK);
    assert_eq!(rig.chip.eeprom().slot(9)[..32], [0x77; 32]);
}

#[test]
fn config_zone_takes_its_writable_words_only() {
    for word in 0..32u16 {
        let mut rig = Rig::blank();
        let writable = matches!(word, 4..=20 | 22..=31);
        let expected = if writable { OK } else { REFUSED };
        assert_eq!(rig.status(WRITE, 0x00, word, &counting(0x60, 4)), expected, "word {word}");
        let mut config = captured_config();
        if writable {
            config[4 * usize::from(word)..][..4].copy_from_slice(&counting(0x60, 4));
        }
        assert_eq!(rig.chip.eeprom().config(), &config, "word {word}");
    }
    for block in 0..4u16 {
        let mut rig = Rig::blank();
        let expected = if block % 2 == 1 { OK } else { REFUSED };
        assert_eq!(rig.status(WRITE, 0x80, block << 3, &[0; 32]), expected, "block {block}");
        assert_eq!(rig.status(WRITE, 0xC0, block << 3, &[0; 32]), REFUSED, "block {block}");
    }
}

#[test]
fn addresses_outside_a_zone_are_parse_errors() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    for (p1, p2) in [
        (0x00, 0x0020),
        (0x01, 0x0010),
        (0x02, 0x0101), // slot 0, block 1, word 1
        (0x82, 0x0200), // slot 0, block 2
        (0x82, 0x0D40), // slot 8, block 13
        (0x82, 0x0348), // slot 9, block 3
        (0x02, 0x024A), // slot 9, block 2, word 2
        (0x82, 0x0080), // "slot 16"
        (0x03, 0x0000), // zone 3
        (0x06, 0x0000), // reserved bit
    ] {
        assert_eq!(rig.status(READ, p1, p2, &[]), PARSE, "Read {p1:02X} {p2:04X}");
        let data = vec![0; if p1 & 0x80 == 0 { 4 } else { 32 }];
        assert_eq!(rig.status(WRITE, p1, p2, &data), PARSE, "Write {p1:02X} {p2:04X}");
    }
    for (p1, length) in [(0x82, 4), (0x02, 32), (0x02, 64), (0x82, 31), (0x82, 36), (0x02, 0)] {
        assert_eq!(rig.status(WRITE, p1, ADDRESS, &vec![0; length]), PARSE, "{p1:02X} {length}");
    }
    assert_eq!(rig.status(READ, 0x82, ADDRESS, &[0]), PARSE);
}
