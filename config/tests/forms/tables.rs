//! Tables as people posted them, and what is said of each first.

use crate::forms::{decode, read};
use atecc608::Slot;
use atecc608::config::lint::{Kind, Severity};
use atecc608::config::{ConfigZone, preset};
use atecc608_config::layout::{Slip, Verdict, verdict as layout_verdict};

fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/forms/tables/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    read(&decode(&std::fs::read(path).unwrap()).unwrap()).unwrap()
}

fn table(name: &str) -> ConfigZone {
    ConfigZone::from_bytes(bytes(name).try_into().unwrap())
}

fn errors(zone: &ConfigZone) -> Vec<String> {
    zone.lint()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.to_string())
        .collect()
}

fn verdict(name: &str) -> Verdict {
    layout_verdict(&table(name)).unwrap_or_else(|| panic!("{name} is what it seems"))
}

fn has(zone: &ConfigZone, kind: Kind) -> bool {
    zone.lint().any(|finding| finding.kind == kind)
}

#[test]
fn nerves_key_and_helium_are_in_order() {
    for name in ["nerves", "nerves_volatile", "helium"] {
        let zone = table(name);
        assert_eq!(layout_verdict(&zone), None, "{name}");
        assert_eq!(errors(&zone), Vec::<String>::new(), "{name}");
    }
    let rolls: Vec<_> = table("nerves")
        .lint()
        .filter(|finding| finding.kind == Kind::DerivedByAnyone && finding.severity == Severity::Warning)
        .filter_map(|finding| finding.slot)
        .collect();
    assert_eq!(rolls, [Slot::S10, Slot::S11, Slot::S12, Slot::S13]);
}

#[test]
fn arduino_is_a_table_of_the_508a() {
    let zone = table("arduino");
    let found = verdict("arduino");
    assert!(found.for_508a && found.slips.is_empty());
    let text = zone.lint().to_string();
    assert!(
        text.starts_with("warning: bytes 68 to 83 (UseLock): the table was made for an ATECC508A"),
        "{text}"
    );
    let right = found.zone().unwrap();
    assert_eq!(errors(&right), Vec::<String>::new());
    assert!(
        (0..128)
            .all(|at| right.byte(at) == if at == 18 || (68..84).contains(&at) { 0 } else { zone.byte(at) })
    );
    assert_eq!(
        layout_verdict(&ConfigZone::from_bytes({
            let mut bytes = *right.as_bytes();
            bytes[6] = 0x60;
            bytes
        })),
        None
    );
}

#[test]
fn a_template_is_checked_without_a_chips_own_bytes() {
    let zone = table("mbed");
    assert!(verdict("mbed").for_508a);
    assert!(!zone.has_own_bytes() && !has(&zone, Kind::SingleWire));
    for own in [0x00, 0xFF] {
        let mut template = *preset::gcp_device(&ConfigZone::from_bytes(preset::FACTORY)).as_bytes();
        template[..16].fill(own);
        let zone = ConfigZone::from_bytes(template);
        assert_eq!((errors(&zone), layout_verdict(&zone)), (vec![], None), "{own:02x}");
        // An AES key in slot 9: whether there is AES depends on the chip.
        template[38..40].copy_from_slice(&[0x8F, 0x8F]);
        template[114..116].copy_from_slice(&[0x18, 0x00]);
        assert_eq!(errors(&ConfigZone::from_bytes(template)), Vec::<String>::new(), "{own:02x}");
    }
    // A chip that says so is believed.
    let mut chip = preset::FACTORY;
    chip[13] = 0;
    chip[14] = 0;
    chip[114] = 0x18;
    let chip = ConfigZone::from_bytes(chip);
    assert!(has(&chip, Kind::SingleWire) && has(&chip, Kind::AesDisabled));
}

