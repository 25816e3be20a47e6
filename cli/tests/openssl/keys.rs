//! Keys: told, imported, derived, attested.

use atecc608::command::{Mac, MacBlocks, TempKeySource};
use atecc608::config::{
    ConfigZone, KeyConfig, KeyFlags, KeyType, PrivateKeyPermissions, SlotConfig, SlotFlags, preset,
};
use atecc608::{Secret, SerialNumber, Slot, host};

use crate::bench::{Bench, CHIP, number};

/// Slot 4 keeps the write key of slot 2, into which private keys go encrypted.
const WRITE_KEY: [u8; 32] = [0x5A; 32];
/// Rolls.
const ROLLS: Slot = Slot::S5;
const OLD_KEY: [u8; 32] = [0xA1; 32];

fn configuration(chip: &ConfigZone) -> ConfigZone {
    let mut zone = preset::gcp_device(chip);
    let takes_keys = SlotConfig::private_key(PrivateKeyPermissions::EXTERNAL_SIGN)
        .with_write_config(0b0100)
        .with_write_key(Slot::S4);
    zone.set_slot_config(Slot::S2, takes_keys);
    zone.set_key_config(Slot::S2, KeyConfig::new(KeyType::P256, KeyFlags::PRIVATE.union(KeyFlags::PUB_INFO)));
    let attests = SlotConfig::private_key(PrivateKeyPermissions::INTERNAL_SIGN);
    zone.set_slot_config(Slot::S3, attests);
    zone.set_key_config(Slot::S3, KeyConfig::new(KeyType::P256, KeyFlags::PRIVATE.union(KeyFlags::PUB_INFO)));
    let secret = SlotConfig::CLOSED.with_flags(SlotFlags::IS_SECRET);
    let data = KeyConfig::new(KeyType::ShaOrData, KeyFlags::empty());
    zone.set_slot_config(Slot::S4, secret);
    zone.set_key_config(Slot::S4, data);
    zone.set_slot_config(ROLLS, secret.with_write_config(0b0010));
    zone.set_key_config(ROLLS, data);
    let stored = SlotConfig::OPEN_DATA;
    zone.set_slot_config(Slot::S9, stored);
    zone.set_key_config(Slot::S9, KeyConfig::new(KeyType::P256, KeyFlags::empty()));
    zone
}

fn bench() -> Bench {
    Bench::with_chip(configuration, |bench| {
        bench.openssl("ecparam -name prime256v1 -genkey -noout -out sec1.pem");
        bench.openssl("pkcs8 -topk8 -nocrypt -in sec1.pem -out pkcs8.pem");
        bench.openssl("pkcs8 -topk8 -nocrypt -in sec1.pem -outform DER -out pkcs8.der");
        bench.openssl("ec -in sec1.pem -outform DER -out sec1.der");
        bench.openssl("pkey -in sec1.pem -pubout -out key.pem");
        bench.write("letter.txt", "Meet me at noon.\n");
        bench.atecc(CHIP, "key new 3");
        // In clear, as it works between the locks only.
        let before = bench.json(CHIP, "key import 2 sec1.pem");
        assert_eq!((&before["encrypted"], &before["replaced"]), (&false.into(), &false.into()));
        bench.chip(|chip| {
            chip.write_slot(Slot::S4, 0, &WRITE_KEY)?;
            Ok(chip.write_slot(ROLLS, 0, &OLD_KEY)?)
        });
        bench.write("write-key", WRITE_KEY);
    })
}

#[test]
fn public_keys_in_every_form() {
    let bench = Bench::new();
    let bus = "sim:tngtls";
    bench.atecc(bus, "key public 0 --out key.pem");
    bench.atecc(bus, "key public 0 --format der --out key.der");
    let pem = bench.openssl("pkey -pubin -in key.pem -outform PEM");
    assert_eq!(bench.openssl("pkey -pubin -inform DER -in key.der -outform PEM"), pem);
    assert_eq!(bench.read("key.pem"), pem.as_bytes(), "PEM is the same, letter by letter");
    let sum = bench.openssl("dgst -sha256 -r key.der");
    let list = bench.json(bus, "key list");
    assert_eq!(list["slots"][0]["public_key"]["sha256"], sum.split(' ').next().unwrap());
    let digits = String::from_utf8(bench.atecc(bus, "key public 0 --format hex")).unwrap();
    let raw = bench.atecc(bus, "key public 0 --format raw");
    assert!(bench.read("key.der").ends_with(&raw));
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(digits.trim(), hex);
}

