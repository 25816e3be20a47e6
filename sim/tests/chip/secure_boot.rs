//! SecureBoot (chip reference 4.12, 5.17).

use crate::rig::*;
use atecc608_sim::chip::AfterReset;

const FULL: u8 = 5;
const STORE: u8 = 6;
const COPY: u8 = 7;
const PROHIBIT: u8 = 0x40;
const WITH_MAC: u8 = 0x80;
/// SecureBoot.Mode.
const DISABLED: u8 = 0;
const FULL_BOTH: u8 = 1;
const FULL_SIG: u8 = 2;
const FULL_DIG: u8 = 3;
const PERSISTENT: u8 = 0x08;
const RAND_NONCE: u8 = 0x10;
const IO_KEY: [u8; 32] = [0x10; 32];
const IMAGE: [u8; 32] = [0x42; 32];

/// Code-signing key in slot 11, digest or signature in slot 12 that nobody may write, IO key in slot 4.
fn rig(low: u8) -> Rig {
    let mut config = captured_config();
    config[70..72].copy_from_slice(&[low, 0xBC]);
    config[90..92].copy_from_slice(&[0x02, 0x40]);
    set_key_config(&mut config, 11, 0x0010);
    set_slot_config(&mut config, 12, 0x8F80);
    set_slot_config(&mut config, 15, 0);
    set_key_config(&mut config, 15, 0x0010);
    let mut rig = Rig::new(config, Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &IO_KEY);
    rig.chip.eeprom_mut().set_public_key(11, &known_public());
    rig
}

/// Without encryption and MAC.
fn boot(rig: &mut Rig, p1: u8, image: &[u8]) -> u8 {
    let signature = if p1 & 7 == STORE { Vec::new() } else { sign(&IMAGE) };
    rig.status(SECURE_BOOT, p1, 0, &[image, &signature].concat())
}

#[test]
fn modes() {
    for (mode, full, copy, store) in [
        (DISABLED, REFUSED, REFUSED, REFUSED),
        (FULL_BOTH, OK, REFUSED, REFUSED),
        (FULL_SIG, OK, OK, OK),
        (FULL_DIG, OK, OK, OK),
    ] {
        let mut rig = rig(mode);
        assert_eq!(boot(&mut rig, FULL, &IMAGE), full, "{mode}");
        assert!(rig.chip.eeprom().slot(12).iter().all(|byte| *byte == 0xFF), "nothing stored");
        assert_eq!(boot(&mut rig, COPY, &IMAGE), copy, "{mode}");
        assert_eq!(boot(&mut rig, STORE, &IMAGE), store, "{mode}");
    }
}

#[test]
fn copy_stores_digest_or_signature() {
    let mut dig = rig(FULL_DIG);
    assert_eq!(boot(&mut dig, COPY, &IMAGE), OK);
    assert_eq!(dig.chip.eeprom().slot(12)[..33], [&IMAGE[..], &[0xFF]].concat());
    let mut sig = rig(FULL_SIG);
    assert_eq!(boot(&mut sig, COPY, &IMAGE), OK);
    assert_eq!(sig.chip.eeprom().slot(12)[..65], [sign(&IMAGE), vec![0xFF]].concat());
}

#[test]
fn another_image() {
    let other = [0x43; 32];
    for mode in [FULL_BOTH, FULL_SIG, FULL_DIG] {
        let mut rig = rig(mode | PERSISTENT);
        assert_eq!(boot(&mut rig, FULL, &other), MISCOMPARE);
        if mode != FULL_BOTH {
            // Nothing is stored yet.
            assert_eq!(boot(&mut rig, STORE, &IMAGE), MISCOMPARE);
            assert_eq!(boot(&mut rig, COPY, &other), MISCOMPARE);
            assert_eq!(rig.chip.eeprom().slot(12)[..32], [0xFF; 32]);
            assert_eq!(boot(&mut rig, COPY, &IMAGE), OK);
            rig.power_off();
            assert_eq!(boot(&mut rig, STORE, &other), MISCOMPARE);
        }
        assert_eq!(rig.run(INFO, 0x04, 0, &[]), [0; 4], "latch");
    }
}

