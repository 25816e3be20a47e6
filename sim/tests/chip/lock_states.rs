//! The lock-state matrix, row by row (chip reference 5.0.8). Rows of commands with secret keys are in
//! `chip_lock_states_keys.rs`.

use crate::rig::*;

/// A chip with the configuration of chip reference 6.1, everything a row may need, and short ways to say
/// the rows.
fn prepared(locks: Locks) -> Rig {
    let mut rig = Rig::new(test_config(), locks);
    rig.configure(|config| config[18] = 0);
    rig.poke_key(0);
    rig.poke_key(2);
    for slot in [11, 14, 15] {
        rig.chip.eeprom_mut().set_public_key(slot, &known_public());
    }
    rig.chip.eeprom_mut().set_slot(14, &[0x50]);
    rig.load_temp_key(&[0x11; 32]);
    rig.load_digest(&[0x11; 32]);
    rig
}

/// Expects `[C0, C1D0, C1D1]` of one row.
fn row(name: &str, expected: [u8; 3], mut act: impl FnMut(&mut Rig) -> u8) {
    for (locks, expected) in ALL_LOCKS.into_iter().zip(expected) {
        assert_eq!(act(&mut prepared(locks)), expected, "{name} in {locks:?}");
    }
}

#[test]
fn read() {
    row("config", [OK, OK, OK], |rig| rig.verdict(READ, 0x80, 0, &[]));
    row("config word", [OK, OK, OK], |rig| rig.verdict(READ, 0x00, 21, &[]));
    row("OTP", [REFUSED, REFUSED, OK], |rig| rig.verdict(READ, 0x81, 0, &[]));
    row("OTP word", [REFUSED, REFUSED, OK], |rig| rig.verdict(READ, 0x01, 3, &[]));
    row("data", [REFUSED, REFUSED, OK], |rig| rig.verdict(READ, 0x82, 0x0050, &[]));
    row("data word", [REFUSED, REFUSED, OK], |rig| rig.verdict(READ, 0x02, 0x0050, &[]));
    row("secret", [REFUSED, REFUSED, REFUSED], |rig| rig.verdict(READ, 0x82, 0x0020, &[]));
}

#[test]
fn write() {
    row("config", [OK, REFUSED, REFUSED], |rig| rig.status(WRITE, 0x80, 0x0008, &[0; 32]));
    row("config word", [OK, REFUSED, REFUSED], |rig| rig.status(WRITE, 0x00, 5, &[0; 4]));
    row("OTP", [REFUSED, OK, REFUSED], |rig| rig.status(WRITE, 0x81, 0, &[0; 32]));
    row("OTP word", [REFUSED, REFUSED, REFUSED], |rig| rig.status(WRITE, 0x01, 0, &[0; 4]));
    row("data", [REFUSED, OK, OK], |rig| rig.status(WRITE, 0x82, 0x0050, &[0; 32]));
    row("data word", [REFUSED, REFUSED, OK], |rig| rig.status(WRITE, 0x02, 0x0050, &[0; 4]));
    row("never writable", [REFUSED, OK, REFUSED], |rig| rig.status(WRITE, 0x82, 0x0030, &[0; 32]));
    row("encrypted only", [REFUSED, OK, REFUSED], |rig| rig.status(WRITE, 0x82, 0x0008, &[0; 32]));
    row("private", [REFUSED, REFUSED, REFUSED], |rig| rig.status(WRITE, 0x82, 0x0000, &[0; 32]));
}

#[test]
fn gen_key() {
    row("create", [REFUSED, OK, OK], |rig| rig.verdict(GENKEY, 0x04, 0, &[]));
    row("public", [REFUSED, OK, OK], |rig| rig.verdict(GENKEY, 0x00, 0, &[]));
    row("digest", [REFUSED, OK, OK], |rig| rig.verdict(GENKEY, 0x08, 0, &[]));
    row("stored public key", [REFUSED, OK, OK], |rig| rig.verdict(GENKEY, 0x10, 11, &[0; 3]));
    row("to TempKey", [REFUSED, OK, OK], |rig| rig.verdict(GENKEY, 0x04, 0xFFFF, &[]));
}