/// What OpenSSL makes goes into the chip, and signs there as it does outside.
#[test]
fn private_keys_of_openssl() {
    let bench = bench();
    let signs = || {
        bench.atecc(CHIP, "sign letter.txt --slot 2 --out letter.sig");
        bench.openssl("dgst -sha256 -verify key.pem -signature letter.sig letter.txt");
    };
    signs();
    for file in ["sec1.pem", "pkcs8.pem", "sec1.der", "pkcs8.der"] {
        let line = format!("--yes-serial sim key import 2 {file} --write-key write-key");
        let done = bench.json(CHIP, &line);
        assert_eq!((&done["encrypted"], &done["replaced"]), (&true.into(), &true.into()), "{file}");
        signs();
    }
    // Another one.
    bench.openssl("ecparam -name prime256v1 -genkey -noout -out other.pem");
    bench.openssl("pkey -in other.pem -pubout -out key.pem");
    let line = "key import 2 other.pem --write-key write-key";
    let (code, said) = bench.fails(CHIP, line);
    assert!(code == 9 && said.contains("the private key in slot 2 is lost"), "{said}");
    bench.atecc(CHIP, &format!("--dry-run {line}"));
    bench.openssl_refuses("dgst -sha256 -verify key.pem -signature letter.sig letter.txt");
    bench.atecc(CHIP, &format!("--yes-serial sim {line}"));
    signs();
    // Without the write key, and with a wrong one.
    let (code, said) = bench.fails(CHIP, "--yes-serial sim key import 2 sec1.pem");
    assert!(code == 5 && said.contains("give its write key with --write-key FILE"), "{said}");
    bench.write("wrong", [0; 32]);
    let (code, said) = bench.fails(CHIP, "--yes-serial sim key import 2 sec1.pem --write-key wrong");
    assert!(code == 5 && said.contains("MAC"), "{said}");
    signs();
}

/// Whoever knows the old key computes the new one from what is printed.
#[test]
fn a_derived_key() {
    let bench = bench();
    let line = format!("key derive {}", number(ROLLS));
    assert_eq!(bench.fails(CHIP, &line).0, 9);
    let done = bench.json(CHIP, &format!("--yes-serial sim {line}"));
    let digits = |name: &str| {
        let text = done[name].as_str().unwrap();
        (0..text.len())
            .step_by(2)
            .map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap())
            .collect::<Vec<_>>()
    };
    let serial = SerialNumber(digits("serial").try_into().unwrap());
    let nonce = Secret::new(digits("nonce").try_into().unwrap());
    let old = Secret::new(OLD_KEY);
    let new = host::derive_key(&old, ROLLS, TempKeySource::Random, &serial, &nonce);
    let challenge = [7; 32];
    let mac = bench.chip(|chip| Ok(chip.mac(ROLLS, &challenge, true)?));
    let expected = |key| {
        let command =
            Mac { slot: ROLLS, blocks: MacBlocks::SlotAndChallenge(&challenge), include_serial: true };
        host::mac(&command, key, &Secret::new([0; 32]), &serial)
    };
    assert_eq!(mac, expected(&new));
    assert_ne!(mac, expected(&old));
}

#[test]
fn what_the_chip_states_can_be_checked() {
    let bench = bench();
    bench.atecc(CHIP, "key write-public 9 key.pem");
    bench.atecc(CHIP, "key public 3 --out attester.pem");
    for slot in [2, 9] {
        bench.atecc(CHIP, &format!("key attest {slot} --with 3 --out statement.json"));
        bench.atecc(CHIP, "key attested statement.json --public attester.pem");
        let statement = String::from_utf8(bench.read("statement.json")).unwrap();
        // Any field that is another one.
        let mut fields: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&statement).unwrap();
        for (name, forged) in [
            ("slot", 8.into()),
            ("slot_config", 1.into()),
            ("key_config", 1.into()),
            ("slot_locked", true.into()),
            ("validated", true.into()),
            ("with", 2.into()),
            ("serial", "0123456789abcdef01".into()),
            ("challenge", "00".repeat(20).into()),
            ("random", "00".repeat(32).into()),
            ("public_key", String::from_utf8(bench.read("attester.pem")).unwrap().into()),
        ] {
            let true_one = fields.insert(name.into(), forged).unwrap();
            bench.write("forged.json", serde_json::to_string(&fields).unwrap());
            let (code, said) = bench.fails(CHIP, "key attested forged.json --public attester.pem");
            assert_eq!(code, 1, "{name}: {said}");
            fields.insert(name.into(), true_one);
        }
    }
}
