//! Worked messages of chip reference 7.4: GenDig, MAC, CheckMac, DeriveKey, and what is encrypted with a GenDig
//! digest.

use crate::rig::*;

/// K and C of 7.4.
fn key() -> Vec<u8> {
    counting(0x20, 32)
}

fn challenge() -> Vec<u8> {
    counting(0x40, 32)
}

/// The configuration of 6.1 with T in TempKey and K in slot 4.
fn with_t() -> Rig {
    let mut rig = Rig::with_t(test_config(), Locks::C1D1);
    rig.chip.eeprom_mut().set_slot(4, &key());
    rig
}

/// The same with C in TempKey, as a fixed nonce.
fn with_c() -> Rig {
    let mut rig = with_t();
    rig.load_temp_key(&challenge());
    rig
}

#[test]
fn gen_dig_of_a_slot() {
    let mut rig = with_t();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0x24, 0x80, 0, 0]);
    rig.expect_temp_key(TEMP_KEY_G);
    // OtherData is tolerated and has no effect.
    let mut rig = with_t();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[1, 2, 3, 4]), OK);
    rig.expect_temp_key(TEMP_KEY_G);
}

#[test]
fn gen_dig_of_a_no_mac_slot() {
    let no_mac = || {
        let mut rig = with_t();
        rig.configure(|config| set_slot_config(config, 4, 0x0F9F));
        rig
    };
    let mut rig = no_mac();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &hex("15020400")), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0xA4, 0x80, 0, 0]);
    rig.expect_temp_key(TEMP_KEY_G);
    let mut rig = no_mac();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &hex("08410400")), OK);
    rig.expect_temp_key("C021EEBCFB06A15C03D6B0F1B496D4338218096A26850205E5423D1B4879568A");
}

#[test]
fn gen_dig_of_other_zones() {
    let c = challenge();
    let rows: [(u8, u16, &[u8], &str); 5] = [
        (1, 0, &[], "354B81D8A821D6B1B4E6F6B1535011A08578B554ECAC4F78B260051456A1EE98"),
        (3, 0x0000, &c, "832651BD02220B72A1BC14B05FEF229FC6C785D654BA9ED21402209240DE9521"),
        (3, 0x8000, &c, "B5F7865BBFCBCCF5A39601E9A2341808C1EEC0B2579F5FF5D06FA3DFD1FF0098"),
        (3, 0x0004, &c, "EA3557B75BED8532947181CCA4B6CC5077E3906C19A6FC36F35411F5DA2262FF"),
        (3, 0x8004, &c, "099B65D7BFEAE33F23A335033AC8F0CE5FF0D89976F0667AA68F45E633ED4FC5"),
    ];
    for (p1, p2, data, digest) in rows {
        let mut rig = with_t();
        assert_eq!(rig.status(GENDIG, p1, p2, data), OK);
        assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0, 0x80, 0, 0]);
        rig.expect_temp_key(digest);
    }
}

/// Block 0 of the captured chip, which is not locked.
#[test]
fn gen_dig_of_the_config_zone() {
    let mut rig = Rig::with_t(captured_config(), Locks::C0);
    assert_eq!(rig.status(GENDIG, 0x00, 0, &[]), OK);
    rig.expect_temp_key("22F6E3A5B3FE43492BC4FB3C8387F1E42960E8DB9E0E36BF26AC3DA375CFC3E9");
}

/// 0x12345 = 74565 = 32 * 2330 + 5.
#[test]
fn gen_dig_of_counters() {
    for (counter, digest) in [
        (0, "05A89805BF9ABCCA1FE172F1CE0AB5E9C8C3FC06779A21F8121A3A2141A1575F"),
        (1, "1A2F641FE9F78467DCEA8D3680D110C13C364EAEB27A45C5CCDA2074042007A3"),
    ] {
        let mut rig = with_t();
        rig.configure(|config| config[52 + 8 * counter..][..8].copy_from_slice(&hex("07FF0000091A0919")));
        assert_eq!(rig.run(COUNTER, 0, counter as u16, &[]), hex("45230100"));
        assert_eq!(rig.status(GENDIG, 0x04, counter as u16, &[]), OK);
        rig.expect_temp_key(digest);
    }
}

