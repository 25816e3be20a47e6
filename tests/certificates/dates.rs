//! Dates of the compressed form.

use crate::common::hour;
use atecc608::Signature;
use atecc608::x509::{Compressed, CompressedError, DateTime, Dates, SerialSource, SignerId, Term, Version};
use testkit::{Random, bytes};

fn compressed(dates: &Dates) -> Compressed {
    let nobody = Signature::from_bytes([0; 64]);
    Compressed::new(&nobody, dates, SignerId(0), 0, 0, SerialSource::PublicKeyHash).unwrap()
}

/// As Microchip's library encodes and decodes them.
#[test]
fn vectors() {
    use Term::{Forever, Years};
    for (issued, term, version, dates, last) in [
        (hour(2020, 11, 11, 4), Years(28), Version::V0, "a5ac9c", 0x00),
        (hour(2018, 12, 14, 20), Years(31), Version::V0, "963a9f", 0x00),
        (hour(2000, 1, 1, 0), Forever, Version::V0, "008400", 0x00),
        (hour(2031, 12, 31, 23), Years(31), Version::V0, "fe7eff", 0x00),
        (hour(2032, 1, 1, 0), Forever, Version::V1, "008400", 0x40),
        (hour(2025, 6, 1, 12), Years(32), Version::V1, "cb0580", 0x10),
        (hour(2127, 12, 31, 23), Years(127), Version::V1, "fe7eff", 0xF0),
        (hour(2014, 10, 15, 16), Years(14), Version::V0, "753e0e", 0x00),
    ] {
        let wanted = Dates::new(issued, term).unwrap();
        let made = compressed(&wanted);
        assert_eq!((&made.as_bytes()[64..67], made.as_bytes()[71]), (&bytes(dates)[..], last), "{issued}");
        assert_eq!((made.version(), made.dates()), (Ok(version), Ok(wanted)));
    }
    let far = Dates::new(hour(2127, 12, 31, 23), Years(127)).unwrap();
    assert_eq!(far.ends(), Some(hour(2254, 12, 31, 23)));
}

/// Version 0 has no place for 2032: its last byte is 0.
#[test]
fn version_0_ends_with_2031() {
    let dates = Dates::new(hour(2032, 1, 1, 0), Term::Forever).unwrap();
    let mut bytes = *compressed(&dates).as_bytes();
    bytes[70] &= 0xF0;
    assert_eq!(Compressed::from_bytes(bytes).dates(), Err(CompressedError::Reserved(0x40)));
}

#[test]
fn what_can_not_be_said() {
    let at = |year| hour(year, 3, 1, 0);
    for (dates, error) in [
        (Dates::new(at(1999), Term::Forever), CompressedError::IssueYear(1999)),
        (Dates::new(at(2128), Term::Forever), CompressedError::IssueYear(2128)),
        (Dates::new(at(2020), Term::Years(0)), CompressedError::TermYears(0)),
        (Dates::new(at(2020), Term::Years(128)), CompressedError::TermYears(128)),
        (Dates::new(at(2020), Term::Years(255)), CompressedError::TermYears(255)),
    ] {
        assert_eq!(dates, Err(error));
    }
    for (minute, second) in [(1, 0), (0, 1), (59, 59)] {
        let at = DateTime::new(2020, 1, 1, 0, minute, second).unwrap();
        assert_eq!(Dates::new(at, Term::Years(1)), Err(CompressedError::NotAnHour(at)));
    }
}

#[test]
fn a_29_february_needs_another() {
    for year in [2000, 2024, 2096, 2104] {
        let at = hour(year, 2, 29, 7);
        for years in 1..=127 {
            let end = DateTime::new(year + u16::from(years), 2, 29, 7, 0, 0);
            let dates = Dates::new(at, Term::Years(years));
            match end {
                Some(end) => assert_eq!(dates.unwrap().ends(), Some(end)),
                None => assert_eq!(dates, Err(CompressedError::NoSuchEnd(at))),
            }
        }
        assert!(Dates::new(at, Term::Forever).is_ok());
    }
}

/// All of it, for some years.
#[test]
fn back_and_forth() {
    let mut random = Random(1);
    for year in 2000..2128 {
        for month in 1..=12 {
            for day in 1..=31 {
                let years = random.below(128) as u8;
                let term = if years == 0 { Term::Forever } else { Term::Years(years) };
                let Some(at) = DateTime::new(year, month, day, random.below(24) as u8, 0, 0) else {
                    continue;
                };
                let Ok(dates) = Dates::new(at, term) else { continue };
                let made = compressed(&dates);
                assert_eq!(made.dates(), Ok(dates));
                let version = if year > 2031 || years > 31 { Version::V1 } else { Version::V0 };
                assert_eq!(made.version(), Ok(version));
                assert_eq!(made.as_bytes()[71] & 0x0F, 0);
            }
        }
    }
}

/// All 24 bits in each version: a date that there is, which gives the same bits again, or an error.
#[test]
fn all_that_can_stand_there() {
    let mut dates = 0;
    for bits in (0..1 << 24).step_by(7) {
        let [_, a, b, c] = u32::to_be_bytes(bits);
        let extension = (bits % 16) as u8 * 16;
        for (version, extension) in [(0, 0), (1, extension), (2, extension)] {
            let mut bytes = [0; 72];
            bytes[64..67].copy_from_slice(&[a, b, c]);
            bytes[70..].copy_from_slice(&[0xA0 | version, extension]);
            let found = Compressed::from_bytes(bytes).dates();
            let [month, day, hour] = [bits >> 15 & 0xF, bits >> 10 & 0x1F, bits >> 5 & 0x1F];
            let year = 2000 + (bits >> 19) + u32::from(extension >> 6) * 32;
            let years = (bits & 0x1F) as u8 + (extension >> 4 & 3) * 32;
            match DateTime::new(year as u16, month as u8, day as u8, hour as u8, 0, 0) {
                None => assert_eq!(found, Err(CompressedError::Dates([a, b, c, extension]))),
                Some(at) => {
                    let term = if years == 0 { Term::Forever } else { Term::Years(years) };
                    let found = found.unwrap();
                    assert_eq!((found.issued(), found.term()), (at, term));
                    dates += 1;
                }
            }
        }
    }
    assert!(dates > 1_000_000);
}

#[test]
fn reserved_bits_and_versions() {
    let dates = Dates::new(hour(2040, 1, 1, 0), Term::Years(50)).unwrap();
    let bytes = *compressed(&dates).as_bytes();
    for bit in 0..4 {
        let mut changed = bytes;
        changed[71] |= 1 << bit;
        assert_eq!(Compressed::from_bytes(changed).dates(), Err(CompressedError::Reserved(1 << bit)));
    }
    for version in 0..16 {
        let mut changed = bytes;
        changed[70] = 0xA0 | version;
        let found = Compressed::from_bytes(changed).dates();
        match version {
            0 => assert_eq!(found, Err(CompressedError::Reserved(bytes[71]))),
            1 | 2 => assert_eq!(found, Ok(dates)),
            _ => assert_eq!(found, Err(CompressedError::Version(version))),
        }
    }
}
