//! Certificates that are wrong in one thing each: where and why they are refused, and their neighbours that are taken.

mod extensions;

use crate::common::{Pieces, der, ecdsa, extension, sequence};
use atecc608::x509::{BasicConstraints, Certificate, Error, Malformed};
use testkit::known_public_key;

fn good() -> Pieces {
    Pieces::new(&known_public_key())
}

/// Refused for this, at the first byte of `value`.
fn refused(pieces: &Pieces, value: &[u8], why: Malformed) {
    let der = pieces.der();
    let found = der.windows(value.len()).position(|part| part == value).expect("the value");
    let error = Certificate::parse(&der).unwrap_err();
    assert_eq!(error, Error::Malformed { offset: found, why });
    assert!(error.to_string().contains(&format!("at byte {found}")));
}

fn with(value: &[u8]) -> Pieces {
    good().with_extensions(&[value.to_vec()])
}

#[test]
fn the_good_one() {
    let der = good().der();
    let certificate = Certificate::parse(&der).unwrap();
    assert_eq!((certificate.version(), certificate.serial()), (3, &[0x40, 1, 2, 3][..]));
    assert_eq!(certificate.extensions().count(), 0);
    assert_eq!(certificate.public_key(), Ok(known_public_key()));
    assert_eq!(format!("{certificate:?}"), "Certificate { common_name: Some(\"device\"), .. }");
}

#[test]
fn versions() {
    for (content, version) in
        [(&[1][..], Some(2)), (&[2], Some(3)), (&[0], None), (&[3], None), (&[0, 2], None)]
    {
        let mut pieces = good();
        let number = der(0x02, content);
        pieces.version = der(0xA0, &number);
        match version {
            Some(version) => assert_eq!(Certificate::parse(&pieces.der()).unwrap().version(), version),
            None => refused(&pieces, &number, Malformed::Version),
        }
    }
    let mut first = good();
    first.version = Vec::new();
    assert_eq!(Certificate::parse(&first.der()).unwrap().version(), 1);
    let mut with_extensions = with(&extension(19, true, &sequence(&[])));
    for version in [Vec::new(), der(0xA0, &der(0x02, &[1]))] {
        with_extensions.version = version;
        let list = with_extensions.extensions.clone();
        refused(&with_extensions, &list, Malformed::Version);
    }
}

#[test]
fn serial_numbers() {
    for (content, taken) in [
        (&[][..], false),
        (&[0], true),
        (&[0, 0], false),
        (&[0, 0x7F], false),
        (&[0, 0x80], true),
        (&[0xFF], true),
        (&[0xFF, 0x80], false),
        (&[0xFF, 0x7F], true),
        (&[0x80; 20], true),
    ] {
        let mut pieces = good();
        pieces.serial = der(0x02, content);
        if taken {
            assert_eq!(Certificate::parse(&pieces.der()).unwrap().serial(), content);
        } else {
            let serial = pieces.serial.clone();
            refused(&pieces, &serial, Malformed::Integer);
        }
    }
}

#[test]
fn algorithms() {
    let sha384 = sequence(&[&der(0x06, &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03])]);
    let with_null = sequence(&[&ecdsa()[2..], &der(0x05, &[])]);
    for other in [&sha384, &with_null] {
        let mut pieces = good();
        pieces.inner = other.clone();
        refused(&pieces, other, Malformed::Algorithm);
        // The same inside and outside: another algorithm, which this chip does not have.
        pieces.outer = other.clone();
        let der = pieces.der();
        let certificate = Certificate::parse(&der).unwrap();
        assert_eq!(certificate.signature(), Err(Error::OtherSignature));
        assert_eq!(certificate.common_name(), Some("device"));
    }
}