#[test]
fn a_table_that_would_brick_the_chip() {
    let (zone, found) = (table("adafruit_v1"), verdict("adafruit_v1"));
    assert!(errors(&zone).len() > 30, "{}", errors(&zone).len());
    assert!(has(&zone, Kind::AddressChanges));
    let text = found.to_string();
    for words in [
        "the chip would answer at 0x10",
        "no slot would hold a key that can sign",
        "20 is a space",
        "shifted",
    ] {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(found.slips[0], Slip::TooMany { at: 16, bytes: vec![0x20; 13] });
}

#[test]
fn shifted_tables_and_how_they_read_when_moved() {
    let found = verdict("extra_row_4");
    assert_eq!(
        found.slips,
        [Slip::TooMany { at: 64, bytes: vec![0xFF; 16] }, Slip::TooFew { offset: 112, count: 16 }]
    );
    assert!(!found.for_508a && !errors(&table("extra_row_4")).is_empty());
    let plain = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/forms/posted/plain.txt"))
        .unwrap();
    let plain = read(&plain).unwrap();
    assert!(found.right[..112].iter().zip(&plain).all(|(right, plain)| *right == Some(*plain)));
    assert!(found.to_string().contains("row 4 of 16 bytes is one too many"), "{found}");
    assert!(found.to_string().contains("reads sensibly when moved by 16 towards the front"), "{found}");

    let found = verdict("gowrap");
    assert!(found.for_508a && !errors(&table("gowrap")).is_empty());
    assert_eq!(
        found.slips.iter().map(|slip| format!("{slip}")).collect::<Vec<_>>(),
        [
            "16 bytes too many from byte 48 on (00): row 3 of 16 bytes is one too many",
            "12 bytes too many from byte 80 on (00)",
            "the last 28 bytes are lost",
        ]
    );
    // It is Arduino's, as far as it goes.
    let arduino = verdict("arduino");
    let differ: Vec<_> = (0..100).filter(|at| found.right[*at] != arduino.right[*at]).collect();
    assert_eq!(differ, [50, 51], "the table itself has another slot 15");

    let found = verdict("cal280");
    assert!(found.for_508a && !errors(&table("cal280")).is_empty());
    assert_eq!(
        found.slips,
        [Slip::TooFew { offset: 17, count: 1 }, Slip::TooMany { at: 127, bytes: vec![0] }]
    );
    let right = found.zone().unwrap();
    assert_eq!((right.byte(19), right.byte(20), right.byte(96)), (0x00, 0x83, 0x33));
    assert!(right.key_config(Slot::S0).is_private());
}

#[test]
fn half_a_dump_is_refused() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/forms/tables/first112.hex");
    let error = read(&std::fs::read_to_string(path).unwrap()).unwrap_err().to_string();
    assert!(error.contains("112 bytes that begin with 01 23 are a dump without its last row"), "{error}");
}

/// What is in place is left alone: presets, and what the builder makes.
#[test]
fn nothing_is_said_of_tables_in_place() {
    let factory = ConfigZone::from_bytes(preset::FACTORY);
    let gcp = *preset::gcp_device(&factory).as_bytes();
    for bytes in [preset::FACTORY, preset::TNGTLS, preset::TFLXTLS, gcp] {
        assert_eq!(layout_verdict(&ConfigZone::from_bytes(bytes)), None);
    }
    let purposes =
        ["signing key", "ecdh key", "storage key", "public key", "data", "aes key", "secret", "unused"];
    let mut built = 0;
    for seed in 0..200 {
        let mut random = crate::random::Random::new(seed);
        let mut builder = atecc608::config::build::Builder::new(&factory);
        for slot in Slot::all() {
            if let Ok(purpose) = purposes[random.below(purposes.len())].parse() {
                builder = builder.slot(slot, purpose);
            }
        }
        let Ok(zone) = builder.build() else { continue };
        built += 1;
        assert_eq!(layout_verdict(&zone), None, "{:02x?}", zone.as_bytes());
    }
    assert!(built > 10, "{built}");
}

/// Bytes that got in or were lost are found, and the rest is put where it belongs.
#[test]
fn shifted_presets_are_put_right() {
    let factory = ConfigZone::from_bytes(preset::FACTORY);
    let gcp = *preset::gcp_device(&factory).as_bytes();
    let (mut found, mut all) = (0, 0);
    for bytes in [preset::FACTORY, preset::TNGTLS, preset::TFLXTLS, gcp] {
        for count in [1, 4, 16] {
            for at in (16..96).step_by(12) {
                for fill in [0x00, 0x20] {
                    let mut more = bytes.to_vec();
                    more.splice(at..at, vec![fill; count]);
                    more.truncate(128);
                    let mut fewer = bytes.to_vec();
                    fewer.drain(at..at + count);
                    fewer.resize(128, fill);
                    for (shifted, end) in [(more, 128 - count), (fewer, 128)] {
                        all += 1;
                        let Some(verdict) =
                            layout_verdict(&ConfigZone::from_bytes(shifted.try_into().unwrap()))
                        else {
                            continue;
                        };
                        // Behind the place everything stands where it belongs again.
                        let tail = (96.max(at + count)..end).all(|at| verdict.right[at] == Some(bytes[at]));
                        found += usize::from(tail);
                    }
                }
            }
        }
    }
    println!("{found} of {all} shifted tables put right");
    assert!(found * 100 > all * 90, "{found} of {all}");
}
