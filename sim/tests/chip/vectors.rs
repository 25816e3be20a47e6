//! Known answers (chip reference 7.3) and worked messages (chip reference 7.4) of Nonce, GenKey, Sign, Verify,
//! SHA and Write.

use crate::rig::*;

const DIGEST_D: &str = "2130C779F8A7322079177146158E254B5E0A220239E87D5D7A5F22AE19D08D7D";
const SLOT_4_KEY: &str = "3780E63D4968ADE5D822C013FCC323845D1B569FE705B60006FEEC145A0DB1E3";

/// T of 7.4 in TempKey, everything locked, private keys in slots 1 and 7.
fn locked_with_t() -> Rig {
    let mut config = test_config();
    for slot in [1, 7] {
        set_slot_config(&mut config, slot, 0x2087);
        set_key_config(&mut config, slot, 0x0033);
    }
    let mut rig = Rig::with_t(config, Locks::C1D1);
    rig.poke_key(7);
    rig.poke_key(1);
    rig
}

#[test]
fn nonce_rows() {
    let mut rig = Rig::blank();
    let numbers = counting(0, 20);
    let mut written = hex("1B 16 00 00 00");
    written.extend(&numbers);
    written.extend(hex("53 B5"));
    rig.send(&written);
    rig.pass(20 * MS);
    let mut response = vec![0x23];
    response.extend([0xFF, 0xFF, 0, 0].repeat(8));
    response.extend(hex("41 1A"));
    assert_eq!(rig.read(35), Some(response));
    let chained = hex("08B15EBFC619DDF049E306FB78B98F6DACC793FD4CA6CF741B12A289A61E9722");
    assert_eq!(rig.run(NONCE, 0x00, 0x8000, &numbers), chained);

    rig.run(NONCE, 0x00, 0, &numbers);
    rig.expect_temp_key(TEMP_KEY_T);
    rig.run(NONCE, 0x01, 0, &numbers);
    rig.expect_temp_key("88630AEA71B1028C01A64D0B2E945F4255BA1CD565B82B45A01A60C02D4013E2");
}

#[test]
fn gen_key_digest_of_a_private_key() {
    let mut rig = locked_with_t();
    assert_eq!(rig.run(GENKEY, 0x08, 7, &[]), known_public());
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x47, 0x80, 0, 0]);
    rig.expect_temp_key(DIGEST_D);
}

/// Create makes another key every time, so the row's key does not fit; the layout of the hash does.
#[test]
fn gen_key_digest_of_a_new_key() {
    let mut rig = locked_with_t();
    let public = rig.run(GENKEY, 0x0C, 7, &[]);
    let head = hex("40 0C 07 00 EE 01 23");
    let digest = |public: &[u8]| sha256(&[&hex(TEMP_KEY_T), &head, &[0; 25], public]);
    let row = hex("1457F3C9A7C37EE257CA6F4252063CDE12E7DFE011267FF2EBD4C302439BDC1C");
    assert_eq!(digest(&known_public()), row);
    let expected: String = digest(&public).iter().map(|byte| format!("{byte:02X}")).collect();
    rig.expect_temp_key(&expected);
}

#[test]
fn gen_key_digest_of_a_stored_public_key() {
    let mut rig = locked_with_t();
    rig.chip.eeprom_mut().set_public_key(11, &known_public());
    assert_eq!(rig.status(GENKEY, 0x10, 11, &hex("080700")), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x4B, 0x80, 0, 0]);
    rig.expect_temp_key(DIGEST_D);
}

#[test]
fn internal_signatures() {
    let rows = [
        (0x00, "F276E801ACAC081806933ACC4F53D1778C9A54B18ADB5DA1140C479B1734D765"),
        (0x40, "9BE2D1BE9688F7F5E7E2E76737159B8182991EAEAD3EAF4874BFD7168BBD998D"),
    ];
    for (p1, digest) in rows {
        let mut rig = locked_with_t();
        rig.run(GENKEY, 0x08, 7, &[]);
        let signature = rig.run(SIGN, p1, 1, &[]);
        assert!(verifies(&known_public(), &hex(digest), &signature), "p1 {p1:02X}");
    }
}

