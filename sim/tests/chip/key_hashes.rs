//! What a slot's configuration lets MAC, CheckMac and GenDig do with its key, and what TempKey has to be for
//! them (chip reference 5.2, 5.6, 5.12).

use crate::rig::*;
use atecc608_sim::chip::Readings;

const SECRET: u16 = 0x8F80;
const SHA_KEY: u16 = 0x001C;
const KEY: [u8; 32] = [0x21; 32];

/// Slot 4 holds the key under this configuration.
fn slot_4(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 4, slot_config);
    set_key_config(&mut config, 4, key_config);
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_slot(4, &KEY);
    rig
}

fn good(locks: Locks) -> Rig {
    slot_4(locks, SECRET, SHA_KEY)
}

/// MAC with the slot's key and a nonce.
fn mac(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    rig.verdict(MAC, if fixed { 0x05 } else { 0x01 }, 4, &[])
}

/// The response to a challenge.
fn response(first: &[u8], second: &[u8]) -> Vec<u8> {
    sha256(&[first, second, &[0; 15], &[0xEE], &[0; 4], &[0x01, 0x23], &[0; 2]])
}

fn check_mac_data(first: &[u8], second: &[u8]) -> Vec<u8> {
    [vec![0; 32], response(first, second), vec![0; 13]].concat()
}

/// CheckMac with the slot's key and a nonce.
fn check_mac(rig: &mut Rig, fixed: bool) -> u8 {
    let nonce = rig.nonce(fixed);
    rig.status(CHECKMAC, if fixed { 0x05 } else { 0x01 }, 4, &check_mac_data(&KEY, &nonce))
}

fn gen_dig(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    rig.status(GENDIG, 0x02, 4, &[1, 2, 3, 4])
}

#[test]
fn key_policies() {
    for act in [mac as fn(&mut Rig, bool) -> u8, check_mac, gen_dig] {
        expect_policies(4, true, good, act);
    }
}

#[test]
fn kind_of_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for act in [mac as fn(&mut Rig, bool) -> u8, check_mac, gen_dig] {
            assert_eq!(act(&mut slot_4(locks, SECRET, SHA_KEY | 1), false), REFUSED, "private {locks:?}");
        }
        // Any other: a 608 authorises with a key of type 6 (chip reference 4.7).
        for key_type in [0x0010, 0x0018, 0x0000] {
            for act in [mac as fn(&mut Rig, bool) -> u8, check_mac, gen_dig] {
                let mut rig = slot_4(locks, SECRET, key_type);
                assert_eq!(act(&mut rig, false), OK, "{key_type:04X} {locks:?}");
            }
            let mut rig = slot_4(locks, SECRET, key_type);
            assert_eq!(check_mac(&mut rig, false), OK);
            assert_eq!(rig.authorised(), Some(4));
        }
    }
}

/// NoMac forbids MAC, and MACs with a TempKey that was made with the slot.
#[test]
fn no_mac() {
    const NO_MAC: u16 = SECRET | 0x10;
    assert_eq!(mac(&mut slot_4(Locks::C1D1, NO_MAC, SHA_KEY), false), REFUSED);
    assert_eq!(mac(&mut slot_4(Locks::C1D0, NO_MAC, SHA_KEY), false), OK);
    assert_eq!(check_mac(&mut slot_4(Locks::C1D1, NO_MAC, SHA_KEY), false), OK);
    let mut rig = slot_4(Locks::C1D1, NO_MAC, SHA_KEY);
    for (opcode, p1, p2, data) in
        [(MAC, 0x01, 8, &[][..]), (MAC, 0x02, 4, &[0; 32]), (MAC, 0x03, 4, &[]), (SHA, 0x04, 0xFFFF, &[])]
    {
        assert_eq!(gen_dig(&mut rig, false), OK);
        assert_eq!(rig.status(opcode, p1, p2, data), REFUSED, "{opcode:02X} {p1:02X}");
    }
    // The flag stays until the next Nonce.
    assert_eq!(gen_dig(&mut rig, false), OK);
    assert_eq!(rig.status(GENDIG, 0x00, 0, &[]), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[])[0], 0x80);
    assert_eq!(rig.status(GENDIG, 0x02, 8, &[]), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[])[0], 0xA8);
    assert_eq!(rig.status(MAC, 0x01, 8, &[]), REFUSED);
    rig.random_temp_key();
    assert_eq!(rig.verdict(MAC, 0x01, 8, &[]), OK);
    // OtherData is part of the message and cannot be missing (chip reference U50).
    rig.random_temp_key();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), REFUSED);
}

