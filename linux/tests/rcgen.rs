//! rcgen with the key of a simulated chip; OpenSSL and GnuTLS say what came of it.
#![cfg(target_os = "linux")]

use atecc608::{Address, Slot, Status};
use atecc608_linux::SharedChip;
use atecc608_linux::rcgen::ChipKeyPair;
use atecc608_sim::preset::Preset;
use atecc608_sim::{Bus, ChipId};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, Error, IsCa, Issuer,
    KeyUsagePurpose, PublicKeyData, SigningKey,
};
use testkit::{openssl, oracle};

fn chip(preset: Preset) -> (Bus, SharedChip) {
    let bus = Bus::new();
    bus.add(preset.chip(3));
    let chip = SharedChip::on_simulator(&bus, Address::from_7bit(preset.address()).unwrap());
    (bus, chip)
}

fn key(preset: Preset) -> (Bus, ChipKeyPair) {
    let (bus, chip) = chip(preset);
    (bus, ChipKeyPair::new(chip, Slot::S0).unwrap())
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn root(key: &ChipKeyPair) -> (CertificateParams, Certificate) {
    let mut params = named("Root");
    params.subject_alt_names.clear();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.key_identifier_method = key.key_id();
    let certificate = params.self_signed(key).unwrap();
    (params, certificate)
}

/// As OpenSSL prints a key identifier.
fn printed(key: &ChipKeyPair) -> String {
    let digits = key.public_key().key_id().to_string().to_uppercase();
    let pairs: Vec<_> = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap()).collect();
    pairs.join(":")
}

#[test]
fn a_request() {
    let (bus, key) = key(Preset::TngTls);
    let before = signatures(&bus);
    let request = named("sensor-1").serialize_request(&key).unwrap();
    assert_eq!(signatures(&bus), before + 1);
    oracle::request(request.der()).unwrap();
    let text = openssl::request(request.der()).unwrap();
    assert!(text.contains("Subject: CN=sensor-1") && text.contains("DNS:sensor-1"), "{text}");
    assert!(text.contains("ASN1 OID: prime256v1") && text.contains("ecdsa-with-SHA256"), "{text}");
}

#[test]
fn a_root_with_the_key_identifier_of_rfc_5280() {
    let (bus, key) = key(Preset::DemoSigner);
    let before = signatures(&bus);
    let (_, root) = root(&key);
    assert_eq!(signatures(&bus), before + 1);
    oracle::certificate(root.der()).unwrap();
    oracle::chain(&[root.der()]).unwrap();
    let text = openssl::certificate(root.der()).unwrap();
    assert!(text.contains(&format!("Subject Key Identifier: \n                {}", printed(&key))), "{text}");
}

#[test]
fn a_device_issued_by_one_chip_for_the_key_of_another() {
    let ((_, authority), (_, device)) = (key(Preset::DemoSigner), key(Preset::TngTls));
    let (params, root) = root(&authority);
    let id = printed(&authority);
    let mut wanted = named("sensor-1");
    wanted.key_identifier_method = device.key_id();
    wanted.is_ca = IsCa::ExplicitNoCa;
    wanted.use_authority_key_identifier_extension = true;
    let certificate = wanted.signed_by(&device, &Issuer::new(params, authority)).unwrap();
    oracle::certificate(certificate.der()).unwrap();
    oracle::chain(&[certificate.der(), root.der()]).unwrap();
    let text = openssl::certificate(certificate.der()).unwrap();
    for (what, id) in [("Authority", id), ("Subject", printed(&device))] {
        assert!(text.contains(&format!("{what} Key Identifier: \n                {id}")), "{text}");
    }
    // As the driver reads it, which keeps such certificates on chips.
    let read = atecc608::x509::Certificate::parse(certificate.der()).unwrap();
    assert_eq!(read.public_key(), Ok(device.public_key()));
    assert_eq!(read.subject_key_id(), Some(&device.public_key().key_id().as_bytes()[..]));
}

#[test]
fn the_key_as_rcgen_sees_it() {
    let (_, key) = key(Preset::TngTls);
    assert_eq!(key.der_bytes(), key.public_key().to_sec1());
    assert_eq!(key.algorithm(), &rcgen::PKCS_ECDSA_P256_SHA256);
    assert_eq!(key.subject_public_key_info(), key.public_key().to_spki_der());
}

#[test]
fn a_chip_that_fails() {
    let (bus, key) = key(Preset::TngTls);
    assert!(key.take_failure().is_none());
    bus.remove(ChipId::FIRST);
    assert_eq!(named("sensor-1").serialize_request(&key).unwrap_err(), Error::RemoteKeyError);
    let failure = key.take_failure().unwrap();
    assert!(failure.is_gone() && failure.to_string().contains("asked to sign with slot 0"), "{failure}");
    assert!(key.take_failure().is_none(), "it is handed out once");
    assert!(ChipKeyPair::new(chip_of(&bus), Slot::S0).unwrap_err().is_gone());

    bus.replace(ChipId::FIRST, Preset::TngTls.chip(3));
    named("sensor-1").serialize_request(&key).unwrap();
    assert!(key.take_failure().is_none());

    // One that wants an authorisation first.
    let (_, chip) = chip(Preset::NervesKeyVolatile);
    let key = ChipKeyPair::new(chip, Slot::S0).unwrap();
    assert_eq!(key.sign(b"message").unwrap_err(), Error::RemoteKeyError);
    assert_eq!(key.take_failure().unwrap().refusal(), Some(Status::Execution));
}

fn chip_of(bus: &Bus) -> SharedChip {
    SharedChip::on_simulator(bus, Address::from_7bit(Preset::TngTls.address()).unwrap())
}

/// How often Sign was executed.
fn signatures(bus: &Bus) -> usize {
    bus.with_chip(ChipId::FIRST, |chip| {
        chip.executed().iter().filter(|executed| executed.opcode == 0x41).count()
    })
}