#[test]
fn sign_and_verify() {
    row("sign external", [REFUSED, OK, OK], |rig| rig.verdict(SIGN, 0x80, 0, &[]));
    row("sign external, MDB", [REFUSED, OK, OK], |rig| rig.verdict(SIGN, 0xA0, 0, &[]));
    row("sign internal", [REFUSED, REFUSED, OK], |rig| {
        rig.run(GENKEY, 0x10, 11, &[0; 3]);
        rig.verdict(SIGN, 0x00, 0, &[])
    });
    let signature = crate::rig::sign(&[0x11; 32]);
    let mut with_key = signature.clone();
    with_key.extend(known_public());
    row("verify external", [OK, OK, OK], |rig| rig.status(VERIFY, 0x02, 4, &with_key));
    row("verify stored", [REFUSED, OK, OK], |rig| rig.status(VERIFY, 0x00, 11, &signature));
}

#[test]
fn validate_and_invalidate() {
    for (p1, byte_17, nibble) in [(0x03, 0, 0x50), (0x07, 1, 0xA0)] {
        row("validate", [REFUSED, OK, OK], |rig| {
            rig.run(GENKEY, 0x10, 14, &[0; 3]);
            let mut other = [0; 19];
            other[17] = byte_17;
            // TempKey after GenKey's digest, and what the parent signs of it (chip reference 5.7, 5.22).
            let serial = [0xEE, 0x01, 0x23];
            let temp_key = sha256(&[&[0x11; 32], &[0x40, 0, 0, 0], &serial, &[0; 25], &known_public()]);
            let message = sha256(&[
                &temp_key,
                &[0x41],
                &other[..10],
                &serial[..1],
                &other[10..14],
                &serial[1..],
                &other[14..],
            ]);
            let mut data = crate::rig::sign(&message);
            data.extend(other);
            let status = rig.status(VERIFY, p1, 14, &data);
            if status == OK {
                assert_eq!(rig.chip.eeprom().slot(14)[0], nibble);
            }
            status
        });
    }
}

#[test]
fn hashes_and_numbers() {
    row("SHA", [OK, OK, OK], |rig| rig.status(SHA, 0, 0, &[]));
    row("HMAC with a slot", [REFUSED, OK, OK], |rig| rig.status(SHA, 4, 4, &[]));
    row("nonce", [OK, OK, OK], |rig| rig.verdict(NONCE, 0x00, 0, &[0; 20]));
    row("random", [OK, OK, OK], |rig| rig.verdict(RANDOM, 0, 0, &[]));
    row("info", [OK, OK, OK], |rig| rig.verdict(INFO, 0, 0, &[]));
    row("self test", [OK, OK, OK], |rig| rig.status(SELFTEST, 0x3B, 0, &[]));
    row("update extra", [OK, OK, OK], |rig| rig.status(UPDATE_EXTRA, 0, 1, &[]));
}

#[test]
fn random_numbers_are_random_after_config_lock_only() {
    for locks in ALL_LOCKS {
        let mut rig = prepared(locks);
        let pattern = [0xFF, 0xFF, 0, 0].repeat(8);
        let (first, second) = (rig.run(RANDOM, 0, 0, &[]), rig.run(RANDOM, 1, 0, &[]));
        let from_nonce = rig.run(NONCE, 0, 0, &[0; 20]);
        if locks == Locks::C0 {
            assert_eq!((&first, &second, &from_nonce), (&pattern, &pattern, &pattern));
        } else {
            assert!(first != second && second != from_nonce && first != pattern);
        }
    }
}

#[test]
fn counters() {
    row("read", [OK, OK, OK], |rig| rig.verdict(COUNTER, 0, 1, &[]));
    row("increment", [OK, OK, OK], |rig| rig.verdict(COUNTER, 1, 1, &[]));
}

#[test]
fn locks() {
    row("config", [OK, REFUSED, REFUSED], |rig| rig.status(LOCK, 0x80, 0, &[]));
    row("data", [REFUSED, OK, REFUSED], |rig| rig.status(LOCK, 0x81, 0, &[]));
    row("slot 4", [REFUSED, OK, OK], |rig| rig.status(LOCK, 0x02 | 4 << 2, 0, &[]));
}