/// A success sets the latch if it is to.
#[test]
fn persistent_latch() {
    for (low, latch) in [(FULL_DIG, 0), (FULL_DIG | PERSISTENT, 1)] {
        for p1 in [FULL, COPY, STORE] {
            let mut rig = rig(low);
            rig.chip.eeprom_mut().set_slot(12, &IMAGE);
            assert_eq!(boot(&mut rig, p1, &IMAGE), OK);
            assert_eq!(rig.run(INFO, 0x04, 0, &[]), [latch, 0, 0, 0]);
        }
    }
}

/// No more SecureBoot until the supply was off, asleep or not.
#[test]
fn prohibition() {
    let mut rig = rig(FULL_BOTH);
    assert_eq!(boot(&mut rig, FULL | PROHIBIT, &[0; 32]), MISCOMPARE);
    assert_eq!(boot(&mut rig, FULL, &IMAGE), OK);
    assert_eq!(boot(&mut rig, FULL | PROHIBIT, &IMAGE), OK);
    for _ in 0..2 {
        assert_eq!(boot(&mut rig, FULL, &IMAGE), REFUSED);
        assert_eq!(boot(&mut rig, FULL | PROHIBIT, &IMAGE), REFUSED);
        rig.sleep();
        rig.wake();
    }
    rig.power_off();
    assert_eq!(boot(&mut rig, FULL | PROHIBIT, &IMAGE), OK);
    rig.chip.brown_out(rig.now, AfterReset::Asleep);
    rig.wake();
    assert_eq!(boot(&mut rig, FULL, &IMAGE), OK);
}

/// The public key is used as Verify(Stored) uses one (chip reference U23).
#[test]
fn policies_of_the_public_key() {
    let with = |slot_bits: u16, key_bits: u16| {
        let mut rig = rig(FULL_SIG);
        rig.chip.eeprom_mut().set_slot(12, &sign(&IMAGE));
        rig.demand(11, slot_bits, key_bits);
        rig
    };
    for p1 in [FULL, COPY, STORE] {
        assert_eq!(boot(&mut with(0, 1), p1, &IMAGE), REFUSED, "private");
        assert_eq!(boot(&mut with(0, 0x0C), p1, &IMAGE), REFUSED, "KeyType");
        let mut validatable = with(0, 2);
        assert_eq!(boot(&mut validatable, p1, &IMAGE), REFUSED, "not validated");
        validatable.chip.eeprom_mut().set_slot(11, &[0x50]);
        assert_eq!(boot(&mut validatable, p1, &IMAGE), OK, "validated");
        let mut random = with(0, REQ_RANDOM);
        assert_eq!(boot(&mut random, p1, &IMAGE), REFUSED, "ReqRandom");
        random.nonce(false);
        assert_eq!(boot(&mut random, p1, &IMAGE), OK, "ReqRandom");
        let mut guarded = with(0, REQ_AUTH_15);
        assert_eq!(boot(&mut guarded, p1, &IMAGE), REFUSED, "ReqAuth");
        guarded.authorise(15);
        assert_eq!(boot(&mut guarded, p1, &IMAGE), OK, "ReqAuth");
        let mut disabled = with(0, PERSISTENT_DISABLE);
        assert_eq!(boot(&mut disabled, p1, &IMAGE), REFUSED, "latch");
        let mut limited = with(LIMITED_USE, 0);
        assert_eq!(boot(&mut limited, p1, &IMAGE), OK);
        assert_eq!(limited.counter0(), 1);
        limited.exhaust_counter0();
        assert_eq!(boot(&mut limited, p1, &IMAGE), REFUSED, "limit");
        let mut off = with(0, 0);
        off.chip.eeprom_mut().set_slot(11, &[0x11; 72]);
        assert_eq!(boot(&mut off, p1, &IMAGE), REFUSED, "no point of the curve");
    }
    // A stored digest needs no key.
    let mut rig = rig(FULL_DIG);
    rig.chip.eeprom_mut().set_slot(12, &IMAGE);
    rig.demand(11, 0, REQ_AUTH_15 | 1);
    assert_eq!(boot(&mut rig, STORE, &IMAGE), OK);
}

