//! Readings of what no source proves: the chip follows the one it was told.

use crate::rig::*;
use atecc608_sim::chip::{Readings, SecondNonce};

const KEY: [u8; 32] = [0x21; 32];

/// Slot 4: a key with NoMac. Slot 3 is read and written under it, slot 5 derived from itself, slot 7 a private key
/// that is written under it.
fn rig(readings: Readings) -> Rig {
    let mut config = captured_config();
    for (slot, slot_config, key_config) in
        [(4, 0x8F9F, 0x001C), (3, 0x44C4, 0x001C), (5, 0x248F, 0x001C), (7, 0x4483, 0x0033)]
    {
        set_slot_config(&mut config, slot, slot_config);
        set_key_config(&mut config, slot, key_config);
    }
    let mut rig = Rig::new(config, Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &KEY);
    rig.follow(readings);
    rig
}

/// TempKey after Nonce and GenDig.
fn agree(rig: &mut Rig) -> Vec<u8> {
    let random = rig.run(NONCE, 0x00, 0, &[7; 20]);
    let nonce = sha256(&[&random, &[7; 20], &[0x16, 0, 0]]);
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[0x15, 2, 4, 0]), OK);
    sha256(&[&KEY, &[0x15, 2, 4, 0, 0xEE, 0x01, 0x23], &[0; 25], &nonce])
}

fn xor(data: &[u8], mask: &[u8]) -> Vec<u8> {
    data.iter().zip(mask).map(|(data, mask)| data ^ mask).collect()
}

fn write(rig: &mut Rig, key: &[u8], plain: &[u8]) -> u8 {
    let mac = sha256(&[key, &[0x12, 0x82, 0x18, 0, 0xEE, 0x01, 0x23], &[0; 25], plain]);
    rig.status(WRITE, 0x82, 0x18, &[xor(plain, key), mac].concat())
}

#[test]
fn a_temp_key_of_a_no_mac_key_encrypts_or_does_not() {
    for (readings, expected) in
        [(Readings::default(), REFUSED), (Readings { no_mac_encrypts: true, ..Readings::default() }, OK)]
    {
        let mut rig = rig(readings);
        agree(&mut rig);
        assert_eq!(rig.verdict(READ, 0x82, 0x18, &[]), expected, "Read");
        let key = agree(&mut rig);
        assert_eq!(write(&mut rig, &key, &[0x3C; 32]), expected, "Write");
        let key = agree(&mut rig);
        let plain = [&[0; 4][..], &[0x3C; 32]].concat();
        let mac = sha256(&[&key, &[0x46, 0x40, 7, 0, 0xEE, 0x01, 0x23], &[0; 21], &plain]);
        let mask = [key.clone(), sha256(&[&key])].concat();
        let sent = [xor(&plain, &mask), mac].concat();
        assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &sent), expected, "PrivWrite");
        agree(&mut rig);
        assert_eq!(rig.verdict(DERIVE_KEY, 0x00, 5, &[]), expected, "DeriveKey");
    }
}

/// What the second form of Nonce leaves of the flags: SourceFlag, GenDigData, and the slot.
#[test]
fn the_nonce_that_hashes_temp_key() {
    for (second_nonce, fixed_is_random, still_of_slot_4) in [
        (SecondNonce::Keeps, false, true),
        (SecondNonce::BecomesRandom, true, true),
        (SecondNonce::Forgets, false, false),
    ] {
        let mut rig = rig(Readings { second_nonce, ..Readings::default() });
        let flags = |rig: &mut Rig| rig.run(INFO, 0x02, 0, &[])[0];
        rig.load_temp_key(&[9; 32]);
        rig.run(NONCE, 0x00, 0x8000, &[7; 20]);
        assert_eq!(flags(&mut rig) & 0x10 == 0, fixed_is_random, "{second_nonce:?}");
        agree(&mut rig);
        rig.run(NONCE, 0x00, 0x8000, &[7; 20]);
        assert_eq!(flags(&mut rig) & 0x2F == 0x24, still_of_slot_4, "{second_nonce:?}");
        assert_eq!(flags(&mut rig) & 0x10, 0, "{second_nonce:?}");
    }
}