/// p1 bit 2 has to tell how TempKey came about, if TempKey is used at all.
#[test]
fn source_flag() {
    for (bits, data) in [(1, 0), (2, 32), (3, 0)] {
        for fixed in [false, true] {
            for flag in [false, true] {
                let mut rig = good(Locks::C1D1);
                let nonce = rig.nonce(fixed);
                let p1 = bits | u8::from(flag) << 2;
                let expected = if fixed == flag { OK } else { REFUSED };
                assert_eq!(rig.verdict(MAC, p1, 4, &vec![0; data]), expected, "MAC {p1:02X} {fixed}");
                assert!(!rig.temp_key_valid());

                let nonce_again = rig.nonce(fixed);
                assert!(!fixed || nonce == nonce_again);
                let first = if bits & 2 == 0 { &KEY[..] } else { &nonce_again };
                let second = if bits & 1 == 0 { &[0; 32][..] } else { &nonce_again };
                let status = rig.status(CHECKMAC, p1, 4, &check_mac_data(first, second));
                assert_eq!(status, expected, "CheckMac {p1:02X} {fixed}");
                assert!(!rig.temp_key_valid());
            }
        }
    }
    // Not used: MAC ignores the bit, CheckMac has no such mode.
    let mut rig = good(Locks::C1D1);
    assert_eq!(rig.verdict(MAC, 0x04, 4, &[0; 32]), OK);
    assert_eq!(rig.status(CHECKMAC, 0x04, 4, &check_mac_data(&KEY, &[0; 32])), PARSE);
}

#[test]
fn temp_key_is_needed() {
    let mut rig = good(Locks::C1D1);
    for p1 in [1, 3] {
        assert_eq!(rig.status(MAC, p1, 4, &[]), REFUSED);
        assert_eq!(rig.status(CHECKMAC, p1, 4, &[0; 77]), REFUSED);
    }
    for p1 in [0, 1, 2, 4, 5] {
        let data = if p1 == 2 { &[0; 4][..] } else { &[] };
        let slot = if p1 == 2 { 4 } else { 0 };
        assert_eq!(rig.status(GENDIG, p1, slot, data), REFUSED, "zone {p1}");
    }
    assert_eq!(rig.status(GENDIG, 0x03, 0, &[0; 32]), REFUSED);
    // MAC and CheckMac of a challenge do without; ReqRandom does not.
    assert_eq!(rig.verdict(MAC, 0x00, 4, &[0; 32]), OK);
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &check_mac_data(&KEY, &[0; 32])), OK);
    rig.demand(4, 0, REQ_RANDOM);
    assert_eq!(rig.verdict(MAC, 0x00, 4, &[0; 32]), REFUSED);
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &check_mac_data(&KEY, &[0; 32])), REFUSED);
}

/// With the first block from TempKey the slot is only hashed (CALT sends a private one).
#[test]
fn mac_without_a_slot() {
    let mut rig = slot_4(Locks::C1D1, SECRET | LIMITED_USE | 0x10, SHA_KEY | 1 | REQ_AUTH_15);
    rig.random_temp_key();
    assert_eq!(rig.verdict(MAC, 0x02, 4, &[0; 32]), OK);
    let nonce = rig.nonce(false);
    assert_eq!(rig.status(CHECKMAC, 0x02, 4, &check_mac_data(&nonce, &[0; 32])), OK);
    assert_eq!(rig.counter0(), 0);
    assert_eq!(rig.authorised(), None);
}

#[test]
fn check_mac_authorises() {
    let mut rig = good(Locks::C1D1);
    // A nonce in TempKey, no challenge that comes with the command (chip reference U11).
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &check_mac_data(&KEY, &[0; 32])), OK);
    assert_eq!(rig.authorised(), None);
    rig.follow(Readings { challenge_authorises: true, ..Readings::default() });
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &check_mac_data(&KEY, &[0; 32])), OK);
    assert_eq!(rig.authorised(), Some(4));
    rig.follow(Readings::default());
    rig.sleep();
    rig.wake();
    assert_eq!(check_mac(&mut rig, false), OK);
    assert_eq!(rig.authorised(), Some(4));
    // A miscompare keeps it, unless the key asks for an authorisation itself.
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &[0; 77]), MISCOMPARE);
    assert_eq!(rig.authorised(), Some(4));
    rig.demand(4, 0, 0x0480);
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &[0; 77]), MISCOMPARE);
    assert_eq!(rig.authorised(), None);
}

/// CheckMac counts before it compares.
#[test]
fn wrong_guesses_are_counted() {
    let mut rig = slot_4(Locks::C1D1, SECRET | LIMITED_USE, SHA_KEY);
    assert_eq!(rig.status(CHECKMAC, 0x00, 4, &[0; 77]), MISCOMPARE);
    assert_eq!(rig.counter0(), 1);
}

/// The copy of chip reference 5.2: slots 4 and 5 belong together, ReadKey of slot 5 decides.
#[test]
fn copy() {
    for (slot, p1, read_key, copied) in [
        (4, 0x01, 0, true),
        (5, 0x01, 0, true),
        (4, 0x05, 0, true),
        (4, 0x00, 0, false),
        (4, 0x03, 0, false),
        (4, 0x01, 5, false),
    ] {
        let mut rig = good(Locks::C1D1);
        rig.configure(|config| {
            set_slot_config(config, 5, 0x8F80 | read_key);
            set_key_config(config, 5, SHA_KEY);
        });
        let target = [0x55; 32];
        rig.chip.eeprom_mut().set_slot(5, &target);
        let nonce = rig.nonce(p1 & 4 != 0);
        let key = if slot == 4 { KEY } else { target };
        let first = if p1 & 2 == 0 { &key[..] } else { &nonce };
        let second = if p1 & 1 == 0 { &[0; 32][..] } else { &nonce };
        assert_eq!(rig.status(CHECKMAC, p1, slot, &check_mac_data(first, second)), OK);
        let state = if copied { [0x10, 0x80] } else { [0, 0] };
        let shown = rig.run(INFO, 0x02, 0, &[]);
        assert_eq!([shown[0], shown[1] & 0x80], state, "slot {slot} p1 {p1:02X} ReadKey {read_key}");
        if copied {
            rig.expect_temp_key(&"55".repeat(32));
        }
    }
}

