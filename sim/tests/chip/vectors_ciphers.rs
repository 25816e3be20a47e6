//! Known answers of AES, KDF, ECDH and PrivWrite (chip reference 7.3), and the messages of SecureBoot
//! (chip reference 7.4).

use crate::rig::*;

const PLAIN: &str = "6BC1BEE22E409F96E93D7E117393172A";
/// Key and what it makes of `PLAIN`, for key blocks 0 to 3.
const AES_ROWS: [(&str, &str); 4] = [
    ("2B7E151628AED2A6ABF7158809CF4F3C", "3AD77BB40D7A3660A89ECAF32466EF97"),
    ("6BE163D42B623E70D164FA145DB1D463", "535A0D67777A96AF77983003A6DF855A"),
    ("7058710B58E1E665D3D2F5B465176403", "2861A0FA3925E2025E41DCDE53DF7CA7"),
    ("114443FA8E9614845EC7296CD13BC9DC", "B124D63C41D85BFD2EB4A4A8F44502B9"),
];

fn aes_keys() -> Vec<u8> {
    AES_ROWS.iter().flat_map(|(key, _)| hex(key)).collect()
}

#[test]
fn aes_with_a_key_in_temp_key() {
    let mut rig = Rig::blank();
    assert_eq!(rig.status(NONCE, 0x23, 0, &aes_keys()), OK);
    for (block, (_, cipher)) in (0..).zip(AES_ROWS) {
        assert_eq!(rig.run(AES, block << 6, 0xFFFF, &hex(PLAIN)), hex(cipher));
        assert_eq!(rig.run(AES, block << 6 | 1, 0xFFFF, &hex(cipher)), hex(PLAIN));
    }
    assert!(rig.temp_key_valid());
}

#[test]
fn aes_with_keys_in_slots() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(10, &aes_keys());
    for (block, (_, cipher)) in (0..).zip(AES_ROWS) {
        assert_eq!(rig.run(AES, block << 6, 10, &hex(PLAIN)), hex(cipher));
        assert_eq!(rig.run(AES, block << 6 | 1, 10, &hex(cipher)), hex(PLAIN));
    }
}

#[test]
fn aes_groups() {
    let mut rig = Rig::blank();
    assert_eq!(rig.status(NONCE, 0x23, 0, &aes_keys()), OK);
    rig.send(&hex("17 51 00 FF FF 6BC1BEE22E409F96E93D7E117393172A A5 8E"));
    rig.pass(50 * MS);
    assert_eq!(rig.read(19), Some(hex("13 3AD77BB40D7A3660A89ECAF32466EF97 E7 D9")));
    rig.send(&hex("27 51 03 00 00 66E94BD4EF8A2C3B884CFA59CA342B2E0388DACE60B6A392F328C2B971B2FE78 E0 A0"));
    rig.pass(50 * MS);
    assert_eq!(rig.read(19), Some(hex("13 5E2EC746917062882C85B0685353DEB7 7E FD")));
}

const PRF_64: &str = "1EBCBE62005AB948FDFFE1C402AABA354EC676050C9BC1AAE1FF5B1509A4A04A
    44254664C2A480F5B77EA2D1020C7BA4B3640C4AC793324C26D6FDDFDB1F011A";
const AES_RESULT: &str = "0A940BB5416EF045F1C39458C653EA5A00000000000000000000000000000000";
const HKDF_RESULT: &str = "495D46AA392D51132EDB93BC49E60ECAAEB7802F3AE529779D5883F9330AF561";

/// The key of the KDF rows: twice 00..0F.
fn kdf_key() -> Vec<u8> {
    counting(0, 16).repeat(2)
}

#[test]
fn kdf_groups() {
    let message = "000102030405060708090A0B0C0D0E0F";
    for (head, crc, result) in [
        ("1B 56 50 00 00 02000010", "66 4D", HKDF_RESULT),
        ("1B 56 10 34 12 01010010", "B0 1D", PRF_64),
        ("1B 56 30 34 12 00000000", "3F F4", AES_RESULT),
    ] {
        let mut rig = Rig::new(test_config(), Locks::C1D1);
        rig.load_temp_key(&kdf_key());
        rig.send(&hex(&format!("{head}{message}{crc}")));
        assert_eq!(rig.receive(), hex(result), "{head}");
        assert!(rig.temp_key_valid());
    }
}

