//! DeriveKey: roll and create, with and without MAC (chip reference 4.6, 5.4).

use crate::rig::*;

const SHA_KEY: u16 = 0x001C;
/// Target 9, parent 4: WriteConfig and WriteKey.
const ROLL: u16 = 0x2480;
const CREATE: u16 = 0x3480;
const WITH_MAC: u16 = 0x8000;
const OLD: [u8; 32] = [0x99; 32];
const PARENT: [u8; 32] = [0x44; 32];

fn rig(locks: Locks, target: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 4, 0x8F80);
    set_key_config(&mut config, 4, SHA_KEY);
    set_slot_config(&mut config, 9, target);
    set_key_config(&mut config, 9, SHA_KEY);
    // Slot 15 may authorise.
    set_slot_config(&mut config, 15, 0x0000);
    set_key_config(&mut config, 15, 0x0010);
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_slot(4, &PARENT);
    rig.chip.eeprom_mut().set_slot(9, &OLD);
    rig
}

fn mac(p1: u8) -> Vec<u8> {
    sha256(&[&PARENT, &[DERIVE_KEY, p1, 9, 0], &[0xEE, 0x01, 0x23]])
}

/// DeriveKey with what it needs; a success must have written the right key.
fn derive(rig: &mut Rig, fixed: bool) -> u8 {
    let target = u16::from_le_bytes(rig.chip.eeprom().config()[38..40].try_into().unwrap());
    let source = rig.chip.eeprom().slot(if target & 0x1000 == 0 { 9 } else { 4 })[..32].to_vec();
    let before = rig.chip.eeprom().slot(9).to_vec();
    let p1 = if fixed { 4 } else { 0 };
    let nonce = rig.nonce(fixed);
    let mac = if target & WITH_MAC == 0 { Vec::new() } else { mac(p1) };
    let status = rig.status(DERIVE_KEY, p1, 9, &mac);
    let expected = match status {
        OK => sha256(&[&source, &[DERIVE_KEY, p1, 9, 0, 0xEE, 0x01, 0x23], &[0; 25], &nonce]),
        _ => before[..32].to_vec(),
    };
    assert_eq!(rig.chip.eeprom().slot(9)[..32], expected);
    assert_eq!(rig.chip.eeprom().slot(9)[32..], before[32..]);
    assert!(!rig.temp_key_valid());
    status
}

#[test]
fn four_ways() {
    for target in [ROLL, CREATE, ROLL | WITH_MAC, CREATE | WITH_MAC, CREATE | 0x4000, ROLL | 0xC000] {
        for locks in [Locks::C1D0, Locks::C1D1] {
            for fixed in [false, true] {
                assert_eq!(derive(&mut rig(locks, target), fixed), OK, "{target:04X} {locks:?}");
            }
        }
        // Bit 13 allows it, in every lock state.
        for locks in [Locks::C1D0, Locks::C1D1] {
            assert_eq!(derive(&mut rig(locks, target & !0x2000), false), REFUSED, "{target:04X} {locks:?}");
        }
    }
}

/// The parent is the source of a new key; the conditions of the target do not count then.
#[test]
fn policies_of_the_parent() {
    for target in [CREATE, CREATE | WITH_MAC] {
        expect_policies(4, true, |locks| rig(locks, target), derive);
        let mut rig = rig(Locks::C1D1, target);
        rig.demand(9, LIMITED_USE, REQ_RANDOM | PERSISTENT_DISABLE | REQ_AUTH_15);
        rig.exhaust_counter0();
        assert_eq!(derive(&mut rig, true), OK);
    }
}

/// A key that rolls has to fulfil its own conditions, but its uses are neither limited nor counted.
#[test]
fn policies_of_a_key_that_rolls() {
    let rolling = |key_bits: u16| {
        let mut rig = rig(Locks::C1D1, ROLL);
        rig.demand(9, LIMITED_USE, key_bits);
        rig.exhaust_counter0();
        rig
    };
    assert_eq!(derive(&mut rolling(0), true), OK);
    assert_eq!(derive(&mut rolling(REQ_RANDOM), true), REFUSED);
    assert_eq!(derive(&mut rolling(REQ_RANDOM), false), OK);
    assert_eq!(derive(&mut rolling(PERSISTENT_DISABLE), true), REFUSED);
    assert_eq!(derive(&mut rolling(REQ_AUTH_15), true), REFUSED);
    let mut rig = rolling(REQ_AUTH_15 | PERSISTENT_DISABLE);
    rig.set_latch();
    rig.authorise(15);
    assert_eq!(derive(&mut rig, true), OK);
    assert_eq!(rig.authorised(), None);
}

/// The same if the target is named as its own parent, with and without a MAC.
#[test]
fn a_key_that_rolls_as_its_own_parent_is_not_counted() {
    for target in [ROLL, CREATE, ROLL | WITH_MAC, CREATE | WITH_MAC] {
        let mut rig = rig(Locks::C1D1, target & !0x0F00 | 0x0900);
        rig.demand(9, LIMITED_USE, 0);
        rig.random_temp_key();
        let mac = sha256(&[&OLD, &[DERIVE_KEY, 0, 9, 0], &[0xEE, 0x01, 0x23]]);
        let mac = if target & WITH_MAC == 0 { &[][..] } else { &mac };
        assert_eq!(rig.status(DERIVE_KEY, 0, 9, mac), OK, "{target:04X}");
        assert_eq!(rig.counter0(), 0, "{target:04X}");
    }
}