#[test]
fn a_wrong_response_copies_nothing() {
    let mut rig = good(Locks::C1D1);
    rig.configure(|config| set_slot_config(config, 5, 0));
    rig.random_temp_key();
    assert_eq!(rig.status(CHECKMAC, 0x01, 4, &[0; 77]), MISCOMPARE);
    assert!(!rig.temp_key_valid());
}

/// Zones that are no key make TempKey a digest of nothing in particular.
#[test]
fn flags_after_gen_dig() {
    let mut rig = good(Locks::C1D1);
    for (p1, p2, data) in
        [(0, 0, &[][..]), (1, 0, &[]), (3, 0, &[0; 32]), (4, 0, &[]), (5, 4, &[]), (3, 0x8001, &[0; 32])]
    {
        for fixed in [true, false] {
            rig.nonce(fixed);
            assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
            assert_eq!(rig.run(INFO, 0x02, 0, &[]), [if fixed { 0x34 } else { 0x24 }, 0x80, 0, 0]);
            assert_eq!(rig.status(GENDIG, p1, p2, data), OK);
            assert_eq!(rig.run(INFO, 0x02, 0, &[]), [if fixed { 0x10 } else { 0 }, 0x80, 0, 0], "{p1:02X}");
        }
    }
    // GenKeyData goes, too (chip reference U14).
    rig.configure(|config| set_key_config(config, 9, 0x0010));
    for (p1, p2, flags) in [(0x02, 4, 0x34), (0x00, 0, 0x10)] {
        rig.nonce(true);
        assert_eq!(rig.status(GENKEY, 0x10, 9, &[0; 3]), OK);
        assert_eq!(rig.status(GENDIG, p1, p2, &[]), OK);
        assert_eq!(rig.run(INFO, 0x02, 0, &[])[0], flags);
    }
}

/// A long TempKey has 32 bytes afterwards.
#[test]
fn gen_dig_shortens_temp_key() {
    let mut rig = good(Locks::C1D1);
    assert_eq!(rig.status(NONCE, 0x23, 0, &[9; 64]), OK);
    assert_eq!(rig.verdict(AES, 0x80, 0xFFFF, &[0; 16]), OK);
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    assert_eq!(rig.verdict(AES, 0x80, 0xFFFF, &[0; 16]), REFUSED);
    assert_eq!(rig.verdict(AES, 0x40, 0xFFFF, &[0; 16]), OK);
}

#[test]
fn parse_errors() {
    let mut rig = good(Locks::C1D1);
    for (opcode, p1, p2, length) in [
        (MAC, 0x08, 4, 32),
        (MAC, 0x10, 4, 32),
        (MAC, 0x20, 4, 32),
        (MAC, 0x80, 4, 32),
        (MAC, 0x00, 4, 0),
        (MAC, 0x01, 4, 32),
        (MAC, 0x00, 0x8004, 32),
        (CHECKMAC, 0x08, 4, 77),
        (CHECKMAC, 0x20, 4, 77),
        (CHECKMAC, 0x00, 4, 76),
        (CHECKMAC, 0x00, 0x8004, 77),
        (GENDIG, 0x06, 0, 0),
        (GENDIG, 0x00, 4, 0),
        (GENDIG, 0x01, 2, 0),
        (GENDIG, 0x00, 0, 4),
        (GENDIG, 0x01, 0, 4),
        (GENDIG, 0x02, 4, 3),
        (GENDIG, 0x02, 4, 32),
        (GENDIG, 0x03, 0, 0),
        (GENDIG, 0x04, 2, 0),
        (GENDIG, 0x04, 0, 4),
        (GENDIG, 0x05, 4, 4),
        (GENDIG, 0x05, 0x8004, 0),
    ] {
        rig.nonce(true);
        assert_eq!(
            rig.status(opcode, p1, p2, &vec![0; length]),
            PARSE,
            "{opcode:02X} {p1:02X} {p2:04X} {length}"
        );
    }
    // Transport keys are nobody's (chip reference U38), and bits 14:4 of a KeyID do not count.
    rig.nonce(true);
    assert_eq!(rig.status(GENDIG, 0x02, 0x8001, &[]), REFUSED);
    assert!(!rig.temp_key_valid());
    rig.nonce(true);
    assert_eq!(rig.status(GENDIG, 0x02, 0x7FF4, &[]), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[])[0], 0x34);
}
