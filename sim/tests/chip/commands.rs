//! Parameters, results and side effects of the commands that have no slot policy of their own: Info,
//! Random, Nonce, Lock, Counter, SelfTest, UpdateExtra (chip reference 5).

use crate::rig::*;

fn parse_errors(rig: &mut Rig, opcode: u8, cases: &[(u8, u16, usize)]) {
    for (p1, p2, length) in cases {
        let status = rig.status(opcode, *p1, *p2, &vec![0; *length]);
        assert_eq!(status, PARSE, "{opcode:02X} {p1:02X} {p2:04X} {length}");
    }
}

#[test]
fn info() {
    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x10, 0x80, 0, 0]);
    rig.random_temp_key();
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x00, 0x80, 0, 0]);
    for p2 in [0, 2, 3] {
        assert_eq!(rig.status(INFO, 0x03, p2, &[]), REFUSED);
    }
    parse_errors(
        &mut rig,
        INFO,
        &[(5, 0, 0), (0x80, 0, 0), (0, 0, 1), (0, 1, 0), (4, 1, 0), (4, 4, 0), (3, 1, 0)],
    );
    assert!(rig.temp_key_valid());
}

#[test]
fn info_shows_the_authorising_slot() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.authorise(15);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0, 15 << 3 | 4, 0, 0]);
}

#[test]
fn random() {
    let mut rig = Rig::blank();
    parse_errors(&mut rig, RANDOM, &[(2, 0, 0), (0, 1, 0), (0, 0, 20)]);
    assert_eq!(rig.run(RANDOM, 1, 0, &[]).len(), 32);
}

#[test]
fn nonce() {
    let mut rig = Rig::blank();
    let errors = [
        (0x02, 0, 20),
        (0x00, 1, 20),
        (0x00, 0x8001, 20),
        (0x00, 0, 32),
        (0x03, 0, 20),
        (0x03, 0, 64),
        (0x03, 1, 32),
        (0x23, 0, 32),
        (0x63, 0, 32),
        (0xA3, 0, 64),
        (0xC3, 0, 32),
        (0x04, 0, 20),
    ];
    parse_errors(&mut rig, NONCE, &errors);
    assert_eq!(rig.status(NONCE, 0x00, 0x8000, &[0; 20]), REFUSED, "no TempKey to start from");
    // Errors take TempKey away if it was the target.
    for (p1, valid) in [(0x00, false), (0x03, false), (0x43, true), (0x83, true)] {
        rig.load_temp_key(&[1; 32]);
        assert_eq!(rig.status(NONCE, p1, 0, &[0; 31]), PARSE);
        assert_eq!(rig.temp_key_valid(), valid, "{p1:02X}");
    }
    for (p1, length) in [(0x43, 32), (0x63, 64), (0x83, 32)] {
        rig.load_temp_key(&[1; 32]);
        assert_eq!(rig.status(NONCE, p1, 0, &vec![2; length]), OK);
        assert!(rig.temp_key_valid());
    }
}

/// The second form keeps SourceFlag (chip reference D4).
#[test]
fn nonce_from_temp_key_keeps_the_flags() {
    let mut rig = Rig::blank();
    rig.load_temp_key(&[1; 32]);
    assert_eq!(rig.run(NONCE, 0x00, 0x8000, &[0; 20]).len(), 32);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x10, 0x80, 0, 0]);
}

/// What survives which commands (chip reference 5.0.2).
#[test]
fn temp_key_survives_what_does_not_use_it() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.poke_key(0);
    rig.load_digest(&[1; 32]);
    rig.random_temp_key();
    for (opcode, p1, p2, data) in [
        (READ, 0x80, 0, &[][..]),
        (RANDOM, 0, 0, &[]),
        (RANDOM, 9, 0, &[]),
        (COUNTER, 0, 0, &[]),
        (COUNTER, 1, 9, &[]),
        (GENKEY, 0x00, 0, &[]),
        (GENKEY, 0x04, 0, &[]),
        (SIGN, 0xA0, 0, &[]),
        (SHA, 0x00, 0, &[]),
        (SHA, 0xC2, 0, &[]),
        (SHA, 0x01, 0, &[]),
        (SELFTEST, 0x3D, 0, &[]),
        (UPDATE_EXTRA, 0, 0, &[]),
        (LOCK, 0x80, 0, &[]),
        (LOCK, 0x02 | 4 << 2, 0, &[]),
        (0x6A, 0, 0, &[]),
    ] {
        rig.run(opcode, p1, p2, data);
        assert!(rig.temp_key_valid(), "{opcode:02X} {p1:02X}");
    }
    for (opcode, p1, p2) in [(GENKEY, 0x04, 1), (GENKEY, 0xFF, 0), (SIGN, 0x80, 0), (SIGN, 0x82, 0)] {
        rig.random_temp_key();
        rig.run(opcode, p1, p2, &[]);
        assert!(!rig.temp_key_valid(), "{opcode:02X} {p1:02X}");
    }
}