#[test]
fn gen_dig_of_a_key_config() {
    let mut rig = with_t();
    assert_eq!(rig.status(GENDIG, 0x05, 2, &[]), OK);
    rig.expect_temp_key("6B0731CB5933796E30A3DBE838EE87FA98C0030F5C0DC76A105B65E78A2F2E59");
    let mut rig = with_t();
    rig.configure(|config| config[88] &= !0x04);
    assert_eq!(rig.status(GENDIG, 0x05, 2, &[]), OK);
    rig.expect_temp_key("D143018CABFB9501B4D3B37E6EACA15AA3B8103828DF60D70975CB0F2329AE93");
}

#[test]
fn macs() {
    let c = challenge();
    let rows: [(bool, u8, &[u8], &str); 10] = [
        (false, 0x00, &c, "B08F37F245BE67B80A1FC444C7BAC8CB4758261E411F6959661FBC2004AA45E7"),
        (false, 0x40, &c, "AFDA5762F11E8FB2923744D61B24451D1D181E79A5B402E935CA10567691384D"),
        (false, 0x01, &[], "607D6B65080FD955E5815E70A7A7F110D5CCC0D7135C3F17143C40CD610FF0B8"),
        (false, 0x41, &[], "402F666E80E27558152FA001FC4450488E26BFF5F165C96048388FB921F3EC03"),
        (true, 0x05, &[], "8242B0615936E2C5DFF7DA37829DCFD9765E8D645D90078CDBD4929CD114744B"),
        (false, 0x02, &c, "E16109B932C05725415AEE8870701BE2E351CD23A3CED098372044971620A6D8"),
        (false, 0x42, &c, "6B0A4094D3239056F0E79949574CAC9DF6CAD7FBC70A651A94CDD68838279E8A"),
        (true, 0x06, &c, "1733C7FE49693C9B45E8FE73A2B34CAD28CE614AFE84EDC4198DB33B93F94E49"),
        (false, 0x03, &[], "BE5D3A61C56BE15349EA6504C7306499D44A6842E08726BA1230B250835B40F6"),
        (true, 0x07, &[], "64817A98CEB3A65AFA9C3B7C5EFF495C37E395078DF39D6C77CC64A550C2CDB1"),
    ];
    for (fixed, p1, data, mac) in rows {
        let mut rig = if fixed { with_c() } else { with_t() };
        assert_eq!(rig.run(MAC, p1, 4, data), hex(mac), "p1 {p1:02X}");
        // Used up if it was used.
        assert_eq!(rig.temp_key_valid(), p1 & 3 == 0, "p1 {p1:02X}");
    }
}

fn check_mac(rig: &mut Rig, p1: u8, response: &str, other: &str) -> u8 {
    let data = [challenge(), hex(response), hex(other)].concat();
    rig.status(CHECKMAC, p1, 4, &data)
}

#[test]
fn check_macs() {
    let zeros = "00".repeat(13);
    let rows = [
        (
            0x00,
            "B08F37F245BE67B80A1FC444C7BAC8CB4758261E411F6959661FBC2004AA45E7",
            "08000400000000000000000000",
        ),
        (
            0x00,
            "AFDA5762F11E8FB2923744D61B24451D1D181E79A5B402E935CA10567691384D",
            "084004000000 00 23B1BD5B 45E1",
        ),
        (0x01, "BA8B3590603E392BCCF4E3E03111833477B78BCF92509B0B5F34E837C1241CC6", &zeros),
        (0x02, "44DAB70167D581630BC0A5B5321E4E39E277853569AA81D1C3893282E2891AB3", &zeros),
    ];
    for (p1, response, other) in rows {
        let mut rig = with_t();
        assert_eq!(check_mac(&mut rig, p1, response, other), OK, "p1 {p1:02X}");
        assert!(!rig.temp_key_valid());
        // The slot's key, and a nonce in TempKey (chip reference U11).
        assert_eq!(rig.authorised(), (p1 & 3 == 1).then_some(4));
        let mut rig = with_t();
        assert_eq!(check_mac(&mut rig, p1, &response.replace('4', "5"), other), MISCOMPARE);
        assert!(!rig.temp_key_valid());
        assert_eq!(rig.authorised(), None);
    }
}

