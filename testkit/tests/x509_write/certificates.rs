//! Chains of certificates, by chips' keys and a host's.

use crate::Failure;
use crate::rig::Device;
use atecc608::blocking::{CertificateSigner, issue};
use atecc608::x509::{
    Attribute, AttributeType, DateTime, GeneralName, KeyUsage, Name, Profile, TbsCertificate, Validity,
};
use atecc608::{PublicKey, Slot, asynch};
use embassy_futures::block_on;
use p256::ecdsa::SigningKey;
use testkit::{openssl, oracle};
use x509_cert::Certificate;
use x509_cert::der::{Decode, Encode};

const ROOT: [Attribute<'static>; 2] =
    [Attribute::organization("Müller & Söhne"), Attribute::common_name("Wurzel der Flotte")];
const SIGNER: [Attribute<'static>; 2] =
    [Attribute::organization("Müller & Söhne"), Attribute::common_name("Signer 0001")];
const DEVICE: [Attribute<'static>; 1] = [Attribute::common_name("sensor-7")];

const SUBJECTS: [&[Attribute<'static>]; 2] = [&DEVICE, &[]];

const VALIDITY: Validity = Validity {
    not_before: DateTime::new(2026, 1, 1, 0, 0, 0).unwrap(),
    not_after: DateTime::new(2049, 12, 31, 23, 59, 59).unwrap(),
};
const FOR_EVER: Validity = Validity { not_after: DateTime::MAX, ..VALIDITY };

/// Issues into a buffer of the size that is stated, and has `x509-cert` read it and write the same.
fn issued<S: CertificateSigner>(tbs: &TbsCertificate<'_>, signer: &mut S) -> Result<Vec<u8>, Failure>
where
    S::Error: std::fmt::Debug,
{
    let mut buffer = vec![0; tbs.max_der_len()];
    let der = issue(tbs, signer, &mut buffer).map_err(|error| format!("{error:?}"))?.to_vec();
    // It knows no time before 1970.
    if tbs.validity.not_before.year() >= 1970 {
        assert_eq!(Certificate::from_der(&der)?.to_der()?, der);
    }
    Ok(der)
}

/// The subject's name, as it is in the certificate.
fn subject(der: &[u8]) -> Result<Vec<u8>, Failure> {
    Ok(Certificate::from_der(der)?.tbs_certificate().subject().to_der()?)
}

fn root(key: PublicKey) -> TbsCertificate<'static> {
    TbsCertificate::self_signed(&[1], Name::Attributes(&ROOT), FOR_EVER, key, Profile::ROOT)
}

/// A signer below a root, from the root's certificate.
fn signer<'a>(issuer: &'a [u8], issuer_key: PublicKey, subject_key: PublicKey) -> TbsCertificate<'a> {
    TbsCertificate {
        serial: &[0xFF; 19],
        issuer: Name::Der(issuer),
        validity: FOR_EVER,
        subject: Name::Attributes(&SIGNER),
        subject_key,
        issuer_key,
        profile: Profile::SIGNER,
        alternative_names: &[],
    }
}

fn device<'a>(issuer: &'a [u8], issuer_key: PublicKey, subject_key: PublicKey) -> TbsCertificate<'a> {
    TbsCertificate {
        serial: &[0x40, 1, 2, 3],
        issuer: Name::Der(issuer),
        validity: VALIDITY,
        subject: Name::Attributes(&DEVICE),
        subject_key,
        issuer_key,
        profile: Profile::DEVICE,
        alternative_names: &[],
    }
}

/// What OpenSSL has against a chain by its strict rules, for a purpose, on 2030-01-01.
fn verify(chain: &[&[u8]], purpose: &str) -> Result<(), String> {
    let options = format!("-x509_strict -check_ss_sig -attime 1893456000 -purpose {purpose}");
    openssl::verify(chain, &options)
}

/// A host's root, a signer's chip, a device's chip.
struct Chain {
    root: Vec<u8>,
    signer: Vec<u8>,
    signer_name: Vec<u8>,
    signer_chip: Device,
    device_chip: Device,
}

impl Chain {
    fn new() -> Result<Self, Failure> {
        let (signer_chip, device_chip) = (Device::new(1)?, Device::new(2)?);
        let mut host = SigningKey::from_slice(&testkit::KEY)?;
        let root = issued(&root(testkit::known_public_key()), &mut host)?;
        let name = subject(&root)?;
        let signer = issued(&signer(&name, testkit::known_public_key(), signer_chip.key), &mut host)?;
        let signer_name = subject(&signer)?;
        Ok(Self { root, signer, signer_name, signer_chip, device_chip })
    }

    /// A device's certificate that the signer's chip signs.
    fn device<'a>(&'a self, change: impl FnOnce(&mut TbsCertificate<'a>)) -> Result<Vec<u8>, Failure> {
        let mut tbs = device(&self.signer_name, self.signer_chip.key, self.device_chip.key);
        change(&mut tbs);
        let mut chip = self.signer_chip.blocking();
        issued(&tbs, &mut chip.keypair(Slot::S0)?)
    }

    fn verify(&self, leaf: &[u8]) -> Result<(), String> {
        verify(&[leaf, &self.signer, &self.root], "sslclient")
    }
}

#[test]
fn a_host_a_signer_chip_and_a_device() -> Result<(), Failure> {
    let chain = Chain::new()?;
    let leaf = chain.device(|_| {})?;
    assert_eq!(chain.verify(&leaf), Ok(()));
    let text = openssl::certificate(&leaf)?;
    for part in [
        "Version: 3 (0x2)",
        "Issuer: CN=Signer 0001,O=Müller & Söhne",
        "Not Before: Jan  1 00:00:00 2026 GMT",
        "Not After : Dec 31 23:59:59 2049 GMT",
        "Subject: CN=sensor-7",
        "X509v3 Basic Constraints: critical\n                CA:FALSE",
        "X509v3 Key Usage: critical\n                Digital Signature\n",
        "TLS Web Client Authentication",
        "X509v3 Subject Key Identifier",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = openssl::certificate(&chain.signer)?;
    for part in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign\n", "Not After : Dec 31 23:59:59 9999 GMT"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    Ok(())
}

#[test]
fn a_wrong_bit_is_refused() -> Result<(), Failure> {
    let chain = Chain::new()?;
    let leaf = chain.device(|_| {})?;
    for at in (0..leaf.len()).step_by(23).chain([leaf.len() - 1]) {
        let mut other = leaf.clone();
        other[at] ^= 1;
        assert!(chain.verify(&other).is_err(), "byte {at}");
    }
    Ok(())
}

#[test]
fn every_profile_of_a_device() -> Result<(), Failure> {
    let chain = Chain::new()?;
    let directory = [Attribute { kind: AttributeType::SerialNumber, value: "eui48 E8EB1B202027" }];
    let names = [
        GeneralName::Dns("sensor-7.example"),
        GeneralName::Uri("urn:dev:mac:e8eb1b202027"),
        GeneralName::Directory(Name::Attributes(&directory)),
    ];
    for profile in
        [Profile::DEVICE, Profile::GOOGLE_DEVICE, Profile::Device { also: KeyUsage::KEY_AGREEMENT }]
    {
        for names in [&[][..], &names[..1], &names[1..2], &names[2..], &names] {
            // The subject may be empty if there is another name.
            let subjects = if names.is_empty() { &SUBJECTS[..1] } else { &SUBJECTS };
            for attributes in subjects {
                let leaf = chain.device(|tbs| {
                    tbs.profile = profile;
                    tbs.alternative_names = names;
                    tbs.subject = Name::Attributes(attributes);
                })?;
                assert_eq!(chain.verify(&leaf), Ok(()), "{profile:?} {names:?}");
                assert_eq!(oracle::chain(&[&leaf, &chain.signer, &chain.root]), Ok(()));
            }
        }
    }
    Ok(())
}

/// The moment is one in 2030.
#[test]
fn dates_count() -> Result<(), Failure> {
    let chain = Chain::new()?;
    let at = |year| DateTime::new(year, 6, 1, 12, 0, 0).expect("a date");
    for (from, to, said) in [
        (1950, 2030, None),
        (1969, 9999, None),
        (2029, 2050, None),
        (1950, 1951, Some("expired")),
        (2026, 2029, Some("expired")),
        (2030, 2031, Some("not yet valid")),
        (2050, 2051, Some("not yet valid")),
    ] {
        let validity = Validity { not_before: at(from), not_after: at(to) };
        let leaf = chain.device(|tbs| tbs.validity = validity)?;
        match (chain.verify(&leaf), said) {
            (Ok(()), None) => {}
            (Err(error), Some(said)) => assert!(error.contains(said), "{error}"),
            other => panic!("{from} to {to}: {other:?}"),
        }
    }
    Ok(())
}

#[test]
fn a_signer_issues_no_signers() -> Result<(), Failure> {
    let chain = Chain::new()?;
    let mut host = SigningKey::from_slice(&testkit::KEY)?;
    let below = chain.device(|tbs| {
        tbs.profile = Profile::SIGNER;
        tbs.subject_key = testkit::known_public_key();
    })?;
    let name = subject(&below)?;
    let leaf = issued(&device(&name, testkit::known_public_key(), chain.device_chip.key), &mut host)?;
    let said = verify(&[&leaf, &below, &chain.signer, &chain.root], "sslclient");
    assert!(said.unwrap_err().contains("path length constraint exceeded"));
    Ok(())
}

#[test]
fn a_chip_signs_itself() -> Result<(), Failure> {
    let chip = Device::new(1)?;
    for (profile, purpose) in
        [(Profile::ROOT, "any"), (Profile::SIGNER, "any"), (Profile::DEVICE, "sslclient")]
    {
        let tbs = TbsCertificate { profile, ..root(chip.key) };
        let der = issued(&tbs, &mut chip.blocking().keypair(Slot::S0)?)?;
        assert_eq!(verify(&[&der], purpose), Ok(()), "{profile:?}");
        // For GnuTLS only a CA can sign itself.
        if profile == Profile::DEVICE {
            oracle::certificate(&der)?;
        } else {
            oracle::chain(&[&der])?;
        }
        let mut device = chip.asynch();
        let mut buffer = vec![0; tbs.max_der_len()];
        let der = block_on(async {
            let mut signer = device.keypair(Slot::S0).await?;
            Ok::<_, Failure>(
                asynch::issue(&tbs, &mut signer, &mut buffer).await.map_err(|e| format!("{e:?}"))?,
            )
        })?;
        assert_eq!(verify(&[der], purpose), Ok(()), "{profile:?}");
    }
    Ok(())
}
