//! PrivWrite (chip reference 5.14).

use crate::rig::*;

/// PrivWrite under key 4, GenKey, external signatures.
const SLOT: u16 = 0x6481;
const KEY: u16 = 0x0033;
const ENCRYPTION_KEY: [u8; 32] = [0x44; 32];

/// Slot 7 is the target.
fn rig(locks: Locks, slot_config: u16, key_config: u16) -> Rig {
    let mut config = captured_config();
    set_slot_config(&mut config, 7, slot_config);
    set_key_config(&mut config, 7, key_config);
    set_slot_config(&mut config, 4, 0x8F80);
    let mut rig = Rig::new(config, locks);
    rig.chip.eeprom_mut().set_slot(4, &ENCRYPTION_KEY);
    rig
}

fn plain(key: &str) -> Vec<u8> {
    hex(&format!("00000000{key}"))
}

/// Key and MAC under this value of TempKey.
fn encrypted(temp_key: &[u8], key: &str) -> Vec<u8> {
    let plain = plain(key);
    let mask = [temp_key, &sha256(&[temp_key])].concat();
    let head = [PRIV_WRITE, 0x40, 7, 0, 0xEE, 0x01, 0x23];
    [xor(&plain, &mask), sha256(&[temp_key, &head, &[0; 21], &plain])].concat()
}

/// TempKey after GenDig with slot 4.
fn session(rig: &mut Rig, fixed: bool) -> Vec<u8> {
    let nonce = rig.nonce(fixed);
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    sha256(&[&ENCRYPTION_KEY, &[GENDIG, 2, 4, 0, 0xEE, 0x01, 0x23], &[0; 25], &nonce])
}

fn write(rig: &mut Rig) -> u8 {
    let session = session(rig, false);
    rig.status(PRIV_WRITE, 0x40, 7, &encrypted(&session, KNOWN_KEY))
}

fn stored(rig: &Rig) -> bool {
    rig.chip.eeprom().slot(7)[4..] == hex(KNOWN_KEY)
}

#[test]
fn encrypted_key() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for fixed in [false, true] {
            let mut rig = rig(locks, SLOT, KEY);
            let session = session(&mut rig, fixed);
            assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &encrypted(&session, KNOWN_KEY)), OK, "{locks:?}");
            assert!(stored(&rig) && !rig.temp_key_valid());
            assert_eq!(rig.run(GENKEY, 0x00, 7, &[]), known_public());
        }
    }
}

/// The slot's own conditions of use are not asked (chip reference 5.0.3, 5.0.4).
#[test]
fn conditions_of_use_do_not_count() {
    let mut rig = rig(Locks::C1D1, SLOT, KEY);
    rig.demand(7, LIMITED_USE, REQ_RANDOM | REQ_AUTH_15 | PERSISTENT_DISABLE);
    rig.exhaust_counter0();
    let session = session(&mut rig, true);
    assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &encrypted(&session, KNOWN_KEY)), OK);
}

#[test]
fn kind_of_slot() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for (slot_config, key_config) in
            [(SLOT, KEY & !1), (SLOT, KEY | 0x0C), (SLOT, KEY & !0x1C | 0x18), (SLOT & !0x80, KEY)]
        {
            let mut rig = rig(locks, slot_config, key_config);
            assert_eq!(write(&mut rig), REFUSED, "{slot_config:04X} {key_config:04X} {locks:?}");
            assert!(!stored(&rig) && !rig.temp_key_valid());
        }
        let mut locked = rig(locks, SLOT, KEY);
        locked.configure(|config| config[88] &= !0x80);
        assert_eq!(write(&mut locked), REFUSED, "locked slot");
    }
}

#[test]
fn write_config() {
    assert_eq!(write(&mut rig(Locks::C1D1, SLOT & !0x4000, KEY)), REFUSED);
    assert_eq!(write(&mut rig(Locks::C1D0, SLOT & !0x4000, KEY)), OK);
    // Bits 15, 13, 12 do not matter.
    for bits in [0x4000, 0xC000, 0xF000] {
        assert_eq!(write(&mut rig(Locks::C1D1, SLOT & 0x0FFF | bits, KEY)), OK);
    }
}

/// With the data zone locked TempKey has to be a GenDig digest with the WriteKey.
#[test]
fn origin_of_temp_key() {
    let other_key = |locks| {
        let mut rig = rig(locks, SLOT & !0x0F00 | 0x0300, KEY);
        write(&mut rig)
    };
    assert_eq!(other_key(Locks::C1D1), REFUSED);
    assert_eq!(other_key(Locks::C1D0), OK);
    let no_digest = |locks| {
        let mut rig = rig(locks, SLOT & !0x0F00, KEY);
        let nonce = rig.nonce(true);
        rig.status(PRIV_WRITE, 0x40, 7, &encrypted(&nonce, KNOWN_KEY))
    };
    assert_eq!(no_digest(Locks::C1D1), REFUSED);
    assert_eq!(no_digest(Locks::C1D0), OK);
    for locks in [Locks::C1D0, Locks::C1D1] {
        let mut rig = rig(locks, SLOT, KEY);
        assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &encrypted(&[0; 32], KNOWN_KEY)), REFUSED, "none");
    }
}

#[test]
fn wrong_mac() {
    for locks in [Locks::C1D0, Locks::C1D1] {
        for at in [0, 35, 36, 67] {
            let mut rig = rig(locks, SLOT, KEY);
            let session = session(&mut rig, false);
            let mut data = encrypted(&session, KNOWN_KEY);
            data[at] ^= 1;
            assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &data), REFUSED);
            assert!(!stored(&rig) && !rig.temp_key_valid());
        }
    }
}

#[test]
fn clear_key() {
    for length in [36, 68] {
        let mut data = plain(KNOWN_KEY);
        data.resize(length, 0);
        let mut open = rig(Locks::C1D0, SLOT & !0x4000, KEY);
        assert_eq!(open.status(PRIV_WRITE, 0x00, 7, &data), OK);
        assert!(stored(&open));
        for locks in [Locks::C0, Locks::C1D1] {
            assert_eq!(rig(locks, SLOT, KEY).status(PRIV_WRITE, 0x00, 7, &data), REFUSED);
        }
    }
}

/// Numbers that are no private key (chip reference U27): zero and the order of the group.
#[test]
fn not_a_key() {
    let order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    for key in [&"00".repeat(32), order] {
        let mut open = rig(Locks::C1D0, SLOT, KEY);
        assert_eq!(open.status(PRIV_WRITE, 0x00, 7, &plain(key)), REFUSED);
        let mut locked = rig(Locks::C1D1, SLOT, KEY);
        let session = session(&mut locked, false);
        assert_eq!(locked.status(PRIV_WRITE, 0x40, 7, &encrypted(&session, key)), REFUSED);
        assert_eq!(locked.chip.eeprom().slot(7), [0xFF; 36]);
    }
}

#[test]
fn parse_errors() {
    let mut rig = rig(Locks::C1D0, SLOT, KEY);
    for (p1, p2, length) in [
        (0x01, 7, 68),
        (0x80, 7, 68),
        (0xC0, 7, 68),
        (0x40, 7, 36),
        (0x40, 7, 67),
        (0x00, 7, 35),
        (0x00, 0x8007, 36),
    ] {
        assert_eq!(rig.status(PRIV_WRITE, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
}
