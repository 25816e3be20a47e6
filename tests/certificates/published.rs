//! A real Trust&GO chip, and values from real chips that others have published.

use crate::common::{device, device_parts, signer, signer_parts};
use atecc608::x509::{
    AlternativeName, Attributes, BasicConstraints, Certificate, CertificateSerial, Compressed, DateTime,
    Dates, Error, KeyUsage, Oid, P256, Parts, SerialSource, SignerId, Term,
};
use atecc608::{PublicKey, SerialNumber, Signature};
use testkit::{bytes, published};

const ROOM: usize = 560;

#[test]
fn the_device_certificate_is_rebuilt_and_compressed_byte_by_byte() {
    let example = published::device();
    let template = device(&example);
    assert_eq!(template.check(), Ok(()));
    let compressed = Compressed::from_bytes(published::slot_10());
    let mut buffer = [0; ROOM];
    let rebuilt = template.rebuild(&compressed, &device_parts(), &mut buffer).unwrap();
    let certificate = rebuilt.verify(&P256).unwrap();
    assert_eq!(certificate.der(), published::device());
    assert_eq!(certificate.der().len(), 547);
    assert_eq!(certificate.sha256(), *bytes(published::DEVICE_SHA256));
    let signer = SignerId(published::SIGNER_ID);
    let again = template.compress(certificate.der(), signer, &device_parts()).unwrap();
    assert_eq!(again.as_bytes(), &published::slot_10());
}

#[test]
fn the_signer_certificate_is_rebuilt_and_compressed_byte_by_byte() {
    let example = published::signer();
    let template = signer(&example);
    assert_eq!(template.check(), Ok(()));
    let compressed = Compressed::from_bytes(published::slot_12());
    let mut buffer = [0; ROOM];
    let rebuilt = template.rebuild(&compressed, &signer_parts(), &mut buffer).unwrap();
    let certificate = rebuilt.verify(&P256).unwrap();
    assert_eq!(certificate.der(), published::signer());
    assert_eq!(certificate.der().len(), 520);
    assert_eq!(certificate.sha256(), *bytes(published::SIGNER_SHA256));
    let signer = SignerId(published::SIGNER_ID);
    let again = template.compress(certificate.der(), signer, &signer_parts()).unwrap();
    assert_eq!(again.as_bytes(), &published::slot_12());
}

/// The example's own key, id, dates and serial number must not matter: the same from examples of other chips.
#[test]
fn another_example_does_as_well() {
    let example = published::device();
    let template = device(&example);
    let other = Parts::new(PublicKey::from_bytes([7; 64]), PublicKey::from_bytes([8; 64]))
        .with_chip_serial(SerialNumber([9; 9]))
        .with_texts(&[b"AABBCCDDEEFF"]);
    let dates = Dates::new(DateTime::new(2031, 1, 2, 3, 0, 0).unwrap(), Term::Forever).unwrap();
    let mut buffer = [0; ROOM];
    let unsigned = template.issue(&other, SignerId(0xABCD), &dates, &mut buffer).unwrap();
    let other = unsigned.finish(&Signature::from_bytes([0x11; 64])).unwrap().to_vec();
    assert!(!published::device().windows(20).all(|window| other.windows(20).any(|other| other == window)));

    let fields = [
        atecc608::x509::Field::signer_id(atecc608::x509::Place::Issuer, "ABCD"),
        atecc608::x509::Field::chip_serial(atecc608::x509::Place::Subject, "090909090909090909"),
        atecc608::x509::Field::text(atecc608::x509::Place::AlternativeNames, "AABBCCDDEEFF"),
    ];
    let template =
        atecc608::x509::Template::new(&other, 3, 0, SerialSource::PublicKeyHash).with_fields(&fields);
    let mut buffer = [0; ROOM];
    let compressed = Compressed::from_bytes(published::slot_10());
    let rebuilt = template.rebuild(&compressed, &device_parts(), &mut buffer).unwrap();
    assert_eq!(rebuilt.verify(&P256).unwrap().der(), published::device());
}