#[test]
fn ecdh_of_nist() {
    let private = hex32("7D7DC5F71EB29DDAF80D6214632EEAE03D9058AF1FB6D22ED80BADB62BC1A534");
    let public = hex("700C48F77F56584C5CC632CA65640DB91B6BACCE3A4DF6B42CE7CC838833D287
        DB71E509E3FD9B060DDB20BA5C51DCC5948D46FBF640DFE0441782CAB85FA4AC");
    let secret = hex("46FC62106420FF012E54A434FBDD2D25CCC5852060561E68040DD7778997BD7B");
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.configure(|config| config[18] = 0);
    rig.chip.eeprom_mut().set_private_key(2, &private);
    assert_eq!(rig.run(ECDH, 0x00, 2, &public), secret);
    assert_eq!(rig.run(ECDH, 0x0C, 2, &public), secret);
    // Slot 0 puts it into slot 1.
    rig.chip.eeprom_mut().set_private_key(0, &private);
    assert_eq!(rig.status(ECDH, 0x00, 0, &public), OK);
    assert_eq!(rig.chip.eeprom().slot(1)[..32], secret);
}

#[test]
fn clear_private_key() {
    let mut rig = Rig::new(test_config(), Locks::C1D0);
    let key = hex(&format!("00000000{KNOWN_KEY}"));
    assert_eq!(rig.status(PRIV_WRITE, 0x00, 7, &[key, vec![0; 32]].concat()), OK);
    assert_eq!(rig.run(GENKEY, 0x00, 7, &[]), known_public());
}

/// T in TempKey, K in IO key slot 4, C in digest slot 12; SecureBoot is in this mode.
fn boot_rig(mode: u8) -> Rig {
    let mut config = test_config();
    config[70] = mode;
    let mut rig = Rig::with_t(config, Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &counting(0x20, 32));
    rig.chip.eeprom_mut().set_slot(12, &counting(0x40, 32));
    rig.chip.eeprom_mut().set_public_key(11, &known_public());
    rig
}

const ENCRYPTED_C: &str = "94B684C822073EFA25C976CAA885D50343CD4D71D43576EA1C29756A91370B77";

#[test]
fn secure_boot_of_a_stored_digest() {
    let mut rig = boot_rig(3);
    let mac = "34B090F361E6F497E131FC08CC8912D0F0AA200F3313EB8E1D20E5F29EC3B7AD";
    assert_eq!(rig.run(SECURE_BOOT, 0x86, 0, &hex(ENCRYPTED_C)), hex(mac));
    assert!(!rig.temp_key_valid());
    let mut rig = boot_rig(3);
    let mac = "8161514F94E9C6FFA930F2A1422ABFBB54DCC5C93D89A9D53C2B4728848DA9EA";
    assert_eq!(rig.run(SECURE_BOOT, 0xC6, 0, &hex(ENCRYPTED_C)), hex(mac));
}

/// The rows with a signature of 00..3F cannot come from a chip: it is no signature. Their layout can.
#[test]
fn secure_boot_with_signatures() {
    let key = sha256(&[&counting(0x20, 32), &hex(TEMP_KEY_T)]);
    assert_eq!(key, hex("D4F7C68B664278BD6D803C81E4C89B4C139C1F22806020BD44702F31CD6A5528"));
    let c = counting(0x40, 32);
    assert_eq!(xor(&key, &c), hex(ENCRYPTED_C));
    let mac = |p1: u8, signature: &[u8]| sha256(&[&key, &c, signature, &[SECURE_BOOT, p1, 0, 0]]);
    for (p1, row) in [
        (0x85, "803D5A619FD6D7497F4219BD3E3B24E8A51FDFDAA2257C08AE4DA08AF3AC3593"),
        (0x86, "6053847F58A2A5920A57A61C6A32F2227EAEAC4201F56B183A7430F6CDE00FB1"),
        (0x87, "1B8894B12F59F5B71018F5AC894D8CAA6E765299011CE0624749C7A79F8EA426"),
    ] {
        assert_eq!(mac(p1, &counting(0, 64)), hex(row));
    }

    let signature = sign(&c);
    let sent = [hex(ENCRYPTED_C), signature.clone()].concat();
    for (mode, p1) in [(1, 0x85), (2, 0x85), (3, 0x85), (2, 0x87), (3, 0x87)] {
        assert_eq!(boot_rig(mode).run(SECURE_BOOT, p1, 0, &sent), mac(p1, &signature), "{mode} {p1:02X}");
    }
    let mut rig = boot_rig(2);
    rig.chip.eeprom_mut().set_slot(12, &signature);
    assert_eq!(rig.run(SECURE_BOOT, 0x86, 0, &hex(ENCRYPTED_C)), mac(0x86, &signature));
}