/// The key of the MAC is a key in use.
#[test]
fn policies_of_the_mac_key() {
    let with_mac = |slot_bits: u16, key_bits: u16| {
        let mut rig = rig(Locks::C1D1, ROLL | WITH_MAC);
        rig.demand(4, slot_bits, key_bits);
        rig
    };
    // ReqRandom is for the source.
    assert_eq!(derive(&mut with_mac(0, REQ_RANDOM), true), OK);
    assert_eq!(derive(&mut with_mac(0, PERSISTENT_DISABLE), true), REFUSED);
    assert_eq!(derive(&mut with_mac(0, 1), true), REFUSED);
    let mut rig = with_mac(LIMITED_USE, 0);
    assert_eq!(derive(&mut rig, true), OK);
    assert_eq!(rig.counter0(), 1);
    rig.exhaust_counter0();
    assert_eq!(derive(&mut rig, true), REFUSED);
    // One authorisation for both.
    let mut rig = with_mac(0, REQ_AUTH_15);
    rig.demand(9, 0, REQ_AUTH_15);
    assert_eq!(derive(&mut rig, true), REFUSED);
    rig.authorise(15);
    assert_eq!(derive(&mut rig, true), OK);
    // Two authorisations are more than there is.
    rig.demand(4, 0, 0x0B80);
    rig.configure(|config| set_key_config(config, 4, SHA_KEY | 0x0B80));
    rig.authorise(15);
    assert_eq!(derive(&mut rig, true), REFUSED);
}

#[test]
fn kind_of_slot() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut target = rig(locks, CREATE);
        target.demand(9, 0, 1);
        assert_eq!(derive(&mut target, true), REFUSED, "private target");
        let mut parent = rig(locks, CREATE);
        parent.demand(4, 0, 1);
        assert_eq!(derive(&mut parent, true), REFUSED, "private parent");
        for config in [ROLL, CREATE] {
            let mut locked = rig(locks, config);
            locked.configure(|config| config[89] &= !0x02);
            assert_eq!(derive(&mut locked, true), REFUSED, "locked slot");
        }
    }
}

#[test]
fn macs() {
    let mut rig = rig(Locks::C1D1, CREATE | WITH_MAC);
    let mut wrong = mac(4);
    wrong[31] ^= 1;
    // Wrong (chip reference U3), missing (U50), for another p1.
    for mac in [wrong, Vec::new(), mac(0)] {
        rig.nonce(true);
        assert_eq!(rig.status(DERIVE_KEY, 4, 9, &mac), REFUSED);
        assert!(!rig.temp_key_valid());
    }
    assert_eq!(rig.chip.eeprom().slot(9)[..32], OLD);
    // A wrong MAC costs no use.
    rig.configure(|config| set_slot_config(config, 9, CREATE | WITH_MAC));
    rig.demand(4, LIMITED_USE, 0);
    rig.nonce(true);
    assert_eq!(rig.status(DERIVE_KEY, 4, 9, &mac(0)), REFUSED);
    assert_eq!(rig.counter0(), 0);
}

/// A MAC that the slot does not ask for is not looked at, and changes nothing: the vendor's test of the command
/// sends what happens to stand in its buffer (chip reference 5.4).
#[test]
fn a_mac_that_nobody_asked_for() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for config in [ROLL, CREATE] {
            let keys = [&[][..], &mac(4), &[0xA5; 32]].map(|sent| {
                let mut rig = rig(locks, config);
                rig.nonce(true);
                assert_eq!(rig.status(DERIVE_KEY, 4, 9, sent), OK, "{locks:?} {config:04X}");
                rig.chip.eeprom().slot(9)[..32].to_vec()
            });
            assert_ne!(keys[0], OLD);
            assert!(keys.iter().all(|key| *key == keys[0]));
        }
    }
    // As it was sent: `27 1C 00 09 00` to slot 9 with C4 64, after a random nonce.
    let mut vendor = Rig::new(test_config(), Locks::C1D0);
    vendor.random_temp_key();
    assert_eq!(vendor.status(DERIVE_KEY, 0, 9, &counting(0, 32)), OK);
}

#[test]
fn source_flag_and_parameters() {
    let mut rig = rig(Locks::C1D1, ROLL);
    for (fixed, p1) in [(true, 0), (false, 4)] {
        rig.nonce(fixed);
        assert_eq!(rig.status(DERIVE_KEY, p1, 9, &[]), REFUSED);
        assert!(!rig.temp_key_valid());
    }
    assert_eq!(rig.status(DERIVE_KEY, 0, 9, &[]), REFUSED, "no TempKey");
    for (p1, p2, length) in [(1, 9, 0), (2, 9, 0), (8, 9, 0), (0, 0x8009, 0), (0, 9, 31), (0, 9, 64)] {
        rig.nonce(false);
        assert_eq!(rig.status(DERIVE_KEY, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
    assert_eq!(rig.chip.eeprom().slot(9)[..32], OLD);
}
