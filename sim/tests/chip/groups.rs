//! The ready-made command groups, with their CRC as listed (chip reference 7.2).

use crate::rig::*;

/// Sends a literal group and gives the answer without count and CRC.
fn send(rig: &mut Rig, literal: &str) -> Vec<u8> {
    rig.idle();
    rig.wake();
    rig.send(&hex(literal));
    rig.receive()
}

fn status(rig: &mut Rig, literal: &str) -> u8 {
    let answer = send(rig, literal);
    assert_eq!(answer.len(), 1, "{literal}: {answer:02X?}");
    answer[0]
}

#[test]
fn on_a_blank_chip() {
    let mut rig = Rig::blank();
    assert_eq!(send(&mut rig, "07 1B 00 00 00 24 CD"), [0xFF, 0xFF, 0, 0].repeat(8));
    assert_eq!(send(&mut rig, "07 30 02 00 00 00 D8"), [0, 0, 0, 0]);
    assert_eq!(send(&mut rig, "07 30 01 00 00 00 D7"), [0, 0, 0, 0]);
    assert_eq!(send(&mut rig, "07 30 04 00 00 80 DF"), [0, 0, 0, 0]);
    assert_eq!(status(&mut rig, "07 30 04 03 00 8F DF"), REFUSED);
    assert_eq!(status(&mut rig, "07 30 04 02 00 86 5F"), REFUSED);
    assert_eq!(send(&mut rig, "07 02 00 15 00 17 5D"), hex("00005555"));
    assert_eq!(status(&mut rig, "07 02 81 00 00 0A 27"), REFUSED);
    assert_eq!(status(&mut rig, "07 02 02 4D 01 14 87"), REFUSED);
    assert_eq!(send(&mut rig, "07 24 00 00 00 0C FD"), [0, 0, 0, 0]);
    assert_eq!(send(&mut rig, "07 24 01 01 00 06 F7"), [1, 0, 0, 0]);
    assert_eq!(send(&mut rig, "07 77 3B 00 00 9D FB"), [0]);
    assert_eq!(send(&mut rig, "07 77 00 00 00 2E 75"), [0]);
    assert_eq!(status(&mut rig, "07 20 00 01 00 09 FD"), OK);
    assert_eq!(rig.chip.eeprom().config()[84], 1);
    assert_eq!(status(&mut rig, "0B 12 00 05 00 83 00 87 20 38 1D"), OK);
    assert_eq!(rig.chip.eeprom().config()[20..24], hex("83008720"));
}

#[test]
fn nonces() {
    let mut rig = Rig::blank();
    let half = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
    let other = "202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F";
    for literal in [
        format!("27 16 03 00 00 {half} 04 EE"),
        format!("27 16 43 00 00 {half} D7 6C"),
        format!("47 16 23 00 00 {half} {other} 23 A1"),
        format!("47 16 63 00 00 {half} {other} 80 09"),
        format!("27 16 83 00 00 {half} 6F 6F"),
    ] {
        assert_eq!(status(&mut rig, &literal), OK, "{literal}");
    }
}

#[test]
fn hashes() {
    let mut rig = Rig::blank();
    assert_eq!(status(&mut rig, "07 47 00 00 00 2E 85"), OK);
    assert_eq!(status(&mut rig, "0C 47 01 05 00 01 02 03 04 05 DD B2"), OK);
    assert_eq!(send(&mut rig, "07 47 06 00 00 AE 82").len(), 41);
    assert_eq!(send(&mut rig, "07 47 02 00 00 2D 00").len(), 32);
    assert_eq!(status(&mut rig, "07 47 00 00 00 2E 85"), OK);
    rig.send(&hex("0A 47 02 03 00 61 62 63 70 53"));
    rig.pass(40 * MS);
    let response = hex("23 BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD B3 FF");
    assert_eq!(rig.read(35), Some(response));
}