/// The row with p1 41 claims a validated public key in a private slot, which no chip has: byte 53 is 00
/// here.
#[test]
fn internal_signature_for_invalidation_about_a_locked_slot() {
    let mut rig = locked_with_t();
    rig.configure(|config| config[88] &= !0x80);
    rig.run(GENKEY, 0x08, 7, &[]);
    let signature = rig.run(SIGN, 0x41, 1, &[]);
    let tail = hex("41 41 01 00 87 20 33 00 47 00 00 EE 23 B1 BD 5B 01 23 45 E1 00 00 00");
    assert!(verifies(&known_public(), &sha256(&[&hex(DIGEST_D), &tail]), &signature));
}

/// Sign(Internal) shows the validity of the public key that TempKey is about, and its slot's bytes.
#[test]
fn internal_signature_about_a_validated_key() {
    for (nibble, byte_53) in [(0x50, 1), (0xA0, 0)] {
        let mut rig = locked_with_t();
        rig.chip.eeprom_mut().set_public_key(14, &known_public());
        rig.chip.eeprom_mut().set_slot(14, &[nibble]);
        assert_eq!(rig.status(GENKEY, 0x10, 14, &hex("080700")), OK);
        let signature = rig.run(SIGN, 0x00, 1, &[]);
        let mut tail = hex("41 00 01 00 0F 0F 32 00 4E 00 00 EE 00000000 0123 0000 01");
        tail.extend([byte_53, 0]);
        assert!(verifies(&known_public(), &sha256(&[&hex(DIGEST_D), &tail]), &signature));
    }
}

#[test]
fn verify_the_signature_of_rfc_6979() {
    let digest = hex("AF2BDBE1AA9B6EC1E2ADE1D694F41FC71A831D0268E9891562113D8A62ADD1BF");
    let mut data = hex("EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
        F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
        60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
        7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
    let mut rig = Rig::blank();
    rig.load_temp_key(&digest);
    assert_eq!(rig.status(VERIFY, 0x02, 4, &data), OK);
    rig.load_digest(&digest);
    assert_eq!(rig.status(VERIFY, 0x22, 4, &data), OK);
    data[63] ^= 1;
    assert_eq!(rig.status(VERIFY, 0x22, 4, &data), MISCOMPARE);
    data[63] ^= 1;
    data[0] ^= 0x80;
    assert_eq!(rig.status(VERIFY, 0x22, 4, &data), MISCOMPARE);
}

#[test]
fn public_key_of_a_private_key() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.poke_key(0);
    assert_eq!(rig.run(GENKEY, 0x00, 0, &[]), known_public());
}

#[test]
fn blank_data_zone_locks_with_its_crc() {
    let mut rig = Rig::new(captured_config(), Locks::C1D0);
    assert_eq!(rig.status(LOCK, 0x01, 0x3553, &[]), REFUSED);
    assert_eq!(rig.chip.eeprom().config()[86], 0x55);
    assert_eq!(rig.status(LOCK, 0x01, u16::from_le_bytes([0x35, 0x53]), &[]), OK);
    assert_eq!(rig.chip.eeprom().config()[86], 0x00);
}

#[test]
fn sha_hmac_of_65_bytes() {
    let message = hex("6FB3EC66F9EB070A719BEBBE708B93A65B201B78E2D26D8CCCDF1C33F741904A9ADE640FCE000C33
        4D04BB30795683DCA09DBF3E7E32AEA103D760E857A6D6211C");
    let mac = hex("297F22B8D251B063A7C08DCF4DBA0D1FB35D32A3BAAB15ACEAF4391C4ADB3277");
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &hex(SLOT_4_KEY));
    assert_eq!(rig.status(SHA, 0x04, 4, &[]), OK);
    assert_eq!(rig.status(SHA, 0x01, 64, &message[..64]), OK);
    assert_eq!(rig.run(SHA, 0xC2, 1, &message[64..]), mac);

    rig.load_temp_key(&hex(SLOT_4_KEY));
    assert_eq!(rig.status(SHA, 0x04, 0xFFFF, &[]), OK);
    assert_eq!(rig.status(SHA, 0x01, 64, &message[..64]), OK);
    assert_eq!(rig.run(SHA, 0x02, 1, &message[64..]), mac);
}

#[test]
fn sha_of_repeated_bytes() {
    let rows = [(10, "303FF8BA", "8F34CE"), (64, "1A3AA545", "F327D4"), (127, "A9221856", "613172")];
    for (length, first, last) in rows {
        let mut rig = Rig::blank();
        let message = vec![0xBC; length];
        let (blocks, rest) = message.as_chunks::<64>();
        assert_eq!(rig.status(SHA, 0, 0, &[]), OK);
        for block in blocks {
            assert_eq!(rig.status(SHA, 1, 64, block), OK);
        }
        let digest = rig.run(SHA, 2, rest.len() as u16, rest);
        assert_eq!(digest[..4], hex(first));
        assert_eq!(digest[29..], hex(last));
    }
}

