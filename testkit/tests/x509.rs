//! Certificate requests by other people's builders, signed by the chip and verified by OpenSSL and GnuTLS.
//!
//! `x509-cert` 0.3 with the feature `spki-08`, blocking and async; 0.2 with `spki-07`.

use atecc608::irreversible::{NoMoreConfigWrites, OldKeyIsLost};
use atecc608::{ErrorKind, PublicKey, Slot, Status, asynch, blocking, config::preset};
use atecc608_sim::Bus;
use embassy_futures::block_on;
use testkit::oracle;
use x509_cert::der::{Encode, EncodePem, pem::LineEnding};

type Failure = Box<dyn std::error::Error>;

const SUBJECT: &str = "CN=sensor-7,O=Example";

/// A chip that is ready to work, and its key in slot 0.
fn device() -> Result<(Bus, PublicKey), Failure> {
    let bus = Bus::with_blank_chip(1);
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let wanted = preset::gcp_device(&chip.read_config()?);
    let plan = chip.plan(&wanted)?;
    chip.commit(&plan, NoMoreConfigWrites)?;
    let key = chip.generate_key(Slot::S0, OldKeyIsLost)?;
    Ok((bus, key))
}

/// OpenSSL and GnuTLS take the request, and not one whose subject or signature was changed.
fn holds(der: &[u8], key: PublicKey) -> Result<(), Failure> {
    oracle::request(der)?;
    let at = |part: &[u8]| der.windows(part.len()).position(|bytes| bytes == part);
    let subject = at(b"sensor-7").expect("the subject");
    for changed in [subject, der.len() - 1] {
        let mut other = der.to_vec();
        other[changed] ^= 1;
        oracle::request(&other).expect_err("a byte was changed");
    }
    assert!(at(&key.to_spki_der()).is_some(), "the chip's key is in it");
    Ok(())
}

#[test]
fn a_request_by_x509_cert_0_3() -> Result<(), Failure> {
    use p256::ecdsa::DerSignature;
    use x509_cert::builder::Builder;
    use x509_cert::request::RequestBuilder;

    let (bus, key) = device()?;
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let signer = chip.keypair(Slot::S0)?;
    assert_eq!(signer.public_key(), key);
    let request = RequestBuilder::new(SUBJECT.parse()?)?.build::<_, DerSignature>(&signer)?;
    holds(&request.to_der()?, key)?;
    assert!(request.to_pem(LineEnding::LF)?.starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    Ok(())
}

#[test]
fn a_request_by_x509_cert_0_3_async() -> Result<(), Failure> {
    use p256::ecdsa::DerSignature;
    use x509_cert::builder::AsyncBuilder;
    use x509_cert::request::RequestBuilder;

    let (bus, key) = device()?;
    let mut chip = asynch::Atecc608::new(bus.i2c(), bus.delay());
    let request = block_on(async {
        let signer = chip.keypair(Slot::S0).await?;
        let builder = RequestBuilder::new(SUBJECT.parse()?)?;
        Ok::<_, Failure>(builder.build_async::<_, DerSignature>(&signer).await?)
    })?;
    holds(&request.to_der()?, key)
}

#[test]
fn a_request_by_x509_cert_0_2() -> Result<(), Failure> {
    use p256_013::ecdsa::DerSignature;
    use x509_cert_02::builder::{Builder, RequestBuilder};
    use x509_cert_02::der::Encode;

    let (bus, key) = device()?;
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let signer = chip.keypair(Slot::S0)?;
    let request = RequestBuilder::new(SUBJECT.parse()?, &signer)?.build::<DerSignature>()?;
    holds(&request.to_der()?, key)
}

#[test]
fn a_known_public_key_spares_the_command() -> Result<(), Failure> {
    use p256::ecdsa::signature::Keypair;

    let (bus, key) = device()?;
    let mut chip = blocking::Atecc608::new(bus.i2c(), bus.delay());
    let signer = chip.signer(Slot::S0).with_public_key(key);
    assert_eq!(signer.verifying_key(), key);
    // Nothing was asked yet, so nothing could fail.
    let mut away = blocking::Atecc608::new(Bus::new().i2c(), bus.delay());
    assert_eq!(away.signer(Slot::S0).with_public_key(key).verifying_key(), key);
    assert!(matches!(away.keypair(Slot::S0).unwrap_err().kind, ErrorKind::NoDevice(_)));
    // Slot 2 of that configuration has no private key.
    let error = chip.keypair(Slot::S2).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Status(Status::Execution));
    Ok(())
}
