//! AES modes against the published vectors, every block through the simulated chip.

use super::rig::Rig;
use atecc608::{Argument, ErrorKind, Slot, Status};
use atecc608::{
    command::{AesKey, NonceFixed},
    wire::Opcode,
};
use testkit::{Locks, answered, bytes, refused};

/// Messages of NIST SP 800-38A.
const PLAIN: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                     30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
/// Slot 10 of the workbench holds AES keys.
const KEY: AesKey = AesKey::first_of(Slot::S10);

/// A chip with this AES key in slot 10.
fn rig(key: &str) -> Rig {
    let rig = Rig::workbench(Locks::Both);
    let mut contents = [0xFF; 72];
    contents[..16].copy_from_slice(&bytes(key));
    rig.poke(|eeprom| eeprom.set_slot(10, &contents));
    rig
}

fn nist() -> Rig {
    rig("2b7e151628aed2a6abf7158809cf4f3c")
}

/// SP 800-38A F.2.1, F.2.2.
#[test]
fn cbc() {
    let mut rig = nist();
    let iv = core::array::from_fn(|i| i as u8);
    let mut data = bytes(PLAIN);
    let cipher = bytes(
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2\
         73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7",
    );
    session!(rig, |chip| { wait!(chip.aes_cbc_encrypt(KEY, &iv, &mut data)) }).unwrap();
    assert_eq!(data, cipher);
    session!(rig, |chip| { wait!(chip.aes_cbc_decrypt(KEY, &iv, &mut data)) }).unwrap();
    assert_eq!(data, bytes(PLAIN));
    let result = session!(rig, |chip| { wait!(chip.aes_cbc_encrypt(KEY, &iv, &mut data[..17])) });
    assert_eq!(result.unwrap_err().kind, ErrorKind::Argument(Argument::Alignment));
    assert_eq!(data, bytes(PLAIN), "nothing was encrypted");
}

/// SP 800-38A F.5.1, at every length.
#[test]
fn ctr() {
    let mut rig = nist();
    let counter = core::array::from_fn(|i| 0xF0 + i as u8);
    let cipher = bytes(
        "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff\
         5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee",
    );
    for len in [0, 1, 15, 16, 17, 33, 64] {
        let mut data = bytes(PLAIN)[..len].to_vec();
        session!(rig, |chip| { wait!(chip.aes_ctr(KEY, &counter, &mut data)) }).unwrap();
        assert_eq!(data, cipher[..len]);
    }
    // The counter carries over all 16 bytes.
    let mut data = [0; 32];
    session!(rig, |chip| { wait!(chip.aes_ctr(KEY, &[0xFF; 16], &mut data)) }).unwrap();
    let zero = session!(rig, |chip| { wait!(chip.aes_encrypt(KEY, &[0; 16])) }).unwrap();
    assert_eq!(data[16..], zero);
}

/// RFC 4493, section 4.
#[test]
fn cmac() {
    let mut rig = nist();
    for (len, mac) in [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ] {
        let message = &bytes(PLAIN)[..len];
        let result = session!(rig, |chip| { wait!(chip.aes_cmac(KEY, message)) }).unwrap();
        assert_eq!(result[..], bytes(mac), "{len}");
    }
}

/// Test cases 1, 2 and 4 of the GCM specification (McGrew and Viega), which NIST took over.
#[test]
fn gcm() {
    let zeros = "00000000000000000000000000000000";
    let (case_4, nonce_4) = ("feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888");
    for (key, nonce, associated, plain, cipher, tag) in [
        (zeros, "000000000000000000000000", "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"),
        (
            zeros,
            "000000000000000000000000",
            "",
            zeros,
            "0388dace60b6a392f328c2b971b2fe78",
            "ab6e47d42cec13bdf53a67b21257bddf",
        ),
        (
            case_4,
            nonce_4,
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
             1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e\
             21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
            "5bc94fbc3221a5db94fae95ae7121a47",
        ),
    ] {
        let mut rig = rig(key);
        let nonce = bytes(nonce).try_into().unwrap();
        let associated = bytes(associated);
        let mut data = bytes(plain);
        let sealed =
            session!(rig, |chip| { wait!(chip.aes_gcm_seal(KEY, &nonce, &associated, &mut data)) }).unwrap();
        assert_eq!((data.clone(), sealed.to_vec()), (bytes(cipher), bytes(tag)));
        for byte in 0..16 {
            let mut forged = sealed;
            forged[byte] ^= 1;
            let result = session!(rig, |chip| {
                wait!(chip.aes_gcm_open(KEY, &nonce, &associated, &mut data, &forged))
            });
            assert_eq!(result.unwrap_err().kind, ErrorKind::Forged);
            assert_eq!(data, bytes(cipher), "nothing was decrypted");
        }
        session!(rig, |chip| { wait!(chip.aes_gcm_open(KEY, &nonce, &associated, &mut data, &sealed)) })
            .unwrap();
        assert_eq!(data, bytes(plain));
    }
}

/// A key in TempKey, chip reference 7.3: four keys in 64 bytes.
#[test]
fn keys_in_temp_key() {
    let mut rig = Rig::workbench(Locks::Both);
    let keys = bytes(
        "2B7E151628AED2A6ABF7158809CF4F3C6BE163D42B623E70D164FA145DB1D463\
         7058710B58E1E665D3D2F5B465176403114443FA8E9614845EC7296CD13BC9DC",
    )
    .try_into()
    .unwrap();
    let plain = bytes(PLAIN)[..16].try_into().unwrap();
    let results = session!(rig, |chip| {
        wait!(chip.execute(&NonceFixed::TempKey64(&keys)))?;
        let mut results = Vec::new();
        for block in 0..4 {
            results.push(wait!(chip.aes_encrypt(AesKey::temp_key(block).unwrap(), &plain))?);
        }
        Ok(results)
    })
    .unwrap();
    for (result, expected) in results.iter().zip([
        "3AD77BB40D7A3660A89ECAF32466EF97",
        "535A0D67777A96AF77983003A6DF855A",
        "2861A0FA3925E2025E41DCDE53DF7CA7",
        "B124D63C41D85BFD2EB4A4A8F44502B9",
    ]) {
        assert_eq!(result[..], bytes(expected));
    }
}

#[test]
fn a_slot_without_aes_key_is_refused() {
    let mut rig = Rig::workbench(Locks::Both);
    let result = session!(rig, |chip| { wait!(chip.aes_encrypt(AesKey::first_of(Slot::S12), &[0; 16])) });
    assert_eq!(result, Err(refused(Opcode::Aes)));
    // Slot 5 is an AES key that needs the persistent latch.
    let result = session!(rig, |chip| { wait!(chip.aes_encrypt(AesKey::first_of(Slot::S5), &[0; 16])) });
    assert_eq!(result, Err(refused(Opcode::Aes)));
    let mut blank = Rig::workbench(Locks::Nothing);
    let result = session!(blank, |chip| { wait!(chip.aes_encrypt(KEY, &[0; 16])) });
    assert_eq!(result, Err(answered(Opcode::Aes, Status::Parse)), "chip reference 5.1");
}
