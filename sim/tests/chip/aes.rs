//! AES: keys and errors (chip reference 5.1).

use crate::rig::*;

const AES_KEY: u16 = 0x0018;
const BLOCK: [u8; 16] = [0; 16];

/// Slot 5 holds keys under this configuration.
fn slot_5(locks: Locks, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 5, 0x8F80);
    set_key_config(&mut config, 5, key_config);
    Rig::new(config, locks)
}

fn encrypt(rig: &mut Rig, fixed: bool) -> u8 {
    rig.nonce(fixed);
    let status = rig.verdict(AES, 0x00, 5, &BLOCK);
    assert!(rig.temp_key_valid());
    status
}

#[test]
fn key_policies() {
    expect_policies(5, false, |locks| slot_5(locks, AES_KEY), encrypt);
}

#[test]
fn kind_of_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for key_config in [0x001C, 0x0010, 0x0000, AES_KEY | 1] {
            assert_eq!(encrypt(&mut slot_5(locks, key_config), true), REFUSED, "{key_config:04X} {locks:?}");
        }
    }
}

/// Slots 0 to 7 hold two keys, slot 8 and larger ones four.
#[test]
fn key_blocks() {
    let mut rig = slot_5(Locks::C1D1, AES_KEY);
    rig.configure(|config| {
        for slot in 8..16 {
            set_key_config(config, slot, AES_KEY);
        }
    });
    for block in 0..4u8 {
        let expected = if block < 2 { OK } else { PARSE };
        assert_eq!(rig.verdict(AES, block << 6, 5, &BLOCK), expected, "slot 5, block {block}");
        for slot in 8..16 {
            assert_eq!(rig.verdict(AES, block << 6, slot, &BLOCK), OK, "slot {slot}, block {block}");
        }
    }
}

#[test]
fn key_in_temp_key() {
    let mut rig = slot_5(Locks::C1D1, AES_KEY);
    assert_eq!(rig.status(AES, 0x00, 0xFFFF, &BLOCK), REFUSED);
    for (length, blocks) in [(32, 2), (64, 4)] {
        let p1 = if length == 32 { 0x03 } else { 0x23 };
        assert_eq!(rig.status(NONCE, p1, 0, &vec![8; length]), OK);
        for block in 0..4u8 {
            let expected = if block < blocks { OK } else { REFUSED };
            assert_eq!(rig.verdict(AES, block << 6, 0xFFFF, &BLOCK), expected, "{length} {block}");
            assert!(rig.temp_key_valid());
        }
    }
    // A private key is none for it.
    rig.run(GENKEY, 0x04, 0xFFFF, &[]);
    assert_eq!(rig.status(AES, 0x00, 0xFFFF, &BLOCK), REFUSED);
}

#[test]
fn parse_errors() {
    let mut rig = slot_5(Locks::C1D1, AES_KEY);
    for (p1, p2, length) in [
        (0x02, 5, 16),
        (0x04, 5, 16),
        (0x08, 5, 16),
        (0x20, 5, 16),
        (0x00, 0x0010, 16),
        (0x00, 0x8005, 16),
        (0x00, 0xFFFE, 16),
        (0x00, 5, 15),
        (0x00, 5, 32),
        (0x03, 0, 16),
        (0x03, 0, 33),
    ] {
        assert_eq!(rig.status(AES, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
    // A slot's key before the config lock.
    assert_eq!(slot_5(Locks::C0, AES_KEY).status(AES, 0x00, 5, &BLOCK), PARSE);
}

#[test]
fn part_without_aes() {
    let mut rig = slot_5(Locks::C1D1, AES_KEY);
    rig.configure(|config| config[13] = 0);
    rig.nonce(true);
    for (p1, p2, length) in [(0x00, 5, 16), (0x00, 0xFFFF, 16), (0x03, 0, 32)] {
        assert_eq!(rig.status(AES, p1, p2, &vec![0; length]), PARSE);
    }
}

/// In GCM's order of bits the highest of byte 0 is 1, and x^127 times x is R.
#[test]
fn gfm() {
    let mut rig = Rig::blank();
    let one = hex("80000000000000000000000000000000");
    let x = hex("40000000000000000000000000000000");
    let x_127 = hex("00000000000000000000000000000001");
    let r = hex("E1000000000000000000000000000000");
    let any = counting(0x31, 16);
    for (h, input, product) in [(&one, &any, &any), (&any, &one, &any), (&x, &x_127, &r), (&x_127, &x, &r)] {
        // The other bits of p1 and p2 do not count.
        for (p1, p2) in [(0x03, 0), (0xFB, 0x1234)] {
            assert_eq!(rig.run(AES, p1, p2, &[&h[..], input].concat()), *product);
        }
    }
}
