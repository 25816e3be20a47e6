//! The TOML form: read, written, and what is wrong said with its line.

use atecc608::Slot;
use atecc608::config::build::{Builder, Purpose};
use atecc608::config::{ConfigZone, preset};
use atecc608_config::{Document, ErrorKind, Preset, Start, from_file, from_slice, from_text, from_toml};
use std::error::Error;

fn chip() -> ConfigZone {
    let mut chip = ConfigZone::from_bytes(preset::FACTORY);
    chip.set_byte(2, 0x77);
    chip
}

const PURPOSES: &str = "results_inside = true

[slots]
0 = \"signing key\"
4 = \"storage key\"
6 = \"authorisation key\"
8 = \"encrypted storage under key 4\"

[authorised_by]
0 = 6

[bytes]
16 = 0x6A
";

#[test]
fn purposes() {
    let zone = from_toml(PURPOSES, &chip()).unwrap();
    let mut expected = Builder::new(&chip())
        .slot(Slot::S0, Purpose::SigningKey)
        .slot(Slot::S4, Purpose::StorageKey)
        .slot(Slot::S6, Purpose::AuthorisationKey)
        .slot(Slot::S8, Purpose::EncryptedStorage { key: Slot::S4 })
        .authorised_by(Slot::S0, Slot::S6)
        .results_inside()
        .build()
        .unwrap();
    expected.set_byte(16, 0x6A);
    assert_eq!(zone, expected);
}

/// What is written is read as it was, by TOML itself and through serde.
#[test]
fn written_and_read() {
    let mut template = Document::new(Start::Template([0x11; 112]));
    template.bytes.extend([(0, 0x01), (127, 0xFF)]);
    let documents = [
        PURPOSES.parse().unwrap(),
        Document::from(ConfigZone::from_bytes(preset::TFLXTLS)),
        // Digits that could be decimal numbers.
        Document::from(ConfigZone::from_bytes([0x12; 128])),
        template,
        Document::new(Start::Preset(Preset::Gcp)),
    ];
    for document in documents {
        let text = document.to_string();
        assert_eq!(text.parse::<Document>().unwrap(), document, "{text}");
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<Document>(&json).unwrap(), document, "{json}");
    }
    assert_eq!(PURPOSES.parse::<Document>().unwrap().to_string(), PURPOSES);
}

#[test]
fn presets_keep_the_chips_own_bytes() {
    let [gcp, x509] =
        [preset::gcp_device(&chip()), preset::x509_device(&chip())].map(|zone| *zone.as_bytes());
    let given = [preset::FACTORY, preset::TNGTLS, preset::TFLXTLS, gcp, x509];
    for (preset, bytes) in Preset::ALL.into_iter().zip(given) {
        let zone = from_toml(&format!("preset = \"{}\"", preset.name().to_uppercase()), &chip()).unwrap();
        assert_eq!(zone, preset::on_chip(&bytes, &chip()), "{preset}");
    }
}

/// All 128 bytes are the given ones; with 112 the first 16 are the chip's.
#[test]
fn bytes_and_templates() {
    let all = preset::TNGTLS;
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|byte| format!("0x{byte:02X}, ")).collect() };
    let mut with_own = *chip().as_bytes();
    with_own[16..].copy_from_slice(&all[16..]);
    for (bytes, expected) in [(&all[..], all), (&all[16..], with_own)] {
        let expected = ConfigZone::from_bytes(expected);
        assert_eq!(from_slice(bytes, &chip()).unwrap(), expected);
        assert_eq!(from_text(&hex(bytes), &chip()).unwrap(), expected);
        let toml = format!("config = '''\n{}'''", hex(bytes));
        assert_eq!(from_toml(&toml, &chip()).unwrap(), expected);
    }
    let short = from_slice(&[0xFF; 12], &chip()).unwrap_err();
    assert!(short.to_string().contains("128 bytes (or 112 without the first 16), not 12"), "{short}");
}

#[test]
fn files_by_their_names() {
    let file = |name: &str, contents: &str| {
        let path = std::env::temp_dir().join(format!("atecc608-config-{}-{name}", std::process::id()));
        std::fs::write(&path, contents).unwrap();
        let zone = from_file(&path, &chip());
        std::fs::remove_file(path).unwrap();
        zone
    };
    let gcp = preset::gcp_device(&chip());
    let digits: String = gcp.as_bytes().iter().map(|byte| format!("{byte:02x} ")).collect();
    assert_eq!(file("a.toml", "preset = \"gcp\"").unwrap(), gcp);
    assert_eq!(file("b.TOML", &format!("config = \"{digits}\"")).unwrap(), gcp);
    assert_eq!(file("c.txt", &digits).unwrap(), gcp);
    assert!(matches!(file("d.txt", "preset = \"gcp\"").unwrap_err().kind(), ErrorKind::Unreadable(_)));
    let missing = from_file("/no/such/file.toml", &chip()).unwrap_err();
    assert!(missing.source().unwrap().is::<std::io::Error>(), "{missing:?}");
}