#[test]
fn signatures() {
    let numbers = |r: &[u8], s: &[u8]| sequence(&[&der(0x02, r), &der(0x02, s)]);
    let bits = |content: &[u8]| der(0x03, &[&[0], content].concat());
    let mut pieces = good();
    for (r, s) in [(&[0, 1][..], &[1][..]), (&[1], &[0x80]), (&[], &[1]), (&[1], &[0, 0x7F])] {
        pieces.signature = Some(bits(&numbers(r, s)));
        let wrong = if matches!(r, [1]) { der(0x02, s) } else { der(0x02, r) };
        let (whole, last) = (pieces.der(), Certificate::parse(&pieces.der()).unwrap_err());
        let Error::Malformed { offset, why: Malformed::Integer } = last else { panic!("{last:?}") };
        assert!(whole[offset..].starts_with(&wrong), "{r:x?} {s:x?}");
    }
    for (content, why) in [
        ([numbers(&[1], &[2]), vec![0]].concat(), Malformed::Trailing),
        (sequence(&[&der(0x02, &[1])]), Malformed::Truncated),
        (sequence(&[&der(0x02, &[1]), &der(0x02, &[1]), &der(0x02, &[1])]), Malformed::Trailing),
        (der(0x02, &[1]), Malformed::Tag { expected: 0x30, found: 0x02 }),
        (Vec::new(), Malformed::Truncated),
    ] {
        pieces.signature = Some(bits(&content));
        let error = Certificate::parse(&pieces.der()).unwrap_err();
        assert!(matches!(error, Error::Malformed { why: found, .. } if found == why), "{error:?}");
    }
    let odd = der(0x03, &[&[1][..], &numbers(&[1], &[2])].concat());
    pieces.signature = Some(odd.clone());
    refused(&pieces, &odd, Malformed::BitString);
    // Of P-384: no P-256 signature.
    pieces.signature = Some(bits(&numbers(&[1; 33], &[1])));
    assert_eq!(Certificate::parse(&pieces.der()).unwrap().signature(), Err(Error::OtherSignature));
}

/// As of Amazon's CA: an RSA key, an RSA signature. All but these can be read.
#[test]
fn other_keys() {
    let rsa = sequence(&[&der(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]), &der(0x05, &[])]);
    let with_rsa =
        sequence(&[&der(0x06, &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 0x0B]), &der(0x05, &[])]);
    let modulus = sequence(&[&der(0x02, &[0x55; 256]), &der(0x02, &[1, 0, 1])]);
    let mut pieces = with(&extension(19, true, &sequence(&[])));
    pieces.key = sequence(&[&rsa, &der(0x03, &[&[0], &modulus[..]].concat())]);
    (pieces.inner, pieces.outer) = (with_rsa.clone(), with_rsa);
    pieces.signature = Some(der(0x03, &[&[0], &[0xA5; 256][..]].concat()));
    let der_bytes = pieces.der();
    let certificate = Certificate::parse(&der_bytes).unwrap();
    assert_eq!(certificate.public_key(), Err(Error::OtherKey));
    assert_eq!(certificate.signature(), Err(Error::OtherSignature));
    assert_eq!(certificate.common_name(), Some("device"));
    assert_eq!(certificate.basic_constraints(), Some(BasicConstraints { ca: false, path_len: None }));
    assert_eq!(certificate.validity().unwrap().not_before.year(), 2024);

    // The right curve, a compressed point; and another curve.
    let mut pieces = good();
    let spki = known_public_key().to_spki_der();
    let algorithm = &spki[2..23];
    pieces.key = sequence(&[algorithm, &der(0x03, &[&[0, 0x02], &[5; 32][..]].concat())]);
    assert_eq!(Certificate::parse(&pieces.der()).unwrap().public_key(), Err(Error::OtherKey));
    let mut other = spki.to_vec();
    other[22] = 0x08;
    pieces.key = other;
    assert_eq!(Certificate::parse(&pieces.der()).unwrap().public_key(), Err(Error::OtherKey));
}

#[test]
fn dates() {
    let utc = |digits: &str| der(0x17, digits.as_bytes());
    let generalized = |digits: &str| der(0x18, digits.as_bytes());
    for (time, taken) in [
        (utc("500101000000Z"), true),
        (utc("491231235959Z"), true),
        (generalized("99991231235959Z"), true),
        (generalized("20240229000000Z"), true),
        // No one should, and Microchip's rule does.
        (generalized("20250229000000Z"), true),
        (utc("250229235959Z"), true),
        (utc("250230000000Z"), false),
        (utc("250229240000Z"), false),
        (utc("250431000000Z"), false),
        (utc("251301000000Z"), false),
        (utc("250001000000Z"), false),
        (utc("250100000000Z"), false),
        (utc("250101006000Z"), false),
        (utc("250101000060Z"), false),
        (utc("2501010000Z"), false),
        (utc("250101000000"), false),
        (utc("250101000000+0000"), false),
        (utc("25010100000 Z"), false),
        (utc("20250101000000Z"), false),
        (generalized("250101000000Z"), false),
        (generalized("20250101000000.5Z"), false),
        (generalized("19491231235959Z"), false),
        (generalized(""), false),
        (generalized("Z"), false),
    ] {
        let mut pieces = good();
        pieces.validity = sequence(&[&time, &generalized("20440101000000Z")]);
        if taken {
            let there = !matches!(&time[2..], b"20250229000000Z" | b"250229235959Z");
            let der = pieces.der();
            assert_eq!(Certificate::parse(&der).unwrap().validity().is_ok(), there);
        } else {
            refused(&pieces, &time, Malformed::Time);
        }
    }
    let mut pieces = good();
    pieces.validity = sequence(&[&utc("240101000000Z")]);
    assert!(Certificate::parse(&pieces.der()).is_err());
    pieces.validity = sequence(&[&utc("240101000000Z"), &utc("250101000000Z"), &utc("260101000000Z")]);
    let third = utc("260101000000Z");
    refused(&pieces, &third, Malformed::Trailing);
}

