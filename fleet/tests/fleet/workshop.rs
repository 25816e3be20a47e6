//! What the tests work with: keys that are always the same, certificates, stations and chips.

use atecc608::blocking::{Atecc608, CertificateSigner};
use atecc608::irreversible::{NoMoreConfigWrites, NoMoreFreeDataWrites};
use atecc608::x509::{DateTime, SignerId};
use atecc608::{PublicKey, SerialNumber};
use atecc608_fleet::authority::{Certificates, Issuer, Kind, Names, manifest_certificate};
use atecc608_fleet::chain::Roots;
use atecc608_fleet::manifest::{Device, Key, Party, PublicData, SigningCertificate, Zone};
use atecc608_fleet::report::Report;
use atecc608_fleet::station::{About, Outcome, Station};
use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use p256::ecdsa::SigningKey;
use std::path::Path;

pub(crate) type SoftwareStation = Station<SigningKey, SigningKey>;

/// A key, not a secret one.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 32]).unwrap()
}

pub(crate) fn public(number: u8) -> PublicKey {
    CertificateSigner::public_key(&key(number))
}

pub(crate) const ROOT: u8 = 1;
pub(crate) const SIGNER: u8 = 2;
pub(crate) const MANIFEST_SIGNER: u8 = 3;
pub(crate) const DEVICE: u8 = 4;

pub(crate) fn clock() -> DateTime {
    DateTime::new(2024, 7, 15, 12, 34, 56).unwrap()
}

pub(crate) fn names() -> Names {
    Names { organization: "Test".to_owned(), root: "Test Root".to_owned(), signer: "Test Signer".to_owned() }
}

/// Root, and a signer with this key.
pub(crate) fn certificates_of(signer_key: PublicKey) -> Certificates {
    Certificates::make(&mut key(ROOT), signer_key, &names(), SignerId(0xBEEF), Kind::default(), clock())
        .unwrap()
}

pub(crate) fn certificates() -> Certificates {
    certificates_of(public(SIGNER))
}

pub(crate) fn roots() -> Roots {
    certificates().roots().unwrap()
}

/// The certificate of a key that signs manifests.
pub(crate) fn signing_certificate(number: u8) -> SigningCertificate {
    let der = manifest_certificate(&mut key(number), "Test", "Manifest Signer", clock()).unwrap();
    SigningCertificate::from_der(&der).unwrap()
}

pub(crate) fn serial(last: u8) -> SerialNumber {
    SerialNumber([0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, last, 0xEE])
}

/// A device with a certificate for [`DEVICE`], and all members that there are.
pub(crate) fn device(last: u8) -> Device {
    let mut issuer = Issuer::new(key(SIGNER), certificates()).unwrap();
    let issued = issuer.issue(serial(last), &public(DEVICE), clock()).unwrap();
    let chain = [issuer.certificates().signer(), issuer.certificates().root()].map(<[u8]>::to_vec);
    let certificates = std::iter::once(issued.certificate).chain(chain).collect();
    Device {
        serial: serial(last),
        model: "ATECC608B".to_owned(),
        part_number: "TEST-1".to_owned(),
        manufacturer: Party::new("Microchip Technology Inc"),
        provisioner: Party { organization: "Test".to_owned(), unit: Some("Line 1".to_owned()) },
        distributor: Party::new("Test"),
        group: Some("LOT7".to_owned()),
        provisioned: clock(),
        revision: Some("00006003".to_owned()),
        keys: vec![
            Key { slot: 0, public_key: public(DEVICE), certificates },
            Key { slot: 1, public_key: public(5), certificates: Vec::new() },
        ],
        public_data: vec![
            PublicData { zone: Zone::Data, slot: Some(5), offset: 0, data: b"E8EB1B202027".to_vec() },
            PublicData { zone: Zone::Otp, slot: None, offset: 0, data: vec![0xFF; 8] },
        ],
    }
}

pub(crate) fn about() -> About {
    About {
        station: "station 7".to_owned(),
        operator: "somebody".to_owned(),
        part_number: "TEST-1".to_owned(),
        manufacturer: Party::new("Microchip Technology Inc"),
        provisioner: Party::new("Test"),
        distributor: Party::new("Test"),
        group: None,
    }
}

/// A station with a signer in software.
pub(crate) fn station(report: &Path) -> SoftwareStation {
    station_with(report, key(SIGNER))
}

/// A station with this signer.
pub(crate) fn station_with<S: CertificateSigner<Error: std::fmt::Display>>(
    report: &Path,
    signer: S,
) -> Station<S, SigningKey> {
    let issuer = Issuer::new(signer, certificates()).unwrap();
    let report = Report::open(report).unwrap();
    let certificate = signing_certificate(MANIFEST_SIGNER);
    Station::open(report, issuer, key(MANIFEST_SIGNER), certificate, about(), clock).unwrap()
}

/// Puts a chip in.
pub(crate) fn put_in<S, I, D>(station: &mut Station<S, SigningKey>, i2c: I, delay: D) -> Outcome
where
    S: CertificateSigner<Error: std::fmt::Display>,
    I: I2c,
    D: DelayNs,
{
    let mut chip = Atecc608::new(i2c, delay);
    station.provision(&mut chip, NoMoreConfigWrites, NoMoreFreeDataWrites).unwrap()
}

/// The devices of a station's manifest, all of which are verified.
pub(crate) fn devices<S: CertificateSigner<Error: std::fmt::Display>>(
    station: &Station<S, SigningKey>,
) -> Vec<Device> {
    let manifest = station.report().manifest().unwrap().to_string();
    let manifest = atecc608_fleet::manifest::Manifest::parse(manifest.as_bytes()).unwrap();
    let roots = station.issuer().unwrap().certificates().roots().unwrap();
    manifest.verify(&[signing_certificate(MANIFEST_SIGNER)], &roots).unwrap().all().to_vec()
}