/// Text, line, whether there is a source, words.
const WRONG: [(&str, Option<usize>, bool, &str); 28] = [
    ("", None, false, "name one of config, preset and slots"),
    ("preset = \"gcp\"\n[slots]\n", None, false, "name one of config, preset and slots"),
    ("results_inside = true\npreset = \"gcp\"", None, false, "go with slots only"),
    ("preset = \"gcp\"\n[authorised_by]\n0 = 1", None, false, "go with slots only"),
    ("\npreset = 1", Some(2), true, "line 2, column 10"),
    ("\n\ncolour = \"red\"", Some(3), true, "unknown field"),
    ("[slots]\n0 = ", Some(2), true, "line 2"),
    (
        "# a comment\npreset = \"nobody\"",
        Some(2),
        true,
        "line 2: no preset \"nobody\"; there are factory, tngtls",
    ),
    ("[slots]\n1 = \"data\"\n16 = \"data\"", Some(3), false, "line 3: no slot \"16\": 0 to 15"),
    ("[slots]\n\n0 = \"toaster\"", Some(3), true, "line 3: slot 0, \"toaster\": no such purpose"),
    ("[slots]\n0 = \"data\"\n[authorised_by]\n0 = 17", Some(4), false, "line 4: no slot \"17\""),
    ("[slots]\n0 = \"data\"\n[authorised_by]\nx = 1", Some(4), false, "line 4: no slot \"x\""),
    ("[slots]\n0 = \"public key\"", Some(2), true, "line 2: slot 0 is too small"),
    (
        "[slots]\n0 = \"data\"\n9 = \"encrypted storage under key 4\"",
        Some(3),
        true,
        "line 3: slot 9 is to be",
    ),
    (
        "[slots]\n9 = \"secure boot key with digest 4\"",
        Some(2),
        true,
        "line 2: the secure-boot key in slot 9",
    ),
    (
        "[slots]\n1 = \"I/O protection key\"\n2 = \"I/O protection key\"",
        Some(3),
        true,
        "line 3: slot 2 is the second",
    ),
    ("[slots]\n2 = \"agreement key\"\n3 = \"data\"", Some(3), true, "line 3: ECDH with the agreement key"),
    ("results_inside = true\n[slots]\n3 = \"data\"", Some(3), true, "line 3: results should stay inside"),
    ("[slots]\n0 = \"data\"\n3 = \"limited key 0\"", Some(3), true, "line 3: a limited key needs one"),
    ("[slots]\n3 = \"limited key 2097151\"", Some(2), true, "line 2: a limited key has at most"),
    (
        "[slots]\n0 = \"signing key\"\n[authorised_by]\n0 = 1",
        Some(4),
        true,
        "line 4: slot 0 is to be authorised",
    ),
    ("[slots]\n0 = \"data\"\n[authorised_by]\n0 = 1", Some(4), true, "line 4: slot 0 can't be made to need"),
    ("preset = \"gcp\"\n[bytes]\n16 = 0\n128 = 0", Some(4), false, "line 4: no byte \"128\": 0 to 127"),
    ("# one line\nconfig = \"01 23 xy\"", Some(2), true, "line 2: "),
    ("config = \"\"\"\n01 23\n0x1 zz\"\"\"", Some(2), true, "line 2: a configuration has 128 bytes"),
    ("config = \"\"\"\n01 23\n0x00\"\"\"", Some(2), true, "not 3 (to line 3)"),
    ("config = \"\"\"\n01 23 45 67 89\nab zz\"\"\"", Some(3), true, "line 3: \"zz\" is no byte"),
    ("config = '''01 23 45 67 89\nab zz'''", Some(2), true, "line 2: \"zz\" is no byte"),
];

#[test]
fn errors_with_their_lines() {
    for (text, line, source, words) in WRONG {
        let error = from_toml(text, &chip()).expect_err(text);
        assert_eq!((error.line(), error.source().is_some()), (line, source), "{text:?}: {error}");
        assert!(error.to_string().contains(words), "{text:?}: {error}");
    }
    let no_aes = {
        let mut chip = chip();
        chip.set_byte(13, 0);
        from_toml("[slots]\n0 = \"data\"\n1 = \"AES key\"", &chip).unwrap_err()
    };
    assert!(no_aes.to_string().starts_with("line 3: slot 1 is to hold AES keys"), "{no_aes}");
}

/// Bytes set by the program, not read.
#[test]
fn a_byte_outside_the_zone_is_refused() {
    let mut document = Document::new(Start::Preset(Preset::Gcp));
    document.bytes.insert(128, 0);
    assert!(
        matches!(document.zone(&chip()).unwrap_err().kind(), ErrorKind::Offset(offset) if offset == "128")
    );
}