#[test]
fn lock_config_with_its_crc() {
    let mut rig = Rig::blank();
    let [low, high] = crc(rig.chip.eeprom().config());
    assert_eq!(rig.status(LOCK, 0x00, u16::from_le_bytes([low ^ 1, high]), &[]), REFUSED);
    assert_eq!(rig.chip.eeprom().config()[87], 0x55);
    assert_eq!(rig.status(LOCK, 0x00, u16::from_le_bytes([low, high]), &[]), OK);
    assert_eq!(rig.chip.eeprom().config()[86..88], [0x55, 0x00]);
}

/// Private slots are left out of the CRC; OTP comes last.
#[test]
fn lock_data_with_its_crc() {
    let mut rig = Rig::new(test_config(), Locks::C1D0);
    let mut otp = [0; 64];
    otp[..32].copy_from_slice(&counting(0, 32));
    rig.chip.eeprom_mut().set_otp(&otp);
    rig.poke_key(0);
    rig.chip.eeprom_mut().set_public_key(14, &known_public());
    let private = [0, 2, 7];
    let mut contents = Vec::new();
    for slot in (0..16).filter(|slot| !private.contains(slot)) {
        contents.extend(rig.chip.eeprom().slot(slot));
    }
    assert_eq!(contents.len(), 1208 - 3 * 36);
    contents.extend(otp);
    let [low, high] = crc(&contents);
    assert_eq!(rig.status(LOCK, 0x01, u16::from_le_bytes([low, high ^ 0x80]), &[]), REFUSED);
    assert_eq!(rig.status(LOCK, 0x01, u16::from_le_bytes([low, high]), &[]), OK);
    assert_eq!(rig.chip.eeprom().config()[86..88], [0x00, 0x00]);
}

#[test]
fn lock_slot() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = Rig::new(test_config(), locks);
        assert_eq!(rig.status(LOCK, 0x02 | 1 << 2, 0, &[]), REFUSED, "not lockable");
        assert_eq!(rig.status(LOCK, 0x02 | 12 << 2, 0, &[]), OK);
        assert_eq!(rig.status(LOCK, 0x82 | 4 << 2, 0, &[]), OK);
        assert_eq!(rig.chip.eeprom().config()[88..90], [0xEF, 0xEF]);
        assert_eq!(rig.status(LOCK, 0x02 | 4 << 2, 0, &[]), REFUSED, "locked already");
    }
}

#[test]
fn lock_parameters() {
    let mut rig = Rig::blank();
    let before = *rig.chip.eeprom().config();
    parse_errors(
        &mut rig,
        LOCK,
        &[(0x83, 0, 0), (0xC0, 0, 0), (0x84, 0, 0), (0x85, 0, 0), (0x42, 0, 0), (0x80, 0, 1)],
    );
    assert_eq!(rig.chip.eeprom().config(), &before);
    // Any value but 0x55 counts as locked (chip reference 4.3).
    rig.configure(|config| config[87] = 0x33);
    assert_eq!(rig.status(WRITE, 0x00, 5, &[0; 4]), REFUSED);
}

#[test]
fn counters() {
    let mut rig = Rig::new(captured_config(), Locks::C1D1);
    for value in 1..70u32 {
        assert_eq!(rig.run(COUNTER, 1, 1, &[]), value.to_le_bytes());
    }
    assert_eq!(rig.run(COUNTER, 0, 1, &[]), 69u32.to_le_bytes());
    assert_eq!(rig.run(COUNTER, 0, 0, &[]), [0; 4]);
    assert_eq!(rig.chip.eeprom().config()[60..68], hex("07FF000000020001"));
    parse_errors(&mut rig, COUNTER, &[(0, 2, 0), (2, 0, 0), (1, 0, 1)]);

    rig.configure(|config| config[60..68].copy_from_slice(&hex("00000003FFFFFFFF")));
    assert_eq!(rig.run(COUNTER, 1, 1, &[]), 2_097_151u32.to_le_bytes());
    assert_eq!(rig.chip.eeprom().config()[60..68], hex("00000001FFFFFFFF"));
    assert_eq!(rig.status(COUNTER, 1, 1, &[]), REFUSED);
    assert_eq!(rig.run(COUNTER, 0, 1, &[]), 2_097_151u32.to_le_bytes());
}

/// Counter patterns that no increment makes are kept as they were written (chip reference U8).
#[test]
fn irregular_counter() {
    let mut rig = Rig::blank();
    assert_eq!(rig.status(WRITE, 0x00, 13, &hex("01FFFFFF")), OK);
    assert_eq!(rig.run(COUNTER, 0, 0, &[]), [7, 0, 0, 0]);
    assert_eq!(rig.run(READ, 0x00, 13, &[]), hex("01FFFFFF"));
}

