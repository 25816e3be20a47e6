//! A real ATECC608B-TNGTLS, byte by byte.

use crate::rig::{Rig, demo};
use atecc608::asynch;
use atecc608::x509::trust::{self, HardwareAddress, OtpCode, Part, Trust, TrustError};
use atecc608::x509::{Certificate, Error, KeyId, P256, SignerId};
use atecc608::{Address, BufferTooSmall, PublicKey, SerialNumber};
use atecc608_sim::preset::Preset;
use testkit::{bytes, published};

#[test]
fn its_certificates_are_those_that_microchip_issued() {
    let mut rig = Rig::published();
    let (identity, [device, signer]) = rig.read(&trust::MICROCHIP).unwrap();
    assert_eq!((device.len(), device), (547, published::device()));
    assert_eq!((signer.len(), signer), (520, published::signer()));
    assert_eq!((identity.part, identity.signer), (Part::TngTls, SignerId(published::SIGNER_ID)));
    assert_eq!(identity.serial, SerialNumber(published::SERIAL));
    assert_eq!(identity.address, HardwareAddress::from_digits(published::MAC.as_bytes()));
    assert!(identity.address.is_some());
    assert_eq!(identity.code, OtpCode(*b"x6tjuZMy"));
}

#[test]
fn the_async_half_reads_the_same() {
    let rig = Rig::published();
    let address = Address::from_7bit(Preset::TngTlsPublished.address()).unwrap();
    let mut chip = asynch::Atecc608::new(rig.bus.i2c(), rig.bus.delay()).with_address(address);
    embassy_futures::block_on(async {
        let [mut first, mut second] = [[0; trust::MAX_LEN]; 2];
        let chain = chip.read_trust_chain(&trust::MICROCHIP, &mut first, &mut second).await.unwrap();
        assert_eq!(
            (chain.device.der(), chain.signer.der()),
            (&published::device()[..], &published::signer()[..])
        );
        let device = chip.read_trust_device(&trust::MICROCHIP, &mut first).await.unwrap();
        assert_eq!(device.der(), published::device());
        let signer = chip.read_trust_signer(&trust::MICROCHIP, &mut second).await.unwrap();
        assert_eq!(signer.der(), published::signer());
        assert_eq!(chip.identify_trust(&trust::MICROCHIP).await.unwrap().part, Part::TngTls);
    });
}

/// What a host does that does not believe the chip's own verification.
#[test]
fn software_verifies_the_same_chain() {
    let (device, signer) = (published::device(), published::signer());
    let [device, signer] = [&device, &signer].map(|der| Certificate::parse(der).unwrap());
    signer.verify(trust::ROOT.key(), &P256).unwrap();
    device.verify(&signer.public_key().unwrap(), &P256).unwrap();
    assert_eq!(device.verify(trust::ROOT.key(), &P256), Err(Error::NotVerified));
}

#[test]
fn thumbprints_and_key_ids() {
    let mut rig = Rig::published();
    let (_, [device, signer]) = rig.read(&trust::MICROCHIP).unwrap();
    let [device, signer] = [&device, &signer].map(|der| Certificate::parse(der).unwrap());
    assert_eq!(device.sha256(), *bytes(published::DEVICE_SHA256));
    assert_eq!(signer.sha256(), *bytes(published::SIGNER_SHA256));
    // OpenSSL's: openssl x509 -fingerprint -sha1.
    assert_eq!(device.sha1(), *bytes("cd8d0b7d9f249cce1c7333faef39656d22fa6361"));
    let key_id = |id: &str| Some(bytes(id));
    assert_eq!(device.subject_key_id().map(Vec::from), key_id(published::DEVICE_KEY_ID));
    assert_eq!(device.authority_key_id().map(Vec::from), key_id(published::SIGNER_KEY_ID));
    assert_eq!(signer.authority_key_id().map(Vec::from), key_id(published::ROOT_KEY_ID));
    let root: KeyId = trust::ROOT.key().key_id();
    assert_eq!(root.as_bytes()[..], bytes(published::ROOT_KEY_ID));
}