#[test]
fn the_chain_holds_up_to_the_root() {
    let (device, signer, root) = (published::device(), published::signer(), published::root());
    let [device, signer, root] = [&device, &signer, &root].map(|der| Certificate::parse(der).unwrap());
    let key = |certificate: &Certificate<'_>| certificate.public_key().unwrap();
    device.verify(&key(&signer), &P256).unwrap();
    signer.verify(&key(&root), &P256).unwrap();
    root.verify(&key(&root), &P256).unwrap();
    for (certificate, other) in [(&device, &root), (&signer, &signer), (&root, &signer), (&device, &device)] {
        assert_eq!(certificate.verify(&key(other), &P256), Err(Error::NotVerified));
    }
    assert_eq!((device.issuer(), signer.issuer()), (signer.subject(), root.subject()));
    assert_eq!(root.sha256(), *bytes(published::ROOT_SHA256));
    assert_eq!(root.sha1(), *bytes("07fb4a803cbd0cb5aa54011242b36af39a63aeea"));
}

#[test]
fn names_dates_serial_numbers_and_keys() {
    let (device, signer, root) = (published::device(), published::signer(), published::root());
    let [device, signer, root] = [&device, &signer, &root].map(|der| Certificate::parse(der).unwrap());
    assert_eq!(device.common_name(), Some("sn0123A23F29F9366A01"));
    assert_eq!(signer.common_name(), Some("Crypto Authentication Signer 2C00"));
    assert_eq!(root.common_name(), Some("Crypto Authentication Root CA 002"));
    for (certificate, serial, from, to) in [
        (&device, "5f235abdb72bed34b43772e79d40c11c", "2020-11-11T04:00:00Z", "2048-11-11T04:00:00Z"),
        (&signer, "71061238bda3c0169da2e601935b996b", "2018-12-14T20:00:00Z", "2049-12-14T20:00:00Z"),
        (&root, "77d36d956ec8ae6205e58e3acb985a81", "2018-11-08T19:12:19Z", "2058-11-08T19:12:19Z"),
    ] {
        assert_eq!(certificate.serial(), bytes(serial));
        let validity = certificate.validity().unwrap();
        assert_eq!((&*validity.not_before.to_string(), &*validity.not_after.to_string()), (from, to));
        assert_eq!(certificate.version(), 3);
    }
    let keys = [published::device_key(), published::signer_key(), published::root_key()];
    let ids = [published::DEVICE_KEY_ID, published::SIGNER_KEY_ID, published::ROOT_KEY_ID];
    let issuers = [published::SIGNER_KEY_ID, published::ROOT_KEY_ID, published::ROOT_KEY_ID];
    for (((certificate, key), id), issuer) in [device, signer, root].iter().zip(keys).zip(ids).zip(issuers) {
        let key = PublicKey::from_bytes(key);
        assert_eq!(certificate.public_key(), Ok(key));
        assert_eq!(key.key_id().to_string(), id);
        assert_eq!(certificate.subject_key_id(), Some(&bytes(id)[..]));
        assert_eq!(certificate.authority_key_id(), Some(&bytes(issuer)[..]));
    }
}

