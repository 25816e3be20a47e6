//! Any 128 bytes, printed in any form, are read back as they were.

use crate::forms::{Unreadable, read};
use crate::print::FORMS;
use crate::random::Random;
use atecc608::config::preset;

/// Bytes as chips have them, or any at all.
fn table(seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = match seed % 3 {
        0 => preset::FACTORY.to_vec(),
        1 => preset::TFLXTLS.to_vec(),
        _ => (0..128).map(|_| random.next() as u8).collect(),
    };
    // Runs of the same, which dumps leave out.
    for _ in 0..random.below(4) {
        let (from, len, value) = (random.below(128), random.below(64), random.next() as u8);
        bytes.iter_mut().skip(from).take(len).for_each(|byte| *byte = value);
    }
    for _ in 0..random.below(30) {
        bytes[random.below(128)] = random.next() as u8;
    }
    bytes
}

/// Lists of numbers that are neither hex for sure nor decimal.
fn ambiguous(error: &Unreadable) -> bool {
    error.why().contains("can be hex or decimal")
}

#[test]
fn any_bytes_in_any_form() {
    let mut read_back = 0;
    for seed in 0..100 {
        let bytes = table(seed);
        for (name, print) in FORMS {
            let text = print(&bytes);
            match read(&text) {
                Ok(found) => {
                    assert_eq!(found, bytes, "{name}, seed {seed}:\n{text}");
                    read_back += 1;
                }
                Err(error) => assert!(ambiguous(&error), "{name}, seed {seed}: {error}\n{text}"),
            }
        }
    }
    println!("{} forms, {read_back} texts read back", FORMS.len());
    assert!(read_back >= 99 * FORMS.len());
}

/// Without the chip's own bytes, unless they look like those.
#[test]
fn templates_of_112_bytes() {
    for seed in 0..60 {
        let bytes = &table(seed)[16..];
        for (name, print) in FORMS.iter().filter(|(name, _)| *name != "XML") {
            match read(&print(bytes)) {
                Ok(found) => assert_eq!(found, bytes, "{name}, seed {seed}"),
                Err(error) => assert!(ambiguous(&error), "{name}, seed {seed}: {error}\n{}", print(bytes)),
            }
        }
    }
}

/// What stands around a table in a forum does not matter.
#[test]
fn with_words_around() {
    let bytes = table(0);
    for (name, print) in FORMS {
        let quiet = ["escapes alone", "JSON escapes", "C string", "Python repr", "0x and one number"];
        if quiet.contains(&name) || name.starts_with("od") || name == "a byte a line with its offset" {
            continue;
        }
        let text = format!(
            "Hi, my chip says this. Is it a good one?\n\nSerial number: 0123A1B2C3D4E5F6EE\nConfig zone is locked: 1\n\
             Configuration:\n{}\nThanks in advance, Ada\n",
            print(&bytes)
        );
        assert_eq!(read(&text).as_deref(), Ok(&bytes[..]), "{name}\n{text}");
    }
}
