//! Extensions.

use super::{good, refused, with};
use crate::common::{der, extension, name, sequence};
use atecc608::x509::{AlternativeName, BasicConstraints, Certificate, Error, KeyUsage, Malformed, Oid};

#[test]
fn extensions_as_a_list() {
    let basic = extension(19, true, &sequence(&[]));
    let twice = good().with_extensions(&[basic.clone(), extension(1, false, b"x"), basic.clone()]);
    let der_bytes = twice.der();
    let second = der_bytes.windows(basic.len()).rposition(|part| part == basic).unwrap();
    let why = Malformed::DuplicateExtension;
    assert_eq!(Certificate::parse(&der_bytes).unwrap_err(), Error::Malformed { offset: second, why });

    let none = good().with_extensions(&[]);
    refused(&none, &der(0x30, &[]), Malformed::Empty);
    let said = sequence(&[&der(0x06, &[0x55, 0x1D, 0x13]), &der(0x01, &[0]), &der(0x04, &sequence(&[]))]);
    refused(&with(&said), &der(0x01, &[0]), Malformed::Boolean);
    let odd = sequence(&[&der(0x06, &[0x55, 0x1D, 0x13]), &der(0x01, &[1]), &der(0x04, &sequence(&[]))]);
    refused(&with(&odd), &der(0x01, &[1]), Malformed::Boolean);
    let unknown = with(&extension(99, true, b"anything"));
    let der_bytes = unknown.der();
    let certificate = Certificate::parse(&der_bytes).unwrap();
    let extension = certificate.extensions().next().unwrap();
    assert_eq!(
        (&*extension.oid.to_string(), extension.critical, extension.value),
        ("2.5.29.99", true, &b"anything"[..])
    );
    assert_eq!(certificate.extension(Oid::KEY_USAGE).map(|_| ()), None);
}

#[test]
fn basic_constraints() {
    let (yes, no) = (der(0x01, &[0xFF]), der(0x01, &[0]));
    let len = |content: &[u8]| der(0x02, content);
    let found = |content: &[u8]| {
        let der = with(&extension(19, true, content)).der();
        Certificate::parse(&der).map(|certificate| certificate.basic_constraints().expect("they are there"))
    };
    for (content, ca, path_len) in [
        (sequence(&[]), false, None),
        (sequence(&[&yes]), true, None),
        (sequence(&[&yes, &len(&[0])]), true, Some(0)),
        (sequence(&[&yes, &len(&[0x7F])]), true, Some(0x7F)),
        (sequence(&[&yes, &len(&[0, 0xFF])]), true, Some(0xFF)),
        (sequence(&[&yes, &len(&[1, 0])]), true, Some(0xFF)),
        (sequence(&[&len(&[3])]), false, Some(3)),
    ] {
        assert_eq!(found(&content), Ok(BasicConstraints { ca, path_len }), "{content:x?}");
    }
    for (content, wrong, why) in [
        (sequence(&[&no]), &no, Malformed::Boolean),
        (sequence(&[&yes, &len(&[0xFF])]), &len(&[0xFF]), Malformed::Integer),
        (sequence(&[&yes, &len(&[0, 1])]), &len(&[0, 1]), Malformed::Integer),
        (sequence(&[&yes, &yes]), &yes, Malformed::Trailing),
    ] {
        let der = with(&extension(19, true, &content)).der();
        let offset = der.windows(wrong.len()).rposition(|part| part == *wrong).unwrap();
        assert_eq!(found(&content), Err(Error::Malformed { offset, why }), "{content:x?}");
    }
    let twice = [sequence(&[]), sequence(&[])].concat();
    let refused = found(&twice).unwrap_err();
    assert!(matches!(refused, Error::Malformed { why: Malformed::Trailing, .. }));
}

#[test]
fn key_usages() {
    let found = |content: &[u8]| {
        let der = with(&extension(15, true, &der(0x03, content))).der();
        Certificate::parse(&der).map(|certificate| certificate.key_usage().expect("it is there"))
    };
    let device = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT;
    let all = KeyUsage::all();
    let usages =
        [(&[7, 0x80][..], KeyUsage::DIGITAL_SIGNATURE), (&[3, 0x88], device), (&[7, 0xFF, 0x80], all)];
    for (content, usage) in usages {
        assert_eq!(found(content), Ok(usage));
    }
    // Bits that are not said to be odd, too few, too many.
    for content in [&[][..], &[0], &[7, 0x88], &[0, 0x80], &[8, 0x80], &[7, 0], &[7, 0x80, 0], &[0, 1, 1, 1]]
    {
        let refused = found(content).unwrap_err();
        assert!(matches!(refused, Error::Malformed { why: Malformed::BitString, .. }), "{content:x?}");
    }
}

#[test]
fn other_usages_and_ids() {
    let client = der(0x06, &[0x2B, 6, 1, 5, 5, 7, 3, 2]);
    let usages = with(&extension(37, false, &sequence(&[&client]))).der();
    let usages = Certificate::parse(&usages).unwrap();
    assert!(usages.extended_key_usage().unwrap().eq([Oid::CLIENT_AUTH]));
    for (number, value) in [
        (37, sequence(&[])),
        (37, sequence(&[&der(0x02, &[1])])),
        (37, client),
        (17, sequence(&[])),
        (17, sequence(&[&der(0x0C, b"x")])),
        (17, sequence(&[&der(0xA4, &name(3, 0x0C, "x")[1..])])),
        (17, sequence(&[&der(0x82, &[0xC3, 0xB6])])),
        (14, der(0x0C, b"x")),
        (14, Vec::new()),
        (35, der(0x80, &[1; 20])),
    ] {
        let der = with(&extension(number, false, &value)).der();
        assert!(matches!(Certificate::parse(&der), Err(Error::Malformed { .. })), "{number} {value:x?}");
    }
    // Issuer and serial number beside the id, and no id at all.
    let issuer = der(0xA1, &der(0xA4, &name(3, 0x0C, "x")));
    for (parts, id) in [
        (sequence(&[&der(0x80, &[1; 20]), &issuer, &der(0x82, &[5])]), Some(&[1; 20][..])),
        (sequence(&[&issuer, &der(0x82, &[5])]), None),
        (sequence(&[]), None),
    ] {
        let der = with(&extension(35, false, &parts)).der();
        assert_eq!(Certificate::parse(&der).unwrap().authority_key_id(), id);
    }
}

#[test]
fn alternative_names() {
    let directory = name(5, 0x13, "a_b");
    let names = sequence(&[
        &der(0x82, b"host.example"),
        &der(0x86, b"urn:x"),
        &der(0xA4, &directory),
        &der(0x81, b"a@b"),
        &der(0x87, &[10, 0, 0, 1]),
        &der(0x88, &[0x2B]),
    ]);
    let der_bytes = with(&extension(17, false, &names)).der();
    let certificate = Certificate::parse(&der_bytes).unwrap();
    let found: Vec<_> = certificate.alternative_names().collect();
    let wanted = [
        AlternativeName::Dns("host.example"),
        AlternativeName::Uri("urn:x"),
        AlternativeName::Directory(&directory),
        AlternativeName::Email("a@b"),
        AlternativeName::Ip(&[10, 0, 0, 1]),
        AlternativeName::Other { tag: 0x88, value: &[0x2B] },
    ];
    assert_eq!(found, wanted);
}