#[test]
fn the_root_signed_itself() {
    assert_eq!(trust::ROOT_DER[..], published::root());
    let root = Certificate::parse(&trust::ROOT_DER).unwrap();
    root.verify(trust::ROOT.key(), &P256).unwrap();
    assert_eq!(root.public_key().unwrap(), *trust::ROOT.key());
    assert_eq!(*trust::ROOT.key(), PublicKey::from_bytes(published::root_key()));
    assert_eq!(root.sha256(), *bytes(published::ROOT_SHA256));
    assert_eq!(root.sha1(), *bytes("07fb4a803cbd0cb5aa54011242b36af39a63aeea"));
    assert_eq!(root.common_name(), Some("Crypto Authentication Root CA 002"));
    for bit in 0..8 * trust::ROOT_DER.len() {
        let mut damaged = trust::ROOT_DER;
        damaged[bit / 8] ^= 1 << (bit % 8);
        let verified = Certificate::parse(&damaged).and_then(|root| root.verify(trust::ROOT.key(), &P256));
        assert!(verified.is_err(), "bit {bit}");
    }
}

/// A program that knows its part names it alone; it then takes no other.
#[test]
fn one_kind_is_enough() {
    let mut rig = Rig::published();
    let tngtls = Trust::new(&[&trust::TNGTLS], trust::ROOT);
    assert_eq!(rig.read(&tngtls).unwrap().1[0], published::device());
    let tflxtls = Trust::new(&[&trust::TFLXTLS], trust::ROOT);
    let refusal = rig.refusal(&tflxtls);
    assert!(matches!(refusal, TrustError::NotBySigner { template: 3, .. }), "{refusal}");
    let lora = Trust::new(&[&trust::TNGLORA], trust::ROOT);
    let refusal = rig.refusal(&lora);
    assert!(matches!(refusal, TrustError::NoCertificate { .. }), "{refusal}");
    let none = Trust::new(&[], trust::ROOT);
    assert!(matches!(rig.refusal(&none), TrustError::NotTrust(Some(_))));
}

#[test]
fn another_root_does_not_vouch_for_it() {
    let refusal = Rig::published().refusal(&demo());
    assert_eq!(refusal, TrustError::NotByRoot(SignerId(published::SIGNER_ID)));
    assert!(refusal.to_string().starts_with("the certificate of signer 2C00 was not signed by this root"));
}

/// The OTP code decides what is tried first, and nothing else.
#[test]
fn whatever_the_otp_zone_says() {
    let mut rig = Rig::published();
    let codes = [b"KQp2ZkD8", b"MKMwyhP1", b"wdNxAjae", b"BWuzMoAa", b"Rsuy5YJh", b"jsMu7iYO", b"09qJNxI3"];
    for code in codes.into_iter().chain([b"BxZvm6q2", b"unknown!", &[0; 8], &[0xFF; 8]]) {
        rig.set_otp_code(code);
        let (identity, [device, _]) = rig.read(&trust::MICROCHIP).unwrap();
        assert_eq!(
            (identity.part, identity.code, device),
            (Part::TngTls, OtpCode(*code), published::device())
        );
    }
}

#[test]
fn a_buffer_that_is_too_small() {
    let mut rig = Rig::published();
    // With the longest signature: 473 and 75 bytes, 446 and 75.
    for (len, enough) in [(548, true), (547, false), (521, false), (520, false), (0, false)] {
        let mut buffer = vec![0; len];
        let read =
            rig.chip.read_trust_device(&trust::MICROCHIP, &mut buffer).map(|device| device.der().len());
        if enough {
            assert_eq!(read, Ok(547));
        } else {
            let needed = if len < 521 { 521 } else { 548 };
            assert_eq!(read, Err(TrustError::X509(Error::BufferTooSmall(BufferTooSmall::new(needed)))));
        }
        let read = rig.chip.read_trust_signer(&trust::MICROCHIP, &mut buffer);
        assert_eq!(read.is_ok(), len >= 521);
    }
}