#[test]
fn sha_contexts() {
    let five = counting(1, 5);
    let context = hex("05000000 67E6096A 85AE67BB 72F36E3C 3AF54FA5 7F520E51 8C68059B ABD9831F 19CDE05B
        0102030405");
    let mut rig = Rig::blank();
    rig.status(SHA, 0, 0, &[]);
    assert_eq!(rig.status(SHA, 1, 5, &five), OK);
    assert_eq!(rig.run(SHA, 6, 0, &[]), context);
    let ten = hex("E6D32195023365AD503AB7E670BE314B8722F672A2613003068C28BA86471E04");
    rig.status(SHA, 1, 5, &five);
    assert_eq!(rig.run(SHA, 2, 0, &[]), ten);
    assert_eq!(rig.status(SHA, 7, 41, &context), OK);
    rig.status(SHA, 1, 5, &five);
    assert_eq!(rig.run(SHA, 2, 0, &[]), ten);

    let seventy = counting(0, 70);
    rig.status(SHA, 0, 0, &[]);
    rig.status(SHA, 1, 64, &seventy[..64]);
    rig.status(SHA, 1, 6, &seventy[64..]);
    let context = "46000000 DFA299FC 7A2AF488 80D1B97B A2C6CD33 5F755602 509A5B9D 31CCA944 A784BE5A";
    assert_eq!(rig.run(SHA, 6, 0, &[]), hex(&format!("{context} 404142434445")));
    let digest = "5767D69A906D4860DB9079EB7E90AB4A543E5CB032FCE846554AEF6CEB600E1D";
    assert_eq!(rig.run(SHA, 2, 0, &[]), hex(digest));
}

/// Verify(Validate) as in CALT: the digest and what the parent signs (chip reference 7.4).
#[test]
fn validation_of_a_public_key() {
    let mut rig = Rig::new(test_config(), Locks::C1D1);
    rig.chip.eeprom_mut().set_public_key(14, &known_public());
    rig.chip.eeprom_mut().set_public_key(15, &known_public());
    let prepare = |rig: &mut Rig| {
        rig.load_temp_key(&[0; 32]);
        assert_eq!(rig.status(GENKEY, 0x10, 14, &[0; 3]), OK);
    };
    prepare(&mut rig);
    rig.expect_temp_key("9102F19EB5C365BA22A34046538F63B107D271F8E49C3EBCFA3360FCBF72790B");
    prepare(&mut rig);
    assert_eq!(rig.run(INFO, 0x02, 0, &[])[0], 0x5E);
    let signed = hex("0669330D37CF18A20169999E1E1D1C577FE884F88F1C349CD0C4D5D91117A9D9");
    let mut data = sign(&signed);
    data.extend(hex("00000000000000 5E 0000000000000000 01 0000"));
    assert_eq!(rig.status(VERIFY, 0x03, 14, &data), OK);
    assert_eq!(rig.chip.eeprom().slot(14)[0], 0x50);
}

/// Ciphertext and MAC of the encrypted write, G having come in as a fixed nonce, which will do until the
/// data zone is locked.
#[test]
fn encrypted_write() {
    let g = hex("16DF614085A51F2A5C8CBB4A4F014BCBBFF5DB21F424171E194468FBE97F3781");
    let mut data = hex("965EE3C3012099ADD40531C1C38CC5442F6449B260B1818981DDF26075E2A91E
        E8147383DCC7825C890262C8085F9FC34B35986CBC2671B03CBC0E9352E830E5");
    let mut rig = Rig::new(test_config(), Locks::C1D0);
    rig.load_temp_key(&g);
    let group = group(WRITE, 0xC2, 0x0018, &data);
    assert_eq!(group[group.len() - 2..], hex("84 5F"));
    rig.send(&group);
    assert_eq!(rig.receive(), [OK]);
    assert_eq!(rig.chip.eeprom().slot(3)[..32], counting(0x80, 32));
    assert!(!rig.temp_key_valid());

    data[63] ^= 1;
    rig.chip.eeprom_mut().set_slot(3, &[0; 36]);
    rig.load_temp_key(&g);
    assert_eq!(rig.status(WRITE, 0xC2, 0x0018, &data), REFUSED);
    assert_eq!(rig.chip.eeprom().slot(3), [0; 36]);
    assert!(!rig.temp_key_valid());
}