#[test]
fn on_the_way_to_a_locked_chip() {
    let mut rig = Rig::blank();
    assert_eq!(status(&mut rig, "07 17 00 D2 2A D0 B6"), OK);
    assert_eq!(rig.chip.eeprom().config()[87], 0);
    assert_eq!(status(&mut rig, "07 17 80 00 00 39 8D"), REFUSED);
    assert_eq!(send(&mut rig, "07 40 04 00 00 83 87").len(), 64);
    assert_eq!(send(&mut rig, "07 40 00 00 00 00 05").len(), 64);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(send(&mut rig, "07 41 80 00 00 28 05").len(), 64);
    rig.load_digest(&[1; 32]);
    assert_eq!(send(&mut rig, "07 41 A0 00 00 7B 85").len(), 64);
    assert_eq!(send(&mut rig, "07 24 01 01 00 06 F7"), [1, 0, 0, 0]);
    assert_eq!(status(&mut rig, "07 17 22 00 00 7E 08"), OK);
    assert_eq!(rig.chip.eeprom().config()[88..90], [0xFF, 0xFE]);
    assert_eq!(send(&mut rig, "07 40 04 FF FF 8E 07").len(), 64);
    assert_eq!(status(&mut rig, "07 17 81 00 00 3A 07"), OK);
    assert_eq!(rig.chip.eeprom().config()[86], 0);
    assert_eq!(send(&mut rig, "07 02 81 00 00 0A 27"), [0xFF; 32]);
    assert_eq!(send(&mut rig, "07 02 02 4D 01 14 87"), [0xFF; 4]);
    assert_eq!(send(&mut rig, "07 02 82 40 0C A9 A4"), [0xFF; 32]);
    assert_eq!(status(&mut rig, "07 02 82 78 02 89 ED"), REFUSED);
}

#[test]
fn digests_of_keys_and_internal_signatures() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.poke_key(0);
    rig.configure(|config| {
        set_slot_config(config, 1, 0x2087);
        set_key_config(config, 1, 0x0033);
    });
    rig.poke_key(1);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(send(&mut rig, "07 40 08 00 00 43 84").len(), 64);
    assert_eq!(send(&mut rig, "07 41 00 01 00 36 05").len(), 64);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(send(&mut rig, "07 40 0C 00 00 C0 06").len(), 64);
    assert_eq!(send(&mut rig, "07 41 41 01 00 1E 0F").len(), 64);
    rig.load_temp_key(&[1; 32]);
    rig.chip.eeprom_mut().set_public_key(14, &known_public());
    assert_eq!(status(&mut rig, "0A 40 10 0E 00 00 01 02 DD 54"), OK);
}

#[test]
fn keyed_hashes() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    assert_eq!(status(&mut rig, "07 47 04 04 00 AE 47"), OK);
    assert_eq!(send(&mut rig, "0C 47 C2 05 00 00 01 02 03 04 52 75").len(), 32);
    rig.load_temp_key(&[1; 32]);
    assert_eq!(status(&mut rig, "07 47 04 FF FF A0 87"), OK);
}

#[test]
fn digests_and_macs_with_secrets() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    for literal in [
        "07 15 02 04 00 33 48",
        "0B 15 02 04 00 15 02 04 00 D2 EC",
        "07 15 00 03 00 3C 8D",
        "07 15 01 01 00 39 87",
        "07 15 04 01 00 B9 8F",
        "07 15 05 02 00 B5 05",
        "07 1C 00 09 00 00 2D",
    ] {
        rig.random_temp_key();
        assert_eq!(status(&mut rig, literal), OK, "{literal}");
    }
    rig.random_temp_key();
    assert_eq!(send(&mut rig, "07 08 41 04 00 2E A7").len(), 32);
}

/// Opcodes that nothing has, or that the 608A has no more (chip reference 2.3, 5.8).
#[test]
fn other_opcodes() {
    let known = [
        READ,
        MAC,
        WRITE,
        GENDIG,
        NONCE,
        LOCK,
        RANDOM,
        DERIVE_KEY,
        UPDATE_EXTRA,
        COUNTER,
        CHECKMAC,
        INFO,
        GENKEY,
        SIGN,
        ECDH,
        VERIFY,
        PRIV_WRITE,
        SHA,
        AES,
        KDF,
        SELFTEST,
        SECURE_BOOT,
    ];
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    for opcode in (0..=0xFF).filter(|opcode| !known.contains(opcode)) {
        assert_eq!(rig.status(opcode, 0, 0, &[]), PARSE, "{opcode:02X}");
    }
}
