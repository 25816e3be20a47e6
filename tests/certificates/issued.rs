//! What this crate writes, it reads.

use crate::common::finish;
use atecc608::PublicKey;
use atecc608::x509::{
    AlternativeName, Attribute, AttributeType, Attributes, BasicConstraints, Certificate, DateTime, Error,
    GeneralName, KeyUsage, Name, Oid, P256, Profile, TbsCertificate, Validity,
};
use testkit::{known_public_key, published};

fn validity(year: u16) -> Validity {
    let at = |year| DateTime::new(year, 12, 31, 23, 59, 58).unwrap();
    Validity { not_before: at(year), not_after: at(year + 1) }
}

#[test]
fn a_device() {
    let kinds = [
        (AttributeType::Country, "DE"),
        (AttributeType::Organization, "Größe"),
        (AttributeType::SerialNumber, "0123"),
        (AttributeType::CommonName, "sensor-7"),
    ];
    let attributes = kinds.map(|(kind, value)| Attribute { kind, value });
    let directory = [Attribute::common_name("other")];
    let names = [
        GeneralName::Dns("sensor-7.example"),
        GeneralName::Uri("urn:sensor:7"),
        GeneralName::Directory(Name::Attributes(&directory)),
    ];
    let (signer, device) = (known_public_key(), PublicKey::from_bytes(published::device_key()));
    let root = published::root();
    let root = Certificate::parse(&root).unwrap();
    for year in [1950, 2024, 2048, 2049, 2050, 9998] {
        let tbs = TbsCertificate {
            serial: &[0xF1, 2, 3],
            issuer: Name::Der(root.subject()),
            validity: validity(year),
            subject: Name::Attributes(&attributes),
            subject_key: device,
            issuer_key: signer,
            profile: Profile::DEVICE,
            alternative_names: &names,
        };
        let mut buffer = [0; 800];
        let (der, signature) = finish(tbs.write(&mut buffer).unwrap());
        let certificate = Certificate::parse(&der).unwrap();
        certificate.verify(&signer, &P256).unwrap();
        assert_eq!(certificate.verify(&device, &P256), Err(Error::NotVerified));
        assert_eq!(certificate.signature(), Ok(signature));
        assert_eq!(certificate.serial(), [0, 0xF1, 2, 3]);
        assert_eq!(certificate.validity(), Ok(validity(year)));
        assert_eq!(certificate.issuer(), root.subject());
        let texts: Vec<_> = certificate.subject_attributes().map(|part| part.text().unwrap()).collect();
        assert_eq!(texts, kinds.map(|(_, text)| text));
        assert_eq!(certificate.common_name(), Some("sensor-7"));
        assert_eq!(certificate.public_key(), Ok(device));
        assert_eq!(certificate.subject_key_id(), Some(&device.key_id().as_bytes()[..]));
        assert_eq!(certificate.authority_key_id(), Some(&signer.key_id().as_bytes()[..]));
        assert_eq!(certificate.key_usage(), Some(KeyUsage::DIGITAL_SIGNATURE));
        assert_eq!(certificate.basic_constraints(), Some(BasicConstraints { ca: false, path_len: None }));
        assert!(certificate.extended_key_usage().unwrap().eq([Oid::CLIENT_AUTH]));
        let found: Vec<_> = certificate.alternative_names().collect();
        let [AlternativeName::Dns(dns), AlternativeName::Uri(uri), AlternativeName::Directory(name)] =
            found[..]
        else {
            panic!("{found:?}")
        };
        assert_eq!((dns, uri), ("sensor-7.example", "urn:sensor:7"));
        assert!(Attributes::parse(name).unwrap().all(|part| part.text() == Some("other")));
    }
}

#[test]
fn signers() {
    let key = known_public_key();
    let attributes = [Attribute::common_name("root")];
    for path_len in [None, Some(0), Some(1), Some(127), Some(128), Some(255)] {
        for also in [KeyUsage::empty(), KeyUsage::DIGITAL_SIGNATURE, KeyUsage::all()] {
            let profile = Profile::Signer { path_len, also };
            let name = Name::Attributes(&attributes);
            let tbs = TbsCertificate::self_signed(&[1], name, validity(2030), key, profile);
            let mut buffer = [0; 600];
            let (der, _) = finish(tbs.write(&mut buffer).unwrap());
            let certificate = Certificate::parse(&der).unwrap();
            certificate.verify(&key, &P256).unwrap();
            assert_eq!(certificate.basic_constraints(), Some(BasicConstraints { ca: true, path_len }));
            let signs = KeyUsage::KEY_CERT_SIGN | KeyUsage::CRL_SIGN;
            assert_eq!(certificate.key_usage(), Some(signs | also));
            assert!(certificate.extended_key_usage().is_none());
            assert_eq!(certificate.issuer(), certificate.subject());
        }
    }
}