#[test]
fn names() {
    let mut pieces = good();
    let empty_set = der(0x31, &[]);
    pieces.subject = sequence(&[&empty_set]);
    refused(&pieces, &empty_set, Malformed::Empty);
    let bad_oid = der(0x06, &[0x55, 0x80, 0x03]);
    pieces.subject = sequence(&[&der(0x31, &sequence(&[&bad_oid, &der(0x0C, b"x")]))]);
    refused(&pieces, &bad_oid, Malformed::Oid);
    // No name is a name.
    pieces.subject = sequence(&[]);
    let der_bytes = pieces.der();
    let nobody = Certificate::parse(&der_bytes).unwrap();
    assert_eq!((nobody.common_name(), nobody.subject()), (None, &[0x30, 0][..]));
    // Two in one set, and two common names.
    let attribute = |number, tag, text: &[u8]| sequence(&[&der(0x06, &[0x55, 4, number]), &der(tag, text)]);
    let both = der(0x31, &[attribute(10, 0x0C, "ö".as_bytes()), attribute(3, 0x13, b"first_")].concat());
    let last = der(0x31, &attribute(3, 0x0C, b"last"));
    pieces.subject = sequence(&[&both, &last]);
    let der_bytes = pieces.der();
    let certificate = Certificate::parse(&der_bytes).unwrap();
    let texts: Vec<_> = certificate.subject_attributes().map(|attribute| attribute.text()).collect();
    assert_eq!(texts, [Some("ö"), Some("first_"), Some("last")]);
    assert_eq!(certificate.common_name(), Some("last"));
    for (tag, text) in [(0x0C, &[0xFF, 0x61][..]), (0x1E, &[0, 0x61])] {
        pieces.subject = sequence(&[&der(0x31, &attribute(3, tag, text))]);
        let der_bytes = pieces.der();
        let certificate = Certificate::parse(&der_bytes).unwrap();
        assert_eq!(certificate.common_name(), None, "no UTF-8");
        assert_eq!(certificate.subject_attributes().next().unwrap().value, text);
    }
}

/// Lengths in the forms that BER has and DER has not.
#[test]
fn lengths() {
    let whole = good().der();
    let body = &whole[4..];
    for head in [
        vec![0x30, 0x83, 0, (body.len() >> 8) as u8, body.len() as u8],
        vec![0x30, 0x80],
        vec![0x30, 0x85, 0, 0, 0, (body.len() >> 8) as u8, body.len() as u8],
    ] {
        let longer = [&head, body].concat();
        let error = Certificate::parse(&longer).unwrap_err();
        assert_eq!(error, Error::Malformed { offset: 0, why: Malformed::Length }, "{head:x?}");
    }
    for huge in [&[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF][..], &[0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF, 0]] {
        assert!(Certificate::parse(huge).is_err());
    }
    let mut pieces = good();
    pieces.serial = vec![0x02, 0x81, 0x01, 0x05];
    let serial = pieces.serial.clone();
    refused(&pieces, &serial, Malformed::Length);
    pieces.serial = vec![0x1F, 0x20, 0x01, 0x05];
    let serial = pieces.serial.clone();
    refused(&pieces, &serial, Malformed::Tag { expected: 0x02, found: 0x1F });
}

/// Unique ids, which no one has: they may be there from version 2 on.
#[test]
fn unique_ids() {
    let (first, second) = (der(0x81, &[0, 1]), der(0x82, &[0, 2]));
    let mut pieces = good();
    pieces.extensions = [&first[..], &second].concat();
    assert!(Certificate::parse(&pieces.der()).is_ok());
    pieces.version = Vec::new();
    refused(&pieces, &first, Malformed::Version);
    let mut pieces = good();
    pieces.extensions = [&second[..], &first].concat();
    refused(&pieces, &first, Malformed::Trailing);
}