#[test]
fn extensions() {
    let (device, signer, root) = (published::device(), published::signer(), published::root());
    let [device, signer, root] = [&device, &signer, &root].map(|der| Certificate::parse(der).unwrap());
    let no_ca = BasicConstraints { ca: false, path_len: None };
    assert_eq!(device.basic_constraints(), Some(no_ca));
    assert_eq!(signer.basic_constraints(), Some(BasicConstraints { ca: true, path_len: Some(0) }));
    assert_eq!(root.basic_constraints(), Some(BasicConstraints { ca: true, path_len: None }));
    assert_eq!(device.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT));
    let signs = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
    assert_eq!((signer.key_usage(), root.key_usage()), (Some(signs), None));
    assert!([device, signer, root].iter().all(|certificate| certificate.extended_key_usage().is_none()));
    assert!([signer, root].iter().all(|certificate| certificate.alternative_names().next().is_none()));
    let oids: Vec<_> = device.extensions().map(|e| (e.oid.to_string(), e.critical)).collect();
    let wanted = [(17, false), (19, true), (15, true), (14, false), (35, false)];
    assert_eq!(oids, wanted.map(|(last, critical)| (format!("2.5.29.{last}"), critical)));

    // A PrintableString that holds `_`.
    let names: Vec<_> = device.alternative_names().collect();
    let [AlternativeName::Directory(name)] = names[..] else { panic!("{names:?}") };
    let attributes: Vec<_> = Attributes::parse(name).unwrap().collect();
    let [eui] = attributes[..] else { panic!("{attributes:?}") };
    assert_eq!((eui.oid, eui.tag, eui.text()), (Oid::SERIAL_NUMBER, 0x13, Some("eui48_E8EB1B202027")));
    assert_eq!(device.range_of(eui.value).unwrap().end, 355 + 12);
}

/// Where Microchip's template has these parts.
#[test]
fn ranges_of_the_der() {
    let der = published::device();
    let device = Certificate::parse(&der).unwrap();
    let start = |part: &[u8]| device.range_of(part).unwrap().start;
    assert_eq!(start(device.der()), 0);
    assert_eq!(start(device.tbs()), 4);
    assert_eq!(device.tbs().len(), 457);
    assert_eq!(start(device.serial()), 15);
    assert_eq!(start(device.public_key_info()) + 27, 253);
    assert_eq!(start(device.subject_key_id().unwrap()), 408);
    assert_eq!(start(device.authority_key_id().unwrap()), 441);
    assert_eq!(device.range_of(&der.clone()), None);
}

/// A certificate of a real chip, whose signature was not published: its key, dates and serial number.
fn real(key: &str, dates: Dates, serial: &str) -> PublicKey {
    let key = PublicKey::from_bytes(bytes(key).try_into().unwrap());
    let nobody = Signature::from_bytes([0; 64]);
    let source = SerialSource::PublicKeyHash;
    let compressed = Compressed::new(&nobody, &dates, SignerId(0), 3, 0, source).unwrap();
    let made = CertificateSerial::new(&compressed, 16, &Parts::new(key, key)).unwrap();
    assert_eq!(made.as_bytes(), bytes(serial));
    assert_eq!(made.as_der(), bytes(serial));
    key
}

/// MicrochipTech/cryptoauthlib, issue 328: an ATECC608A with template 3.
#[test]
fn values_of_cryptoauthlib_328() {
    let dates = Dates::new(DateTime::new(2021, 7, 29, 17, 0, 0).unwrap(), Term::Years(28)).unwrap();
    let nobody = Signature::from_bytes([0; 64]);
    let compressed =
        Compressed::new(&nobody, &dates, SignerId(0), 3, 0, SerialSource::PublicKeyHash).unwrap();
    assert_eq!(compressed.as_bytes()[64..67], bytes("abf63c"));
    let key = real(
        "692f42726ab02203cd67eccf8bbcfab16fe233c80e9ee3fc6c403b14d5723a17\
         76769bf0dc5286a3b498f2754c073274d36f0e852d27edb4bdc0ac0fb6a6770b",
        dates,
        "78135f9ea369c828bf0fcc824e5c6ca4",
    );
    assert_eq!(key.key_id().to_string(), "8f283373583e153002422be807e45e546b1ab728");
}

/// MicrochipTech/cryptoauthlib, issue 410: template 2.
#[test]
fn values_of_cryptoauthlib_410() {
    let dates = Dates::new(DateTime::new(2019, 3, 1, 2, 0, 0).unwrap(), Term::Years(28)).unwrap();
    real(
        "4fcc2deedba2eb0515c001701f947d9ddb1c0403caa93622ea43810368a4e6c5\
         5732f4cb7104e754ffb123aee33c174c71a2d987c71d6bddcfb018feb6bc36db",
        dates,
        "5f7287ca6115ae16b8d0cd9cfaf461dc",
    );
}
