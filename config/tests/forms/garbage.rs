//! What is no configuration: said with its line, and never a panic.

use crate::forms::{decode, read};
use crate::print::FORMS;
use crate::random::Random;
use atecc608::config::preset;

#[test]
fn lines_and_reasons() {
    let row = "01 23 00 00 00 00 60 02 00 00 00 00 EE 01 55 00\n";
    let seven = row.repeat(7);
    let dump = |skip: usize| -> String {
        (0..8).filter(|at| *at != skip).map(|at| format!("{:02x}: {row}", at * 16)).collect()
    };
    let c =
        |word: &str| format!("uint8_t c[] = {{\n{}{word}, 0x00\n}};", "0x01, 0x23, 0x45, 0x67,\n".repeat(20));
    for (text, expected) in [
        ("".to_owned(), "a configuration has 128 bytes (or 112 without the first 16), not 0"),
        ("hello".into(), "line 1: neither 128 bytes nor numbers: \"hello\" is none"),
        ("01 02 03".into(), "line 1: a configuration has 128 bytes (or 112 without the first 16), not 3"),
        (seven.clone(), "112 bytes that begin with 01 23 are a dump without its last row, not bytes 16 to 127"),
        (row.repeat(9), "line 1: a configuration has 128 bytes (or 112 without the first 16), not 144 (to line 9)"),
        (format!("{seven}01 23 zz 00"), "line 8: \"zz\" is no byte"),
        (format!("{seven}012 23"), "line 8: \"012\" has an odd number of hex digits"),
        (c("0x1g"), "line 22: \"0x1g\" is no byte"),
        (c("256"), "line 22: \"256\" is no byte in decimal"),
        (c("0x123"), "line 22: \"123\" has an odd number of hex digits"),
        (dump(3), "line 4: offset 40 where 30 was due: a row is missing"),
        (dump(9).replace("60 02", "XX XX"), "line 1: \"XX\" is no byte"),
        (dump(9).replace("30: 01", "30: "), "line 4: 15 bytes at offset 30, where 16 were due"),
        (format!("{}\n\n{}", row.repeat(8), row.replace("EE", "EF").repeat(8)), "not 256"),
        (format!("a = {{{}}}\nb = {{{}}}", row.repeat(8), row.replace("EE", "EF").repeat(8)), "line 1: one configuration begins here and another in line 10"),
        ("b'\\x01\\x2".into(), "line 1: \\x without two hex digits is no byte"),
        ("\n'\\x01é'".into(), "line 2: 'é' is no byte"),
        ("'\\x01\n\n".into(), "line 1: the text that begins here has no ' at its end"),
        ("<ConfigurationZone>\n<SN8>E</SN8></ConfigurationZone>".into(), "line 1: no element gives byte 16"),
        ("<a>\n<b>".into(), "no XML"),
        ("<a>01 23</a>".into(), "line 1: this XML has no element ConfigurationZone"),
        (
            "<ConfigurationZone>\n<I2CAddress>C0 00</I2CAddress></ConfigurationZone>".into(),
            "line 2: I2CAddress should be 1 bytes in hex, not \"C0 00\"",
        ),
        (
            "<ConfigurationZone>\n<KeyConfiguration Index=\"16\">C0 00</KeyConfiguration></ConfigurationZone>".into(),
            "line 2: no slot \"16\"",
        ),
        (
            "<ConfigurationZone>\n\n<Reserved Address=\"127\" Size=\"2\">C0 00</Reserved></ConfigurationZone>".into(),
            "line 3: no byte 127 with 2",
        ),
        ("1, 2, 3, ".repeat(42) + "1, 2", "these numbers can be hex or decimal"),
    ] {
        let error = read(&text).expect_err(&text).to_string();
        assert!(error.contains(expected), "{error}\n  expected: {expected}\n{text}");
    }
}

/// Every form, damaged: an answer, whatever it is, and no panic.
#[test]
fn damage_never_panics() {
    let mut refused = 0;
    for seed in 0..3_000_u64 {
        let mut random = Random::new(seed);
        let (_, print) = FORMS[random.below(FORMS.len())];
        let mut text: Vec<char> = print(&preset::TNGTLS).chars().collect();
        for _ in 0..1 + random.below(6) {
            let place = random.below(text.len());
            let alphabet: Vec<char> =
                "0 19afxX\\\"'<>:;,-*#/{}[]()=\n\r\té€𐍈\u{feff}\u{0}zh_$&|%".chars().collect();
            match random.below(4) {
                0 => drop(text.remove(place)),
                1 => text.insert(place, alphabet[random.below(alphabet.len())]),
                2 => text.truncate(place + 1),
                _ => text[place] = alphabet[random.below(alphabet.len())],
            }
            if text.is_empty() {
                text.push(' ');
            }
        }
        let text: String = text.into_iter().collect();
        refused += usize::from(read(&text).is_err());
        let bytes = text.as_bytes();
        let _ = decode(&bytes[random.below(bytes.len())..]).map(|text| read(&text));
    }
    assert!(refused > 500, "{refused}");
}

/// No text at all.
#[test]
fn noise_never_panics() {
    for seed in 0..3_000_u64 {
        let mut random = Random::new(seed);
        let mut bytes: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).collect();
        if seed % 2 == 0 {
            let alphabet = b"0123 af\\x:,'\"<>\n[{]}-*=";
            bytes.iter_mut().for_each(|byte| *byte = alphabet[usize::from(*byte) % alphabet.len()]);
        }
        let _ = decode(&bytes).map(|text| read(&text));
        let _ = read(&String::from_utf8_lossy(&bytes));
    }
    assert_eq!(decode(&[0xFF, 0xFE, b'0', 0, b'1', 0]).as_deref(), Some("01"));
    assert_eq!(decode(&[0xFE, 0xFF, 0, b'0', 0, b'1']).as_deref(), Some("01"));
    assert_eq!(decode(&preset::FACTORY), None);
}
