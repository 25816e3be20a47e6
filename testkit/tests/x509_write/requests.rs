//! Requests of every form.

use crate::rig::Device;
use crate::{Failure, other};
use atecc608::x509::{
    Attribute, AttributeType, Csr, ExtendedKeyUsage, GeneralName, KeyUsage, Name, PemLabel,
};
use atecc608::{PublicKey, Slot};
use embassy_futures::block_on;
use testkit::{openssl, oracle};
use x509_cert::der::{Decode, Encode};
use x509_cert::request::CertReq;

const DIRECTORY: [Attribute<'static>; 1] =
    [Attribute { kind: AttributeType::SerialNumber, value: "eui48 E8EB1B202027" }];

/// OpenSSL and GnuTLS take the request, and not with another byte in what is signed or in the signature; `x509-cert` reads it and
/// writes the same bytes.
fn holds(der: &[u8], key: &PublicKey) -> Result<String, Failure> {
    oracle::request(der)?;
    let request = CertReq::from_der(der)?;
    assert_eq!(request.to_der()?, der);
    assert_eq!(request.info.public_key, other::spki(key)?);
    let message = request.info.to_der()?;
    let start = der.windows(message.len()).position(|window| window == message).expect("what is signed");
    // The last byte of the key, and of the signature.
    let key = der.windows(64).position(|window| window == key.as_bytes()).expect("the key");
    assert!(key > start);
    for changed in [start + 4, der.len() - 1] {
        let mut other = der.to_vec();
        other[changed] ^= 1;
        oracle::request(&other).expect_err("a byte was changed");
    }
    Ok(openssl::request(der)?)
}

#[test]
fn every_form() -> Result<(), Failure> {
    let device = Device::new(1)?;
    let mut chip = device.blocking();
    let name = [
        Attribute { kind: AttributeType::Country, value: "DE" },
        Attribute::organization("Müller & Söhne GmbH"),
        Attribute::common_name("Fühler 7 €"),
    ];
    let subject = Csr::new(Name::Attributes(&name));
    let nobody = Csr::new(Name::Attributes(&[]));
    let hosts = [GeneralName::Dns("sensor-7.example"), GeneralName::Dns("*.example")];
    let uri = [GeneralName::Uri("urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6")];
    let directory = [GeneralName::Directory(Name::Attributes(&DIRECTORY))];
    let all = [hosts[0], uri[0], directory[0]];
    let rfc2253 = "Subject: CN=Fühler 7 €,O=Müller & Söhne GmbH,C=DE";
    for (csr, wanted) in [
        (subject, &[rfc2253, "(none)"][..]),
        (
            subject.with_key_usage(KeyUsage::DIGITAL_SIGNATURE),
            &[rfc2253, "X509v3 Key Usage: critical", "Digital Signature"],
        ),
        (subject.with_key_usage(KeyUsage::all()), &["Key Agreement", "Decipher Only"]),
        (
            subject.with_extended_key_usage(ExtendedKeyUsage::CLIENT_AUTH),
            &["X509v3 Extended Key Usage:", "TLS Web Client Authentication"],
        ),
        (subject.with_alternative_names(&hosts), &["DNS:sensor-7.example, DNS:*.example"]),
        (subject.with_alternative_names(&uri), &["URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]),
        (subject.with_alternative_names(&directory), &["DirName:", "eui48 E8EB1B202027"]),
        (nobody.with_alternative_names(&hosts), &["X509v3 Subject Alternative Name: critical"]),
        (
            subject
                .with_alternative_names(&all)
                .with_key_usage(KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_AGREEMENT)
                .with_extended_key_usage(ExtendedKeyUsage::all()),
            &[
                "Digital Signature, Key Agreement",
                "TLS Web Server Authentication, TLS Web Client Authentication",
                "DNS:sensor-7.example, URI:urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6, DirName:",
            ],
        ),
    ] {
        let mut buffer = vec![0; csr.max_der_len()];
        let der = chip.sign_csr(Slot::S0, &csr, &mut buffer)?;
        let said = holds(der, &device.key)?;
        for part in wanted {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
    Ok(())
}

#[test]
fn every_attribute() -> Result<(), Failure> {
    let device = Device::new(1)?;
    let mut chip = device.blocking();
    let attributes: Vec<_> = other::kinds()
        .map(|kind| Attribute { kind, value: if kind == AttributeType::Country { "AT" } else { "abc" } })
        .collect();
    let csr = Csr::new(Name::Attributes(&attributes));
    let mut buffer = vec![0; csr.max_der_len()];
    let der = chip.sign_csr(Slot::S0, &csr, &mut buffer)?;
    let text = holds(der, &device.key)?;
    for short in [
        "CN",
        "SN",
        "serialNumber",
        "L",
        "ST",
        "O",
        "OU",
        "title",
        "GN",
        "dnQualifier",
        "pseudonym",
        "UID",
        "DC",
    ] {
        assert!(text.contains(&format!("{short}=abc")), "{short}: {text}");
    }
    assert!(text.contains("C=AT") && text.contains("emailAddress=abc"), "{text}");
    assert_eq!(CertReq::from_der(der)?.info.subject, other::name(&attributes)?);
    Ok(())
}

/// The facts of other people's requests.
#[test]
fn a_common_name_of_20_characters() -> Result<(), Failure> {
    let device = Device::new(1)?;
    let mut chip = device.blocking();
    let name = [Attribute::common_name("0123a23f29f9366a01ee")];
    let csr = Csr::new(Name::Attributes(&name));
    let mut lengths = [0; 256];
    for _ in 0..100 {
        let mut buffer = [0; 222];
        let der = chip.sign_csr(Slot::S0, &csr, &mut buffer)?;
        lengths[der.len()] += 1;
        assert!(der.windows(4).any(|window| window == [0xA0, 0x00, 0x30, 0x0A]), "the empty attributes");
    }
    let usual: usize = lengths[220..=222].iter().sum();
    assert!(usual >= 90 && lengths[223..].iter().all(|n| *n == 0), "{lengths:?}");
    Ok(())
}

/// What is hashed is a multiple of 64 bytes long, and one byte more and less.
#[test]
fn the_end_of_the_hash_is_empty() -> Result<(), Failure> {
    let device = Device::new(1)?;
    let mut chip = device.blocking();
    let text = "x".repeat(64);
    let mut hit = 0;
    for len in 1..=64 {
        let name = [Attribute::common_name(&text[..len])];
        let csr = Csr::new(Name::Attributes(&name));
        let mut buffer = vec![0; csr.max_der_len()];
        let hashed = csr.write(&device.key, &mut buffer)?.message().len();
        if (hashed + 1) % 64 <= 2 {
            holds(chip.sign_csr(Slot::S0, &csr, &mut buffer)?, &device.key)?;
            hit += usize::from(hashed % 64 == 0);
        }
    }
    assert_eq!(hit, 1);
    Ok(())
}

#[test]
fn pem_and_async() -> Result<(), Failure> {
    let device = Device::new(1)?;
    let mut chip = device.asynch();
    let name = [Attribute::common_name("sensor-7")];
    let csr = Csr::new(Name::Attributes(&name));
    let (mut der, mut pem) = (vec![0; csr.max_der_len()], vec![0; csr.max_pem_len()]);
    let pem = block_on(chip.sign_csr_pem(Slot::S0, &csr, &mut der, &mut pem))?;
    let (label, read) = x509_cert::der::pem::decode_vec(pem.as_bytes()).map_err(|error| error.to_string())?;
    assert_eq!(label, "CERTIFICATE REQUEST");
    holds(&read, &device.key)?;
    let mut again = [0; 300];
    assert_eq!(PemLabel::CertificateRequest.decode(pem.as_bytes(), &mut again)?, read);
    Ok(())
}
