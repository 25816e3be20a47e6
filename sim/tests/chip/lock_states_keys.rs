//! The lock-state matrix, row by row (chip reference 5.0.8): commands that use secret or private keys.

use crate::rig::*;

/// A chip with the configuration of chip reference 6.1 and everything a row may need.
fn prepared(locks: Locks) -> Rig {
    let mut rig = Rig::new(test_config(), locks);
    rig.configure(|config| config[18] = 0);
    rig.poke_key(0);
    rig.poke_key(2);
    rig.chip.eeprom_mut().set_slot(4, &[0x44; 32]);
    rig.chip.eeprom_mut().set_slot(12, &[0x12; 32]);
    rig.chip.eeprom_mut().set_public_key(11, &known_public());
    rig.load_temp_key(&[0x11; 32]);
    rig
}

/// Expects `[C0, C1D0, C1D1]` of one row.
fn row(name: &str, expected: [u8; 3], act: impl Fn(&mut Rig) -> u8) {
    for (locks, expected) in ALL_LOCKS.into_iter().zip(expected) {
        assert_eq!(act(&mut prepared(locks)), expected, "{name} in {locks:?}");
    }
}

#[test]
fn aes() {
    row("slot", [PARSE, OK, OK], |rig| rig.verdict(AES, 0x00, 10, &[0; 16]));
    row("TempKey", [OK, OK, OK], |rig| rig.verdict(AES, 0x00, 0xFFFF, &[0; 16]));
    row("GFM", [OK, OK, OK], |rig| rig.verdict(AES, 0x03, 0, &[0; 32]));
    row("KeyType", [PARSE, REFUSED, REFUSED], |rig| rig.verdict(AES, 0x00, 12, &[0; 16]));
    // The persistent latch counts when the data zone is locked.
    row("latch", [PARSE, OK, REFUSED], |rig| rig.verdict(AES, 0x00, 5, &[0; 16]));
}

#[test]
fn macs_and_digests() {
    row("MAC", [REFUSED, OK, OK], |rig| rig.verdict(MAC, 0x00, 4, &[0; 32]));
    row("MAC without slot", [REFUSED, OK, OK], |rig| rig.verdict(MAC, 0x06, 0, &[0; 32]));
    row("CheckMac", [REFUSED, MISCOMPARE, MISCOMPARE], |rig| rig.status(CHECKMAC, 0x00, 4, &[0; 77]));
    row("GenDig data", [REFUSED, OK, OK], |rig| rig.status(GENDIG, 0x02, 4, &[]));
    row("GenDig config", [OK, OK, OK], |rig| rig.status(GENDIG, 0x00, 0, &[]));
    row("GenDig OTP", [REFUSED, OK, OK], |rig| rig.status(GENDIG, 0x01, 0, &[]));
    row("GenDig shared nonce", [OK, OK, OK], |rig| rig.status(GENDIG, 0x03, 0, &[0; 32]));
    row("GenDig counter", [OK, OK, OK], |rig| rig.status(GENDIG, 0x04, 0, &[]));
    row("GenDig key config", [OK, OK, OK], |rig| rig.status(GENDIG, 0x05, 0, &[]));
    row("NoMac", [REFUSED, OK, REFUSED], |rig| rig.verdict(MAC, 0x00, 6, &[0; 32]));
}

#[test]
fn keys_made_of_keys() {
    row("DeriveKey", [REFUSED, OK, OK], |rig| rig.status(DERIVE_KEY, 0x04, 9, &[]));
    row("KDF TempKey", [OK, OK, OK], |rig| rig.verdict(KDF, 0x50, 0, &[2, 0, 0, 0]));
    row("KDF TempKey to AKB and back", [OK, OK, OK], |rig| {
        assert_eq!(rig.status(KDF, 0x4C, 0, &[2, 0, 0, 0]), OK);
        rig.verdict(KDF, 0x53, 0, &[2, 0, 0, 0])
    });
    row("KDF slot", [REFUSED, OK, OK], |rig| rig.verdict(KDF, 0x52, 4, &[2, 0, 0, 0]));
    row("KDF to slot", [REFUSED, OK, OK], |rig| rig.verdict(KDF, 0x48, 0x0C00, &[2, 0, 0, 0]));
    row("KDF of a slot", [REFUSED, OK, OK], |rig| rig.verdict(KDF, 0x50, 0, &[0, 12, 0, 0]));
    row("KDF encrypted", [OK, OK, OK], |rig| rig.verdict(KDF, 0x54, 0, &[2, 0, 0, 0]));
}

#[test]
fn private_keys() {
    row("ECDH", [REFUSED, OK, OK], |rig| rig.verdict(ECDH, 0x0C, 2, &known_public()));
    row("ECDH to slot", [REFUSED, OK, OK], |rig| rig.verdict(ECDH, 0x00, 0, &known_public()));
    row("ECDH TempKey", [REFUSED, OK, OK], |rig| {
        rig.run(GENKEY, 0x04, 0xFFFF, &[]);
        rig.verdict(ECDH, 0x0D, 0, &known_public())
    });
    let key = [&[0; 4], &hex(KNOWN_KEY)[..]].concat();
    row("PrivWrite clear", [REFUSED, OK, REFUSED], |rig| rig.status(PRIV_WRITE, 0x00, 0, &key));
    row("PrivWrite encrypted", [REFUSED, OK, REFUSED], |rig| {
        let temp_key = [0x11; 32];
        let cipher = xor(&key, &[&temp_key[..], &sha256(&[&temp_key])].concat());
        let head = [PRIV_WRITE, 0x40, 7, 0, 0xEE, 0x01, 0x23];
        let mac = sha256(&[&temp_key, &head, &[0; 21], &key]);
        rig.status(PRIV_WRITE, 0x40, 7, &[cipher, mac].concat())
    });
}

#[test]
fn secure_boot() {
    row("compare", [REFUSED, REFUSED, OK], |rig| rig.status(SECURE_BOOT, 0x06, 0, &[0x12; 32]));
    row("full", [REFUSED, REFUSED, OK], |rig| {
        rig.status(SECURE_BOOT, 0x05, 0, &[vec![9; 32], sign(&[9; 32])].concat())
    });
}

/// SHA(Public) and Verify(ValidateExternal) need a locked configuration, as stored public keys do.
#[test]
fn certificates() {
    row("SHA(Public)", [REFUSED, OK, OK], |rig| {
        rig.status(SHA, 0x00, 0, &[]);
        rig.status(SHA, 0x03, 11, &[])
    });
    row("Verify(ValidateExternal)", [REFUSED, OK, OK], |rig| {
        rig.chip.eeprom_mut().set_public_key(15, &known_public());
        rig.configure(|config| config[92] = 0x20);
        rig.status(SHA, 0x00, 0, &[]);
        rig.status(SHA, 0x03, 14, &[]);
        let digest = rig.run(SHA, 0x02, 0, &[]);
        rig.status(VERIFY, 0x01, 14, &sign(&digest))
    });
}