#[test]
fn derived_keys() {
    let rows = [
        (
            false,
            0x00,
            "685D5AFAAF0697034E75146E2B7AD0192D604A315664F3DA49B7BCA2505FEAD5",
            "38A19FD73FA5A30200E4CD27F807705FDFA3C4194037BF4D0FAF9BC94B226D69",
        ),
        (
            true,
            0x04,
            "29D2804EED9B7D0B0ACC5E9DB4E57DD50A7E57167231C4064856C4137B0B7F53",
            "97DA5E1D58DDFFD3C296C7901BDC8E631569ADEEF86F793C901C2E8F53CC44B1",
        ),
    ];
    for (fixed, p1, mac, key) in rows {
        let mut rig = if fixed { with_c() } else { with_t() };
        assert_eq!(rig.status(DERIVE_KEY, p1, 3, &hex(mac)), OK);
        assert_eq!(rig.chip.eeprom().slot(3)[..32], hex(key));
        assert!(!rig.temp_key_valid());
    }
}

/// Slot 3 is read and written under G.
#[test]
fn encrypted_write_and_read() {
    let cipher = "965EE3C3012099ADD40531C1C38CC5442F6449B260B1818981DDF26075E2A91E";
    let rows = [
        (0xC2, "E8147383DCC7825C890262C8085F9FC34B35986CBC2671B03CBC0E9352E830E5", "84 5F"),
        (0x82, "F723DFF2264B0474869A31CB893A949F6031AA7D48A934E14DA0E7B13E050294", "96 71"),
    ];
    for (p1, mac, crc) in rows {
        let mut rig = with_t();
        assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
        let group = group(WRITE, p1, 0x0018, &[hex(cipher), hex(mac)].concat());
        assert_eq!(group[group.len() - 2..], hex(crc));
        rig.send(&group);
        assert_eq!(rig.receive(), [OK]);
        assert_eq!(rig.chip.eeprom().slot(3)[..32], counting(0x80, 32));
        assert!(!rig.temp_key_valid());
    }
    let mut rig = with_t();
    rig.chip.eeprom_mut().set_slot(3, &counting(0x80, 32));
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    assert_eq!(rig.run(READ, 0x82, 0x0018, &[]), hex(cipher));
    assert!(!rig.temp_key_valid());
}

#[test]
fn encrypted_private_key() {
    let cipher = "16DF6140022A159CF9AA6C5B5327ADDCB7E5A24F8F1717619A6FE59FAF01E17990AC3A7D";
    let mac = "39E80D56212A3414D9DE9BF3A117E37102FEDE944C2B7613FFD0E412A9592722";
    let mut rig = with_t();
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &[hex(cipher), hex(mac)].concat()), OK);
    assert_eq!(rig.chip.eeprom().slot(7)[4..], hex(KNOWN_KEY));
    assert!(!rig.temp_key_valid());
    assert_eq!(rig.run(INFO, 0x01, 7, &[]), [1, 0, 0, 0]);
    // Before the data lock, from any TempKey.
    let mut rig = Rig::new(test_config(), Locks::C1D0);
    rig.load_temp_key(&hex(TEMP_KEY_G));
    assert_eq!(rig.status(PRIV_WRITE, 0x40, 7, &[hex(cipher), hex(mac)].concat()), OK);
    assert_eq!(rig.run(GENKEY, 0x00, 7, &[]), known_public());
}

/// CALT's way, layout of chip reference 5.21: GenDig with slot 4, then an internal signature by slot 0.
#[test]
fn internal_signature_about_a_slot() {
    let mut rig = with_t();
    rig.configure(|config| config[18] = 0);
    rig.poke_key(0);
    assert_eq!(rig.status(GENDIG, 0x02, 4, &[]), OK);
    let signature = rig.run(SIGN, 0x40, 0, &[]);
    let digest = "A17D6BC2962FC329E07E3F6DFE376374AF455ACD9F6624801BC49F1D37877386";
    assert!(verifies(&known_public(), &hex(digest), &signature));
}

/// B9: NoMac, GenDigData, SourceFlag, KeyID 9.
#[test]
fn flags_after_a_no_mac_slot() {
    let mut rig = with_c();
    rig.configure(|config| set_slot_config(config, 9, 0x0010));
    assert_eq!(rig.status(GENDIG, 0x02, 9, &[0; 4]), OK);
    assert_eq!(rig.run(INFO, 0x02, 0, &[]), [0xB9, 0x80, 0, 0]);
}