#[test]
fn slot_of_the_digest() {
    for mode in [FULL_SIG, FULL_DIG] {
        let mut locked = rig(mode);
        locked.configure(|config| config[89] &= !0x10);
        assert_eq!(boot(&mut locked, COPY, &IMAGE), REFUSED, "locked slot");
        assert_eq!(boot(&mut locked, FULL, &IMAGE), OK);
        let mut private = rig(mode);
        private.demand(12, 0, 1);
        assert_eq!(boot(&mut private, COPY, &IMAGE), REFUSED, "private slot");
        assert_eq!(boot(&mut private, STORE, &IMAGE), REFUSED, "private slot");
        let mut small = rig(mode);
        small.configure(|config| config[71] = 0xB7);
        let expected = if mode == FULL_DIG { OK } else { REFUSED };
        assert_eq!(boot(&mut small, COPY, &IMAGE), expected, "slot 7 has room for a digest only");
        let expected = if mode == FULL_DIG { OK } else { MISCOMPARE };
        assert_eq!(boot(&mut small, STORE, &IMAGE), expected);
    }
}

/// Digest encrypted and MAC of the answer, for a nonce in TempKey.
fn encrypted(rig: &mut Rig, p1: u8, fixed: bool) -> (Vec<u8>, Vec<u8>) {
    let session = sha256(&[&IO_KEY, &rig.nonce(fixed)]);
    let signature = if p1 & 7 == STORE { Vec::new() } else { sign(&IMAGE) };
    let data = [xor(&IMAGE, &session), signature.clone()].concat();
    let mac = sha256(&[&session, &IMAGE, &signature, &[SECURE_BOOT, p1, 0, 0]]);
    (rig.run(SECURE_BOOT, p1, 0, &data), mac)
}

#[test]
fn with_encryption_and_mac() {
    let mut rig = rig(FULL_DIG);
    for p1 in [FULL, COPY, STORE] {
        for fixed in [true, false] {
            let (answer, mac) = encrypted(&mut rig, p1 | WITH_MAC, fixed);
            assert_eq!(answer, mac, "{p1}");
            assert!(!rig.temp_key_valid());
        }
        rig.nonce(true);
        let mut data = vec![0; 32];
        data.resize(if p1 == STORE { 32 } else { 96 }, 1);
        assert_eq!(rig.status(SECURE_BOOT, p1 | WITH_MAC, 0, &data), MISCOMPARE);
        assert!(!rig.temp_key_valid());
        assert_eq!(rig.status(SECURE_BOOT, p1 | WITH_MAC, 0, &data), REFUSED, "no TempKey");
    }
    rig.configure(|config| config[90] = 0);
    assert_eq!(encrypted(&mut rig, FULL | WITH_MAC, true).0, [REFUSED], "no IO protection");
    // Without encryption TempKey plays no part.
    rig.nonce(true);
    assert_eq!(boot(&mut rig, FULL, &IMAGE), OK);
    assert!(rig.temp_key_valid());
}

#[test]
fn random_nonce() {
    let mut rig = rig(FULL_BOTH | RAND_NONCE);
    assert_eq!(encrypted(&mut rig, FULL | WITH_MAC, true).0, [REFUSED]);
    let (answer, mac) = encrypted(&mut rig, FULL | WITH_MAC, false);
    assert_eq!(answer, mac);
    assert_eq!(boot(&mut rig, FULL, &IMAGE), OK);
}

#[test]
fn parse_errors() {
    let mut rig = rig(FULL_DIG);
    for (p1, p2, length) in [
        (0, 0, 96),
        (1, 0, 96),
        (4, 0, 32),
        (FULL | 0x08, 0, 96),
        (FULL | 0x10, 0, 96),
        (FULL | 0x20, 0, 96),
        (FULL, 1, 96),
        (FULL, 0, 32),
        (COPY, 0, 95),
        (STORE, 0, 96),
    ] {
        assert_eq!(rig.status(SECURE_BOOT, p1, p2, &vec![0; length]), PARSE, "{p1:02X} {p2:04X} {length}");
    }
}
