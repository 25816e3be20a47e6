//! The operations with requests and certificates.

use super::super::{CertificateSigner, issue};
use super::{Device, NUM_IN, bytes, done, shared};
use crate::answer::{Answer, Outcome, signed};
use crate::op::Op;
use atecc608::config::preset;
use atecc608::irreversible::*;
use atecc608::x509::trust::{MICROCHIP, Trust, TrustAnchor};
use atecc608::x509::{
    Attribute, Csr, Definition, KeyPlace, Name, Profile, SlotPlace, Stored, TbsCertificate, Validity,
};
use atecc608::{PublicKey, Slot};
use atecc608_sim::preset::demo_root;
use testkit::{fleet, known_public_key};

const CSR: Csr<'_> = Csr::new(Name::Attributes(&[Attribute::common_name("sensor-7")]));

fn self_signed(key: PublicKey) -> TbsCertificate<'static> {
    let dates = fleet::dates();
    let validity = Validity { not_before: dates.issued(), not_after: dates.ends().expect("an end") };
    const NAME: Name<'_> = Name::Attributes(&[Attribute::common_name("root")]);
    TbsCertificate::self_signed(&[7], NAME, validity, key, Profile::ROOT)
}

/// One for each block.
fn nonces() -> [[u8; 20]; 3] {
    [1, 2, 3].map(|number| [NUM_IN[0] ^ number; 20])
}

/// Parts of the simulated root.
fn trust() -> Trust<'static> {
    MICROCHIP.with_root(TrustAnchor::new(PublicKey::from_bytes(demo_root().public_key)))
}

calls! {
    /// Carries out one of them.
    fn perform(chip: &mut Device, op: Op) -> Outcome {
        let (mut buffer, mut other) = ([0; 1024], [0; 1024]);
        Ok(match op {
            Op::SignCsr => {
                let der = wait!(chip.sign_csr(Slot::S2, &CSR, &mut buffer))?;
                signed(CSR.write(&known_public_key(), &mut other).expect("a name").message(), der)
            }
            Op::SignCsrPem => {
                let pem = wait!(chip.sign_csr_pem(Slot::S2, &CSR, &mut buffer, &mut other))?;
                let mut der = [0; 512];
                let label = atecc608::x509::PemLabel::CertificateRequest;
                let der = label.decode(pem.as_bytes(), &mut der).expect("PEM").to_vec();
                signed(CSR.write(&known_public_key(), &mut buffer).expect("a name").message(), &der)
            }
            Op::IssueCertificate => {
                let mut signer = wait!(chip.keypair(Slot::S2))?;
                let tbs = self_signed(CertificateSigner::public_key(&signer));
                let der = wait!(issue(&tbs, &mut signer, &mut buffer))?;
                signed(tbs.write(&mut other).expect("a certificate").message(), der)
            }
            Op::ReadCertificate => {
                bytes(wait!(chip.read_certificate(&fleet::device(), &mut buffer))?.der())
            }
            Op::ReadUnverifiedCertificate => {
                bytes(wait!(chip.read_unverified_certificate(&fleet::device(), &mut buffer))?.message())
            }
            Op::ReadCertificateEncrypted => {
                let (key, nonces, subject) = (shared(), nonces(), KeyPlace::Private(Slot::S2));
                let issuer = KeyPlace::Known(*fleet::SIGNER_KEY);
                let definition = Definition::new(&fleet::DEVICE, SlotPlace::S9, subject, issuer);
                let read = chip.read_certificate_encrypted(&definition, &key, &nonces, &mut buffer);
                bytes(wait!(read)?.der())
            }
            Op::ReadChain => {
                let (device, signer) = (fleet::device(), fleet::signer_of_device());
                let root = &fleet::ROOT_KEY;
                let chain = wait!(chip.read_chain(&device, &signer, root, &mut buffer, &mut other))?;
                bytes([chain.device.der(), chain.signer.der()].concat())
            }
            Op::WriteCertificate => {
                done(wait!(chip.write_certificate(SlotPlace::S13, &fleet::SIGNER_CERTIFICATE))?)
            }
            Op::WritePlaces => {
                let certificate = Stored::Certificate(&fleet::SIGNER_CERTIFICATE);
                let [first, second, ..] = SlotPlace::S8;
                let key = Stored::Key(&fleet::SIGNER_KEY);
                done(wait!(chip.write_places(&[(first, key), (second, certificate), (SlotPlace::S14, key)]))?)
            }
            Op::WriteCertificateEncrypted => {
                let certificate = &fleet::SIGNER_CERTIFICATE;
                let (place, key) = (SlotPlace::S9, shared());
                done(wait!(chip.write_certificate_encrypted(place, certificate, &key, &nonces()))?)
            }
            Op::ProvisionWithCertificate => {
                let (device, signer_is) = (fleet::device(), fleet::signer_of_device());
                let enrolment = atecc608::x509::Enrolment::new(&device, fleet::ID, fleet::dates())
                    .with_signer(&signer_is, &fleet::SIGNER_CERTIFICATE);
                let mut signer = fleet::signer();
                let made = wait!(chip.provision_with_certificate(
                    preset::x509_device,
                    &enrolment,
                    &mut signer,
                    &mut buffer,
                    NoMoreConfigWrites,
                    NoMoreFreeDataWrites
                ));
                let certificate = made?.0;
                Answer::CertifiedKeyOf(0, certificate.public_key().expect("P-256"), 10, certificate.signature().expect("ECDSA"))
            }
            Op::IdentifyTrust => {
                Answer::Bytes(format!("{:?}", wait!(chip.identify_trust(&trust()))?).into())
            }
            Op::ReadTrustDevice => bytes(wait!(chip.read_trust_device(&trust(), &mut buffer))?.der()),
            Op::ReadTrustSigner => bytes(wait!(chip.read_trust_signer(&trust(), &mut buffer))?.der()),
            Op::ReadTrustChain => {
                let chain = wait!(chip.read_trust_chain(&trust(), &mut buffer, &mut other))?;
                bytes([chain.device.der(), chain.signer.der()].concat())
            }
            _ => unreachable!("{op:?} is none of them"),
        })
    }
}