#[test]
fn self_test() {
    let mut rig = Rig::new(captured_config(), Locks::C1D1);
    parse_errors(&mut rig, SELFTEST, &[(0x40, 0, 0), (0x80, 0, 0), (1, 1, 0), (1, 0, 1)]);
    rig.chip.break_self_tests(0x24);
    assert_eq!(rig.run(SELFTEST, 0x19, 0, &[]), [0x00]);
    assert_eq!(rig.run(SELFTEST, 0x3B, 0, &[]), [0x20]);
    // Now nothing else is executed, whatever its parameters, but config reads.
    assert_eq!(rig.status(RANDOM, 0, 0, &[]), 0x07);
    assert_eq!(rig.status(RANDOM, 9, 9, &[]), 0x07);
    assert_eq!(rig.status(READ, 0x81, 0, &[]), 0x07);
    assert_eq!(rig.run(READ, 0x80, 0, &[]).len(), 32);
    assert_eq!(rig.run(SELFTEST, 0x00, 0, &[]), [0x20]);
    assert_eq!(rig.run(SELFTEST, 0x04, 0, &[]), [0x04]);
    assert_eq!(rig.run(SELFTEST, 0x00, 0, &[]), [0x24]);
    rig.idle();
    rig.wake();
    assert_eq!(rig.run(SELFTEST, 0x00, 0, &[]), [0x24]);
    rig.chip.break_self_tests(0x04);
    assert_eq!(rig.run(SELFTEST, 0x20, 0, &[]), [0x00]);
    assert_eq!(rig.status(RANDOM, 0, 0, &[]), 0x07);
    rig.chip.break_self_tests(0);
    assert_eq!(rig.run(SELFTEST, 0x04, 0, &[]), [0x00]);
    assert_eq!(rig.run(RANDOM, 0, 0, &[]).len(), 32);
    rig.chip.break_self_tests(0x04);
    rig.run(SELFTEST, 0x04, 0, &[]);
    rig.sleep();
    rig.wake();
    assert_eq!(rig.run(RANDOM, 0, 0, &[]).len(), 32);
}

/// Health test of the random number generator (chip reference 2.3, 4.13).
#[test]
fn health_test() {
    for auto_clear in [false, true] {
        let mut rig = Rig::new(captured_config(), Locks::C1D1);
        rig.configure(|config| config[90] = if auto_clear { 8 } else { 0 });
        rig.chip.break_self_tests(0x01);
        assert_eq!(rig.status(RANDOM, 0, 0, &[]), 0x08);
        let expected = if auto_clear { 0x08 } else { 0x07 };
        assert_eq!(rig.status(GENKEY, 0x04, 0, &[]), expected);
        rig.chip.break_self_tests(0);
        assert_eq!(rig.run(SELFTEST, 0x01, 0, &[]), [0]);
        assert_eq!(rig.run(RANDOM, 0, 0, &[]).len(), 32);
    }
}

#[test]
fn update_extra() {
    let mut rig = Rig::new(captured_config(), Locks::C1D1);
    parse_errors(&mut rig, UPDATE_EXTRA, &[(4, 0, 0), (0, 0x0100, 0), (2, 0x8000, 0), (0, 0, 1)]);
    for (p1, byte) in [(0, 84), (1, 85)] {
        assert_eq!(rig.status(UPDATE_EXTRA, p1, 0x00, &[]), OK);
        assert_eq!(rig.status(UPDATE_EXTRA, p1, 0x5A, &[]), OK);
        assert_eq!(rig.chip.eeprom().config()[byte], 0x5A);
        assert_eq!(rig.status(UPDATE_EXTRA, p1, 0x5B, &[]), REFUSED);
        assert_eq!(rig.status(UPDATE_EXTRA, p1, 0x00, &[]), REFUSED);
        assert_eq!(rig.chip.eeprom().config()[byte], 0x5A);
    }
}

#[test]
fn update_extra_consumes_a_use() {
    let mut rig = Rig::new(captured_config(), Locks::C1D1);
    rig.configure(|config| set_slot_config(config, 5, 0x8FAF));
    assert_eq!(rig.status(UPDATE_EXTRA, 2, 3, &[]), OK);
    assert_eq!(rig.counter0(), 0);
    assert_eq!(rig.status(UPDATE_EXTRA, 2, 5, &[]), OK);
    assert_eq!(rig.status(UPDATE_EXTRA, 3, 5, &[]), OK);
    assert_eq!(rig.counter0(), 2);
    rig.configure(|config| config[52..60].copy_from_slice(&hex("00000001FFFFFFFF")));
    assert_eq!(rig.status(UPDATE_EXTRA, 2, 5, &[]), REFUSED);
}
